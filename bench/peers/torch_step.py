"""Times a training step of PyTorch on the processor: forward, backward, clipping and Adam.

    python torch_step.py '{"model": "lstm", "sizes": {...}, "threads": 2, "steps": 60, "warm": 10, "compiled": false}'

Prints {"milliseconds": [...], "parameters": n}.
"""

import json
import sys
import time

import torch
from torch import nn

ask = json.loads(sys.argv[1])
torch.set_num_threads(ask["threads"])
torch.manual_seed(1)
size = ask["sizes"]


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(size["features"], size["units"], size["layers"], batch_first=True)
        self.out = nn.Linear(size["units"], size["horizon"])

    def forward(self, x):
        return self.out(self.lstm(x)[0][:, -1])


class Mixing(nn.Module):
    """A layer of TSMixer: time mixing, then feature mixing, each residual and after a layer norm."""

    def __init__(self):
        super().__init__()
        time, width, hidden = size["time"], size["width"], size["hidden"]
        self.norm_time = nn.LayerNorm(width)
        self.time = nn.Linear(time, time)
        self.norm_width = nn.LayerNorm(width)
        self.into = nn.Linear(width, hidden)
        self.back = nn.Linear(hidden, width)

    def forward(self, x):
        x = x + torch.relu(self.time(self.norm_time(x).transpose(1, 2))).transpose(1, 2)
        return x + self.back(torch.relu(self.into(self.norm_width(x))))


class Mixer(nn.Module):
    def __init__(self):
        super().__init__()
        self.into = nn.Linear(size["features"], size["width"])
        self.layers = nn.Sequential(*[Mixing() for _ in range(size["layers"])])
        self.out = nn.Linear(size["time"] * size["width"], size["horizon"])

    def forward(self, x):
        return self.out(self.layers(self.into(x)).flatten(1))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        width = size["width"]
        self.into = nn.Linear(size["patch"], width)
        self.place = nn.Parameter(torch.randn(size["tokens"], width) * 0.02)
        layer = nn.TransformerEncoderLayer(
            width, size["heads"], size["hidden"], dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, size["layers"], enable_nested_tensor=False)
        self.out = nn.Linear(size["tokens"] * width, size["horizon"])

    def forward(self, x):
        patches = x.reshape(x.shape[0], size["tokens"], size["patch"])
        return self.out(self.layers(self.into(patches) + self.place).flatten(1))


models = {"lstm": Lstm, "mixer": Mixer, "transformer": Transformer}
model = models[ask["model"]]()
run = torch.compile(model) if ask.get("compiled") else model
optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
shape = [size["batch"], size["tokens"] * size["patch"]] if ask["model"] == "transformer" else [size["batch"], size["time"], size["features"]]
x = torch.randn(shape) * 0.1
y = torch.randn(size["batch"], size["horizon"])
times = []
for step in range(ask["steps"] + ask["warm"]):
    begun = time.perf_counter()
    loss = ((run(x) - y) ** 2).mean()
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimiser.step()
    if step >= ask["warm"]:
        times.append(1000 * (time.perf_counter() - begun))
print(json.dumps({"milliseconds": times, "parameters": sum(p.numel() for p in model.parameters()), "loss": loss.item(), "torch": torch.__version__}))
