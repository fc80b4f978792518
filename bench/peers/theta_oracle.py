"""Makes test/fixtures/theta/statsforecast.json: forecasts and in-sample errors of statsforecast's Theta models.

    python bench/peers/theta_oracle.py
"""

import json
from pathlib import Path

import numpy as np
from statsforecast.theta import auto_theta, forecast_theta

OUT = Path(__file__).parents[2] / "test/fixtures/theta/statsforecast.json"
rng = np.random.default_rng(20)
t = np.arange(60)
SERIES = {
    "seasonal": (7, np.round(20 + 6 * np.sin(2 * np.pi * t / 7) + 1.5 * rng.normal(size=60), 3)),
    "trending": (1, np.round(10 + 0.5 * t + 2 * rng.normal(size=60), 3)),
    "walk": (1, np.round(50 + np.cumsum(rng.normal(size=60)), 3)),
    "additive": (7, np.round(np.maximum(0, 3 + 3 * np.sin(2 * np.pi * t / 7) + rng.normal(size=60)), 3)),
    "monthly": (12, np.round((30 + 0.3 * t) * (1 + 0.4 * np.cos(2 * np.pi * t / 12)) + rng.normal(size=60), 3)),
    "short": (1, np.array([3.0, 5.0, 4.0, 6.0, 7.0, 6.5])),
}
cases = []
for name, (m, y) in SERIES.items():
    answers = {}
    for kind in (None, "STM", "OTM", "DSTM", "DOTM"):
        fit = auto_theta(y=y, m=m, model=kind)
        mean = forecast_theta(fit, h=9)["mean"]
        par = {k: float(v) for k, v in fit["par"].items()}
        given = auto_theta(y=y, m=m, model=kind or fit["modeltype"], **{k: v for k, v in par.items()})
        # The objective is the squared error over the mean absolute value of the seasonally adjusted series.
        answers[kind or "auto"] = {"chosen": fit["modeltype"], "par": par, "objective": float(given["mse"]), "mean": mean.tolist()}
    cases.append({"name": name, "season": m, "values": y.tolist(), "answers": answers})
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
