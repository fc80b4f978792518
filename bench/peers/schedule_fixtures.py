"""The rates of PyTorch's schedules, for `test/fixtures/torch/schedules.json`: the one of every step, as the optimiser has it.

python bench/peers/schedule_fixtures.py > test/fixtures/torch/schedules.json
"""

import json

import torch
from torch.optim import lr_scheduler as lr

BASE = 0.02


def optimiser(rate=BASE):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)


def rates(make, steps):
    opt = optimiser()
    schedule = make(opt)
    found = []
    for _ in range(steps):
        found.append(opt.param_groups[0]["lr"])
        opt.step()
        schedule.step()
    return found


def warmed(opt, warm, steps):
    up = lr.LinearLR(opt, start_factor=1 / (warm + 1), total_iters=warm)
    return lr.SequentialLR(opt, [up, lr.CosineAnnealingLR(opt, steps - warm)], milestones=[warm])


def stepped(steps):
    """PyTorch's schedules by the options of ours."""
    yield {"kind": "one-cycle"}, lambda o: lr.OneCycleLR(o, BASE, total_steps=steps)
    yield {"kind": "one-cycle", "warm": 0.15, "start": 10, "end": 100}, lambda o: lr.OneCycleLR(
        o, BASE, total_steps=steps, pct_start=0.15, div_factor=10, final_div_factor=100
    )
    yield {"kind": "cosine"}, lambda o: lr.CosineAnnealingLR(o, steps)
    yield {"kind": "cosine", "least": 0.05}, lambda o: lr.CosineAnnealingLR(o, steps, eta_min=0.05 * BASE)
    yield {"kind": "cosine", "warm": 9}, lambda o: warmed(o, 9, steps)
    if steps % 3 == 0:
        yield {"kind": "cosine", "cycles": 3, "least": 0.1}, lambda o: lr.CosineAnnealingWarmRestarts(
            o, steps // 3, eta_min=0.1 * BASE
        )
    yield {"kind": "steps", "every": 7, "factor": 0.5}, lambda o: lr.StepLR(o, 7, gamma=0.5)


def plateaus():
    """Losses that fall, stay, wave and rise, and the rate after a look at each."""
    torch.manual_seed(3)
    n = 60
    losses = [round(1 / (1 + k) + (0.05 * torch.randn(1).item() if k > 10 else 0) + (0.01 * (k - 40) if k > 40 else 0), 6) for k in range(n)]
    slow = [round(1 - 0.00004 * k, 6) for k in range(n)]
    for series in (losses, slow):
        for own, options in (
            ({}, {}),
            ({"factor": 0.5, "patience": 3}, {"factor": 0.5, "patience": 3}),
            ({"factor": 0.7, "patience": 0, "threshold": 0.02}, {"factor": 0.7, "patience": 0, "threshold": 0.02}),
        ):
            opt = optimiser()
            # PyTorch leaves out changes below `eps`, which we do not have.
            schedule = lr.ReduceLROnPlateau(opt, eps=0, **options)
            found = []
            for loss in series:
                schedule.step(loss)
                found.append(opt.param_groups[0]["lr"])
            yield {"schedule": {"kind": "plateau", **own}, "losses": series, "rates": found}


print(
    json.dumps(
        {
            "torch": torch.__version__,
            "base": BASE,
            "stepped": [
                {"schedule": own, "steps": steps, "rates": rates(make, steps)} for steps in (60, 101) for own, make in stepped(steps)
            ],
            "plateaus": list(plateaus()),
        },
        separators=(",", ":"),
    )
)
