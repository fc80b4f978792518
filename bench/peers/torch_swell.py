"""Times a training step of the network of Swell in PyTorch on the processor: forward, pinball loss, backward, clipping and AdamW.

    python torch_swell.py '{"sizes": {...}, "threads": 2, "steps": 40, "warm": 5, "compiled": false}'

Prints {"milliseconds": [...], "parameters": n}.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

ask = json.loads(sys.argv[1])
torch.set_num_threads(ask["threads"])
torch.manual_seed(1)
s = ask["sizes"]
levels = torch.tensor(s["levels"])
answers, middle = len(s["levels"]), s["levels"].index(0.5)


class Embedded(nn.Module):
    def __init__(self, features, width):
        super().__init__()
        self.hidden = nn.Linear(features, 2 * width)
        self.out = nn.Linear(2 * width, width)
        self.around = nn.Linear(features, width)

    def forward(self, x):
        return self.out(F.gelu(self.hidden(x))) + self.around(x)


class Block(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.back = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.hidden, self.out = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x, mask):
        b, t, w = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, t, 3, self.heads, w // self.heads).permute(2, 0, 3, 1, 4)
        met = F.scaled_dot_product_attention(q, k, v, attn_mask=mask).transpose(1, 2).reshape(b, t, w)
        x = x + self.back(met)
        return x + self.out(F.gelu(self.hidden(self.norm2(x))))


class Swell(nn.Module):
    def __init__(self):
        super().__init__()
        patch, width = s["patch"], s["width"]
        self.behind = Embedded(patch * (2 + s["past"] + s["known"]), width)
        self.ahead = Embedded(patch * s["known"], width)
        self.position = nn.Parameter(torch.randn((s["context"] + s["horizon"]) // patch, width) * 0.02)
        self.whole = nn.Linear(s["statics"], width)
        self.layers = nn.ModuleList([Block(width, s["heads"], s["hidden"]) for _ in range(s["layers"])])
        self.norm = nn.LayerNorm(width)
        self.out = nn.Linear(width, patch * answers)
        self.step_known, self.step_whole = nn.Linear(s["known"], 64), nn.Linear(s["statics"], 64, bias=False)
        self.step_out = nn.Linear(64, answers)

    def forward(self, target, observed, past, known, statics):
        b, context, horizon, patch = len(target), s["context"], s["horizon"], s["patch"]
        seen = context // patch
        told = torch.cat([target[..., None], observed[..., None], past, known[:, :context]], -1)
        coming = known[:, context:]
        x = torch.cat([self.behind(told.reshape(b, seen, -1)), self.ahead(coming.reshape(b, horizon // patch, -1))], 1)
        x = x + self.position + self.whole(statics)[:, None]
        there = torch.cat([observed.view(b, seen, patch).amax(2), torch.ones(b, horizon // patch)], 1)
        mask = ((1 - there) * -1e9)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, mask)
        own = self.out(self.norm(x[:, seen:])).view(b, horizon, answers)
        raw = own + self.step_out(F.gelu(self.step_known(coming) + self.step_whole(statics)[:, None]))
        centre = raw[..., middle : middle + 1]
        below = centre - F.softplus(raw[..., :middle]).flip(-1).cumsum(-1).flip(-1)
        return torch.cat([below, centre, centre + F.softplus(raw[..., middle + 1 :]).cumsum(-1)], -1)


model = Swell()
run = torch.compile(model) if ask.get("compiled") else model
optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
b = s["batch"]
inputs = [
    torch.randn(b, s["context"]) * 0.1,
    torch.ones(b, s["context"]),
    torch.randn(b, s["context"], s["past"]) * 0.1,
    torch.randn(b, s["context"] + s["horizon"], s["known"]) * 0.1,
    torch.randn(b, s["statics"]) * 0.1,
]
truth = torch.randn(b, s["horizon"])
weight = torch.ones(b, s["horizon"])
times = []
for step in range(ask["steps"] + ask["warm"]):
    begun = time.perf_counter()
    error = truth[..., None] - run(*inputs)
    loss = (2 * torch.maximum(error * levels, error * (levels - 1)).mean(-1) * weight).mean()
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    if step >= ask["warm"]:
        times.append(1000 * (time.perf_counter() - begun))
print(json.dumps({"milliseconds": times, "parameters": sum(p.numel() for p in model.parameters()), "torch": torch.__version__}))
