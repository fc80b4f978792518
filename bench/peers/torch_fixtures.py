"""What PyTorch makes of small layers and steps, for `test/fixtures/torch/`: outputs, and gradients by every weight and input.

python bench/peers/torch_fixtures.py test/fixtures/torch

Weights keep PyTorch's names, layouts and orders of gates; the tests bring them to ours. A layer's gradients are those of the sum of its
output times `upstream`.

Numbers are drawn in single precision and worked out in double: what the tests allow is then all ours. Where PyTorch's own single precision
is far from its double the numbers are drawn again: such a layer norm of nearly equal numbers tells nothing about who is right.
"""

import copy
import json
import sys
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
target = Path(sys.argv[1])
target.mkdir(parents=True, exist_ok=True)


def kept(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{x:.9g}") for x in tensor.detach().flatten().tolist()]}


def all_kept(named):
    return {name: kept(tensor) for name, tensor in named.items()}


def write(name, content):
    (target / f"{name}.json").write_text(json.dumps(content, separators=(",", ":")) + "\n")


# How far single precision is from double at most, as a share of numbers larger than 1.
STEADY = 2e-6


def far(single, double):
    return max(((single[k] - x).abs() / x.abs().clamp(min=1)).max().item() for k, x in double.items())


def drawn(module, inputs):
    """Normal numbers for inputs of some shapes; weights are moved so that no scale is just 1."""
    with torch.no_grad():
        for key, weight in module.named_parameters():
            weight.add_(0.1 * torch.randn_like(weight))
            # An LSTM has two biases that only ever act as their sum.
            if isinstance(module, nn.LSTM) and "bias_hh" in key:
                weight.zero_()
    return {key: torch.randn(shape) for key, shape in inputs.items()}


def passed(module, given, upstream, forward):
    """The output of a module and all gradients, in the precision of what it is given."""
    given = {key: x.clone().requires_grad_() for key, x in given.items()}
    output = forward(module, **given)
    (output * upstream).sum().backward()
    gradients = {key: x.grad for key, x in {**given, **dict(module.named_parameters())}.items()}
    return {"output": output.detach(), **gradients}


def layer(name, make, inputs, forward=lambda m, **x: m(**x)):
    while True:
        module = make()
        given = drawn(module, inputs)
        upstream = torch.randn_like(forward(module, **given))
        double = passed(copy.deepcopy(module).double(), {k: x.double() for k, x in given.items()}, upstream.double(), forward)
        if far(passed(module, given, upstream, forward), double) < STEADY:
            break
        print(f"{name}: drawn again")
    write(
        name,
        {
            "torch": torch.__version__,
            "inputs": all_kept(given),
            "weights": all_kept(dict(module.named_parameters())),
            "output": kept(double.pop("output")),
            "upstream": kept(upstream),
            "gradients": all_kept(double),
        },
    )


def first(module, input):
    return module(input)[0]


def causal(x):
    return nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=x.dtype)


class CausalConvolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 4, 3, dilation=2)

    def forward(self, input):
        return self.conv(F.pad(input.transpose(1, 2), (4, 0))).transpose(1, 2)


class SameConvolution(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 4, 4, padding="same")

    def forward(self, input):
        return self.conv(input.transpose(1, 2)).transpose(1, 2)


class Pooling(nn.Module):
    def forward(self, input):
        x = input.transpose(1, 2)
        return torch.cat([F.max_pool1d(x, 3), F.avg_pool1d(x, 3)], 1).transpose(1, 2)


class Batch(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(4)

    def forward(self, input):
        return self.norm(input.transpose(1, 2)).transpose(1, 2)


class Mixing(nn.Module):
    """A layer of TSMixer with layer norm."""

    def __init__(self, time=5, width=3, hidden=7):
        super().__init__()
        self.norm_time = nn.LayerNorm(width)
        self.time = nn.Linear(time, time)
        self.norm_width = nn.LayerNorm(width)
        self.into = nn.Linear(width, hidden)
        self.back = nn.Linear(hidden, width)

    def forward(self, input):
        x = input + torch.relu(self.time(self.norm_time(input).transpose(1, 2))).transpose(1, 2)
        return x + self.back(torch.relu(self.into(self.norm_width(x))))


class Residual(nn.Module):
    """The residual block of TiDE."""

    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(4, 6)
        self.out = nn.Linear(6, 3)
        self.around = nn.Linear(4, 3)
        self.norm = nn.LayerNorm(3)

    def forward(self, input):
        return self.norm(self.out(torch.relu(self.hidden(input))) + self.around(input))


class Gated(nn.Module):
    """A gated residual network of the temporal fusion transformer; F.glu has the gate second."""

    def __init__(self, features, units, hidden=None, context=None):
        super().__init__()
        hidden = hidden or units
        self.input = nn.Linear(features, hidden)
        self.context = nn.Linear(context, hidden, bias=False) if context else None
        self.inner = nn.Linear(hidden, units)
        self.gate = nn.Linear(units, 2 * units)
        self.around = nn.Linear(features, units) if features != units else nn.Identity()
        self.norm = nn.LayerNorm(units)

    def forward(self, input, context=None):
        inside = self.input(input)
        if context is not None:
            inside = inside + self.context(context)[:, None]
        return self.norm(self.around(input) + F.glu(self.gate(self.inner(F.elu(inside)))))


class Selection(nn.Module):
    """A variable selection network over three variables."""

    def __init__(self):
        super().__init__()
        self.weights = Gated(6, 3, 4, 3)
        self.variables = nn.ModuleList(Gated(2, 4) for _ in range(3))

    def forward(self, input, context):
        variables = input.split(2, -1)
        weights = torch.softmax(self.weights(input, context), -1)
        stacked = torch.stack([gate(x) for gate, x in zip(self.variables, variables)], -1)
        return (stacked * weights[:, :, None]).sum(-1)


class Reversible(nn.Module):
    """Reversible instance normalisation around weights over time."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(2))
        self.shift = nn.Parameter(torch.zeros(2))
        self.time = nn.Linear(6, 3)

    def forward(self, input):
        mean = input.mean(1, keepdim=True)
        deviation = torch.sqrt(input.var(1, keepdim=True, unbiased=False) + 1e-5)
        normal = (input - mean) / deviation * self.scale + self.shift
        said = self.time(normal.transpose(1, 2)).transpose(1, 2)
        return (said - self.shift) / (self.scale + 1e-10) * deviation + mean


def layers():
    sequence = {"input": [2, 5, 8]}
    layer("lstm", lambda: nn.LSTM(3, 4, 2, batch_first=True), {"input": [2, 5, 3]}, first)
    layer("gru", lambda: nn.GRU(3, 4, batch_first=True), {"input": [2, 5, 3]}, first)
    layer("self-attention", lambda: nn.MultiheadAttention(8, 2, batch_first=True), sequence, lambda m, input: m(input, input, input)[0])
    layer(
        "causal-attention",
        lambda: nn.MultiheadAttention(8, 2, batch_first=True),
        sequence,
        lambda m, input: m(input, input, input, attn_mask=causal(input), need_weights=False)[0],
    )
    layer(
        "missing-attention",
        lambda: nn.MultiheadAttention(8, 2, kdim=3, vdim=3, batch_first=True),
        {"query": [2, 4, 8], "memory": [2, 5, 3]},
        # Of the first example the second and the last key are missing, of the other the first.
        lambda m, query, memory: m(
            query, memory, memory, key_padding_mask=torch.tensor([[0, 1, 0, 0, 1], [1, 0, 0, 0, 0]], dtype=torch.bool)
        )[0],
    )
    layer(
        "transformer",
        lambda: nn.TransformerEncoderLayer(8, 2, 12, dropout=0.0, activation="gelu", batch_first=True, norm_first=True),
        sequence,
        lambda m, input: m(input, src_mask=causal(input)),
    )
    layer("causal-convolution", CausalConvolution, {"input": [2, 7, 3]})
    layer("same-convolution", SameConvolution, {"input": [2, 7, 3]})
    layer("pooling", Pooling, {"input": [2, 6, 3]})
    layer("layer-norm", lambda: nn.LayerNorm(6), {"input": [2, 3, 6]})
    layer("rms-norm", lambda: nn.RMSNorm(6, eps=1e-6), {"input": [2, 3, 6]}, lambda m, input: m(input))
    layer("batch-norm", Batch, {"input": [3, 5, 4]})
    layer("reversible", Reversible, {"input": [2, 6, 2]})
    layer("gated", lambda: Gated(5, 4, 6, 3), {"input": [2, 3, 5], "context": [2, 3]})
    layer("selection", Selection, {"input": [2, 3, 6], "context": [2, 3]})
    layer("mixing", Mixing, {"input": [2, 5, 3]})
    layer("residual", Residual, {"input": [2, 3, 4]})


OPTIMISERS = {
    "adamw": (torch.optim.AdamW, {"lr": 0.02, "betas": (0.8, 0.95), "weight_decay": 0.1}),
    "adam": (torch.optim.Adam, {"lr": 0.02, "weight_decay": 0.1}),
    "momentum": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1}),
    "nesterov": (torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
}

CLIP = 1.0


def trodden(network, batches, kind, options):
    """Steps of a network over batches, the gradient clipped; decay pulls on matrices only."""
    decay = options["weight_decay"]
    groups = [
        {"params": [w for w in network.parameters() if w.dim() > 1], "weight_decay": decay},
        {"params": [w for w in network.parameters() if w.dim() == 1], "weight_decay": 0.0},
    ]
    optimiser = kind(groups, **{key: value for key, value in options.items() if key != "weight_decay"})
    for x, y in batches:
        optimiser.zero_grad()
        loss = ((network(x) - y) ** 2).mean()
        loss.backward()
        norm = nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        yield loss.item(), norm.item(), {key: w.grad.clone() for key, w in network.named_parameters()}, {
            key: w.detach().clone() for key, w in network.named_parameters()
        }
        optimiser.step()
    yield None, None, {}, {key: w.detach().clone() for key, w in network.named_parameters()}


def steps():
    """Three steps of a small network by each optimiser from the same weights; the last gradient is short enough not to be clipped."""
    network = nn.Sequential(nn.Linear(3, 5), nn.LayerNorm(5), nn.GELU(), nn.Linear(5, 2))
    batches = [(torch.randn(6, 3), size * torch.randn(6, 2)) for size in (3, 3, 0.3)]
    found = {}
    for name, (kind, options) in OPTIMISERS.items():
        single = list(trodden(copy.deepcopy(network), batches, kind, options))
        double = list(trodden(copy.deepcopy(network).double(), [(x.double(), y.double()) for x, y in batches], kind, options))
        for (*_, a), (*_, b) in zip(single, double):
            assert far(a, b) < STEADY, name
        found[name] = [
            {"loss": loss, "norm": norm, "clipped": all_kept(clipped), "weights": all_kept(after)}
            for (loss, norm, clipped, _), (*_, after) in zip(double, double[1:])
        ]
    write(
        "steps",
        {
            "torch": torch.__version__,
            "clip": CLIP,
            "options": {name: options for name, (_, options) in OPTIMISERS.items()},
            "begun": all_kept(dict(network.named_parameters())),
            "batches": [all_kept({"x": x, "y": y}) for x, y in batches],
            "steps": found,
        },
    )


torch.manual_seed(7)
layers()
steps()
