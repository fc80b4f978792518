"""Writes test/fixtures/smoothing/*.json: what statsforecast says of fixed parameters, chosen forms and simple smoothing.

    bench/peers/venv/bin/python bench/peers/smoothing_oracle.py
"""

import json
import pathlib

import numpy as np
from statsforecast.ces import auto_ces, pegelsresid_ces
from statsforecast.ets import ets_f, forecast_ets, pegelsresid_C
from statsforecast.models import (
    SeasonalExponentialSmoothing,
    SeasonalExponentialSmoothingOptimized,
    SimpleExponentialSmoothing,
    SimpleExponentialSmoothingOptimized,
)

FOLDER = pathlib.Path(__file__).parents[2] / "test/fixtures/smoothing"
M = 7


def number(x):
    return float(x) if np.isfinite(x) else None


def varied(rng):
    """Series of many kinds, each rounded so that the fixture is short."""
    out = []
    for k in range(30):
        n = [35, 56, 90, 140][k % 4]
        t = np.arange(n)
        week = np.array([0, 1, 3, 2, -1, -3, -2])[t % M]
        noise = rng.normal(size=n)
        y = [
            20 + noise * 3,
            20 + np.cumsum(noise),
            10 + 0.3 * t + noise * 2,
            30 + 3 * week + noise * 2,
            30 + 0.2 * t + 2 * week + np.cumsum(noise),
            (20 + 0.1 * t) * (1 + 0.12 * week) * (1 + 0.08 * noise),
            50 * np.exp(0.01 * np.cumsum(noise * 5)),
            rng.poisson(2, size=n).astype(float),
            rng.poisson(8 + 2 * week).astype(float),
            100 * (1 - 0.95**t) + 5 + noise * 2,
        ][k % 10]
        out.append(np.round(y, 3).tolist())
    return out


def filters(rng):
    y = np.round((20 + 0.1 * np.arange(60)) * (1 + 0.1 * np.sin(2 * np.pi * np.arange(60) / M)) + rng.normal(size=60), 4)
    out = []
    for error in "AM":
        for trend in "NAM":
            for damped in [False, True]:
                if trend == "N" and damped:
                    continue
                for season in "NAM":
                    state = [20.5] + {"N": [], "A": [0.3], "M": [1.01]}[trend]
                    if season == "A":
                        state += [0.2, -1.1, -1.4, 0.1, 0.8, 1.2, 0.2]
                    elif season == "M":
                        state += [1.01, 0.94, 0.9, 1.0, 1.05, 1.07, 1.03]
                    alpha, beta, gamma, phi = 0.3, 0.05, 0.12, 0.93
                    _, e, _, lik = pegelsresid_C(
                        y, M if season != "N" else 1, np.array(state), error, trend, season, damped,
                        alpha, beta if trend != "N" else np.nan, gamma if season != "N" else np.nan,
                        phi if damped else np.nan, 3,
                    )
                    out.append(
                        dict(error=error, trend=trend, damped=damped, season=season, state=state, alpha=alpha, beta=beta,
                             gamma=gamma, phi=phi, residuals=e.tolist(), lik=float(lik))
                    )
    return dict(y=y.tolist(), cases=out)


def chosen(series):
    out = []
    for y in series:
        model = ets_f(np.array(y), M)
        ahead = forecast_ets(model, 14, level=[80])
        ces = auto_ces(np.array(y), M)
        out.append(
            dict(
                y=y, components=model["components"], aicc=number(model["aicc"]),
                par=[number(v) for v in model["par"][:4]],
                state=model["par"][4:].tolist(), variance=float(model["sigma2"]),
                mean=ahead["mean"].tolist(), high=ahead["hi-80"].tolist(),
                ces=dict(
                    kind=ces["seasontype"], aicc=number(ces["aicc"]),
                    smooth=[number(ces["par"][k]) for k in ("alpha_0", "alpha_1", "beta_0", "beta_1")],
                ),
            )
        )
    return out


def ces_filters(y):
    start = dict(N=[[20.0, 18.0]], S=[[v, v / 1.1] for v in y[:M]])
    start["P"] = [[20.0, 18.0, s] for s in [0.2, -1.1, -1.4, 0.1, 0.8, 1.2, 0.2]]
    start["F"] = [[20.0, 18.0, s, s / 1.1] for s in [0.2, -1.1, -1.4, 0.1, 0.8, 1.2, 0.2]]
    out = []
    for kind, rows in start.items():
        smooth = [1.2, 0.95, 0.2 if kind == "P" else 1.1, 0.9]
        _, e, _, lik = pegelsresid_ces(
            np.array(y), 1 if kind == "N" else M, np.array(rows), len(rows[0]), kind, *smooth, 3
        )
        out.append(dict(kind=kind, rows=rows, smooth=smooth, residuals=e.tolist(), lik=float(lik)))
    return dict(y=y, cases=out)


def simple(y):
    x = np.array(y)
    return dict(
        y=y,
        ses=SimpleExponentialSmoothing(0.3).forecast(x, 3)["mean"].tolist(),
        sesOptimised=SimpleExponentialSmoothingOptimized().forecast(x, 3)["mean"].tolist(),
        seasonalSes=SeasonalExponentialSmoothing(M, 0.3).forecast(x, 9)["mean"].tolist(),
        seasonalSesOptimised=SeasonalExponentialSmoothingOptimized(M).forecast(x, 9)["mean"].tolist(),
    )


def main():
    rng = np.random.default_rng(5)
    series = varied(rng)
    fixed = filters(rng)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, value in {
        "filters": fixed,
        "chosen": chosen(series),
        "ces": ces_filters(fixed["y"]),
        "simple": simple(series[3]),
    }.items():
        (FOLDER / f"{name}.json").write_text(json.dumps(value) + "\n")


if __name__ == "__main__":
    main()
