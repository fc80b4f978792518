"""Writes the oracle of the STL and MSTL tests: decompositions by statsmodels and statsforecast.

    bench/peers/venv/bin/python bench/peers/mstl_fixtures.py
"""

import json
import pathlib

import numpy as np
from statsforecast.mstl import mstl
from statsmodels.tsa.seasonal import STL

OUT = pathlib.Path(__file__).parents[2] / "test/fixtures/mstl"
rng = np.random.default_rng(20261122)


def series(n, periods, outlier=True):
    t = np.arange(n)
    y = 10 + 0.05 * t + rng.normal(size=n)
    for k, period in enumerate(periods):
        y += (3 + k) * np.sin(2 * np.pi * t / period) + np.cos(4 * np.pi * t / period)
    if outlier:
        y[5] += 20
    return np.round(y, 4)


def stl_cases():
    shapes = [
        (62, 7, {"seasonal": 11, "seasonal_deg": 0}),
        (69, 7, {}),
        (50, 12, {"robust": True}),
        (144, 12, {"seasonal": 13, "robust": True}),
        (100, 7, {"seasonal": 7, "seasonal_jump": 3, "trend_jump": 3, "low_pass_jump": 3}),
        (30, 14, {}),
        (15, 7, {"seasonal": 11, "seasonal_deg": 0}),
        (90, 4, {"seasonal": 9, "trend": 21, "low_pass": 7, "trend_deg": 0, "low_pass_deg": 0}),
    ]
    cases = []
    for n, period, options in shapes:
        y = series(n, [period])
        fit = STL(y, period=period, **options).fit()
        cases.append(
            {
                "y": y.tolist(),
                "period": period,
                "options": options,
                "seasonal": fit.seasonal.tolist(),
                "trend": fit.trend.tolist(),
                "weights": fit.weights.tolist(),
            }
        )
    return cases


def mstl_cases():
    cases = []
    for n, periods in ((100, [7]), (200, [7, 30]), (170, [24, 7])):
        y = series(n, periods)
        fit = mstl(y, periods)
        seasonal = [c for c in fit.columns if c.startswith("seasonal")]
        cases.append(
            {
                "y": y.tolist(),
                "periods": periods,
                "trend": fit["trend"].tolist(),
                "seasonal": [fit[c].tolist() for c in seasonal],
            }
        )
    return cases


OUT.mkdir(parents=True, exist_ok=True)
(OUT / "stl.json").write_text(json.dumps(stl_cases()) + "\n")
(OUT / "mstl.json").write_text(json.dumps(mstl_cases()) + "\n")
