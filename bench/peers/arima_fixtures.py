"""Writes the oracle of the ARIMA tests: numbers by statsforecast for made and classic series.

    bench/peers/venv/bin/python bench/peers/arima_fixtures.py

test/fixtures/arima/fixed.json: log-likelihood, forecasts and standard errors at fixed coefficients, with and without
differences, seasons and missing values. test/fixtures/arima/chosen.json: orders and coefficients that its AutoARIMA
chose for 26 series, and their KPSS statistics by statsmodels. Its log-likelihoods of searched models are left out: with differencing it evaluates them from a state
that an earlier evaluation left behind, so only those at fixed coefficients, evaluated once, are an oracle.
"""

import json
import math
import pathlib
import warnings

import numpy as np
from statsforecast.arima import arima, predict_arima
from statsforecast.models import AutoARIMA
from statsforecast.utils import AirPassengers
from statsmodels.tsa.stattools import kpss

warnings.simplefilter("ignore")

OUT = pathlib.Path(__file__).parents[2] / "test/fixtures/arima"
rng = np.random.default_rng(20261122)


def make(n, ar=(), ma=(), season=0, sar=(), sma=(), d=0, D=0, level=0.0, drift=0.0):
    phi, theta = np.array([1.0]), np.array([1.0])
    phi = np.convolve(phi, np.r_[1, -np.array(ar)])
    theta = np.convolve(theta, np.r_[1, np.array(ma)])
    for c, lag in ((sar, season), (sma, season)):
        poly = np.zeros(lag * len(c) + 1)
        poly[0] = 1
        for i, v in enumerate(c):
            poly[lag * (i + 1)] = -v if c is sar else v
        if c is sar:
            phi = np.convolve(phi, poly)
        else:
            theta = np.convolve(theta, poly)
    e = rng.normal(size=n + 200 + len(theta))
    w = np.zeros(n + 200)
    for t in range(n + 200):
        w[t] = np.dot(theta, e[t + len(theta) - 1 : (t - 1 if t > 0 else None) : -1][: len(theta)])
        for j in range(1, min(t, len(phi) - 1) + 1):
            w[t] -= phi[j] * w[t - j]
    w = w[200:] + drift
    for _ in range(d):
        w = np.cumsum(w)
    for _ in range(D):
        for t in range(season, n):
            w[t] += w[t - season]
    return np.round(level + w, 4)


def fixed():
    cases = []
    shapes = [
        ((1, 0, 0), (0, 0, 0), 1, [0.6]),
        ((0, 0, 1), (0, 0, 0), 1, [-0.5]),
        ((2, 0, 1), (0, 0, 0), 1, [1.1, -0.4, 0.3]),
        ((0, 0, 2), (1, 0, 0), 7, [0.4, 0.2, 0.5]),
        ((1, 0, 1), (0, 0, 1), 7, [0.5, 0.3, -0.6]),
        ((2, 0, 2), (2, 0, 1), 4, [0.4, 0.2, -0.3, 0.1, 0.3, 0.2, 0.4]),
        ((0, 1, 1), (0, 0, 0), 1, [-0.7]),
        ((2, 1, 1), (0, 0, 0), 1, [0.3, -0.2, -0.5]),
        ((0, 2, 2), (0, 0, 0), 1, [-0.9, 0.2]),
        ((0, 1, 1), (0, 1, 1), 12, [-0.4, -0.55]),
        ((1, 0, 0), (0, 1, 1), 7, [0.4, -0.6]),
        ((0, 1, 0), (0, 0, 0), 1, []),
    ]
    for order, seasonal, m, coef in shapes:
        for gaps in (False, True):
            y = make(72, ar=(0.5,), ma=(0.3,), d=order[1], season=m, D=seasonal[1], level=20)
            if gaps:
                y[[5, 17, 18, 40, 70, 71]] = np.nan
            fit = arima(
                y.copy(),
                order=order,
                seasonal={"order": seasonal, "period": m},
                include_mean=False,
                fixed=np.array(coef, dtype=float),
                method="ML",
                kappa=1e8,
            )
            mean, se = predict_arima(fit, 15)
            cases.append(
                {
                    "order": order,
                    "seasonal": seasonal,
                    "season": m,
                    "coefficients": coef,
                    "y": [None if np.isnan(v) else v for v in y.tolist()],
                    "loglik": fit["loglik"],
                    "mean": mean.tolist(),
                    "error": (se / np.sqrt(fit["sigma2"])).tolist(),
                }
            )
    return cases


def chosen():
    t = np.arange(120)
    air = AirPassengers.astype(float)
    series = {
        "noise": (make(80, level=10), 1),
        "noise with a season asked for": (make(80, level=10), 7),
        "walk": (make(100, d=1, level=50), 1),
        "walk with drift": (make(100, d=1, drift=0.5, level=50), 1),
        "twice integrated": (make(90, ma=(-0.4,), d=2), 1),
        "ar1": (make(90, ar=(0.7,), level=5), 1),
        "ar1 negative": (make(90, ar=(-0.6,), level=5), 1),
        "ar2 cyclic": (make(110, ar=(1.2, -0.7), level=5), 1),
        "ma1": (make(90, ma=(0.6,), level=3), 1),
        "ma2": (make(90, ma=(0.5, 0.4), level=3), 1),
        "arma11": (make(120, ar=(0.8,), ma=(-0.4,), level=3), 1),
        "exponential smoothing": (make(100, ma=(-0.6,), d=1, level=30), 7),
        "weekly ar": (make(84, sar=(0.6,), season=7, level=20), 7),
        "weekly ma": (make(84, sma=(0.6,), season=7, level=20), 7),
        "weekly both": (make(105, ar=(0.5,), sar=(0.5,), season=7, level=20), 7),
        "weekly walk": (make(84, sma=(-0.5,), season=7, D=1, level=20), 7),
        "airline": (make(120, ma=(-0.4,), sma=(-0.5,), season=12, d=1, D=1, level=100), 12),
        "quarters": (make(60, ar=(0.5,), sma=(-0.4,), season=4, D=1, level=100), 4),
        "line": (np.round(3 + 0.2 * t[:80] + rng.normal(size=80), 4), 7),
        "sine of a week": (np.round(20 + 5 * np.sin(2 * np.pi * t[:77] / 7) + rng.normal(size=77), 4), 7),
        "level shift": (np.round(np.where(t[:70] < 35, 5, 9) + rng.normal(size=70), 4), 7),
        "counts": (rng.poisson(4, size=70).astype(float), 7),
        "rare counts": ((rng.random(70) < 0.3) * rng.poisson(3, size=70).astype(float), 7),
        "heavy tails": (np.round(10 + rng.standard_t(3, size=90), 4), 1),
        "short": (make(16, ar=(0.5,), level=8), 4),
        "air passengers, logarithms": (np.round(np.log(air), 6), 12),
    }
    cases = []
    for name, (y, m) in series.items():
        fit = AutoARIMA(season_length=m, approximation=False).fit(y).model_
        p, q, P, Q, m_, d, D = (int(v) for v in fit["arma"])
        coef = {k: float(v) for k, v in fit["coef"].items()}
        cases.append(
            {
                "name": name,
                "season": m,
                "y": y.tolist(),
                "order": [p, d, q],
                "seasonal": [P, D, Q],
                "constant": "intercept" in coef or "drift" in coef,
                "coefficients": list(coef.values())[: p + q + P + Q],
                "kpss": float(kpss(y, "c", nlags=math.floor(3 * math.sqrt(len(y)) / 13))[0]),
            }
        )
    return cases


OUT.mkdir(parents=True, exist_ok=True)
(OUT / "fixed.json").write_text(json.dumps(fixed()) + "\n")
(OUT / "chosen.json").write_text(json.dumps(chosen()) + "\n")
