"""Makes test/fixtures/intermittent/statsforecast.json: point forecasts of statsforecast's methods for intermittent demand.

    python bench/peers/croston_oracle.py
"""

import json
from pathlib import Path

import numpy as np
from statsforecast import models as zoo

OUT = Path(__file__).parents[2] / "test/fixtures/intermittent/statsforecast.json"
rng = np.random.default_rng(7)


def demand(n, chance, size, start=0):
    y = rng.binomial(1, chance, n) * (1 + rng.poisson(size, n))
    y[:start] = 0
    return y.astype(float)


SERIES = {
    "rare": demand(60, 0.1, 2),
    "intermittent": demand(51, 0.25, 1),
    "lumpy": demand(80, 0.3, 8),
    "late": demand(40, 0.4, 3, start=20),
    "dense": demand(50, 0.95, 5),
    "real": np.round(demand(70, 0.35, 2) * rng.gamma(2, 0.5, 70), 3),
    "once": np.array([0.0, 0, 0, 4, 0, 0, 0, 0]),
    "never": np.zeros(12),
}
METHODS = {
    "croston": zoo.CrostonClassic(),
    "croston-optimised": zoo.CrostonOptimized(),
    "croston-sba": zoo.CrostonSBA(),
    "tsb": zoo.TSB(alpha_d=0.1, alpha_p=0.1),
    "adida": zoo.ADIDA(),
    "imapa": zoo.IMAPA(),
}
cases = [
    {"name": name, "values": y.tolist(), "means": {k: float(m.forecast(y, 1)["mean"][0]) for k, m in METHODS.items()}}
    for name, y in SERIES.items()
]
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(cases, separators=(",", ":")) + "\n")
