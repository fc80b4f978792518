"""Writes test/fixtures/metrics/metrics.json: a small panel, a forecast, and what fev and utilsforecast say of it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from fev.metrics import get_metric
from utilsforecast import losses as uf

SEASON, HORIZON = 4, 5
LEVELS = [0.025, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.975]
DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]

rng = np.random.default_rng(20261122)


def series(kind, length):
    t = np.arange(length)
    if kind == "smooth":
        return np.round(20 + 5 * np.sin(2 * np.pi * t / SEASON) + rng.normal(0, 2, length), 3)
    if kind == "intermittent":
        return rng.poisson(0.4, length).astype(float)
    if kind == "gaps":
        y = np.round(50 + rng.normal(0, 9, length), 3)
        y[rng.random(length) < 0.3] = np.nan
        return y
    if kind == "flat":
        return np.full(length, 3.0)
    return np.round(rng.gamma(2, 3, length), 3)


kinds = ["smooth", "intermittent", "gaps", "flat", "gamma", "smooth", "intermittent", "gamma"]
lengths = [24, 30, 26, 20, 3, 17, 12, 40]
past = [series(k, n) for k, n in zip(kinds, lengths)]
truth = [series(k, HORIZON) for k in kinds]
truth[2][1] = np.nan
truth[2][3] = 48.5
quantiles, mean = [], []
for y in truth:
    centre = np.nan_to_num(y, nan=40.0) + rng.normal(0, 3, HORIZON)
    width = rng.gamma(3, 1, HORIZON)
    q = centre[:, None] + width[:, None] * np.log(np.array(LEVELS) / (1 - np.array(LEVELS)))[None, :]
    q = np.round(np.maximum(q, 0), 4)
    quantiles.append(q)
    mean.append(np.round(np.maximum(centre, 0), 4))
mean[1][2] = 0.0
truth[1][2] = 0.0

stack = lambda rows: np.stack(rows)[..., None] if np.ndim(rows[0]) == 1 else np.stack(rows)[:, :, None, :]
wanted = [LEVELS.index(level) for level in DECILES]
common = dict(
    y_true=stack(truth),
    y_pred=stack(mean),
    y_past=np.concatenate(past)[:, None],
    y_past_lengths=np.array(lengths),
    q_pred=stack(quantiles)[..., wanted],
    seasonality=SEASON,
    quantile_levels=DECILES,
)
with np.errstate(all="ignore"):
    fev = {
        name: get_metric(name).compute(**common)
        for name in ["MSE", "RMSE", "MAE", "WAPE", "MAPE", "SMAPE", "MASE", "RMSSE", "MQL", "WQL", "SQL"]
    }

# utilsforecast scores series by series; the one with gaps is left to fev, as pandas shifts rows and not periods.
ids = [f"s{i}" for i in range(len(kinds))]
full = [i for i, y in enumerate(truth) if not np.isnan(y).any() and not np.isnan(past[i]).any()]
rows, train = [], []
for i in full:
    for h in range(HORIZON):
        row = {"unique_id": ids[i], "ds": lengths[i] + h, "y": truth[i][h], "m": mean[i][h]}
        row |= {f"q{level}": quantiles[i][h][k] for k, level in enumerate(LEVELS)}
        for percent in (50, 80, 90, 95):
            low, high = round((100 - percent) / 200, 6), round((100 + percent) / 200, 6)
            row[f"m-lo-{percent}"] = quantiles[i][h][LEVELS.index(low)]
            row[f"m-hi-{percent}"] = quantiles[i][h][LEVELS.index(high)]
        rows.append(row)
    train += [{"unique_id": ids[i], "ds": t, "y": y} for t, y in enumerate(past[i])]
df, train = pd.DataFrame(rows), pd.DataFrame(train)


def column(frame):
    values = frame.set_index("unique_id")["m"].to_dict()
    return {key: (None if not np.isfinite(v) else float(v)) for key, v in values.items()}


utils = {f: column(getattr(uf, f)(df, ["m"])) for f in ["mae", "mse", "rmse", "bias", "mape", "smape", "wape"]}
for f in ["mase", "rmsse"]:
    utils[f] = column(getattr(uf, f)(df, ["m"], seasonality=SEASON, train_df=train))
for level in (0.1, 0.5, 0.95):
    utils[f"quantile_loss_{level}"] = column(uf.quantile_loss(df, {"m": f"q{level}"}, q=level))
    utils[f"calibration_{level}"] = column(uf.calibration(df, {"m": f"q{level}"}))
columns = [f"q{level}" for level in DECILES]
utils["scaled_crps"] = column(uf.scaled_crps(df, {"m": columns}, quantiles=np.array(DECILES)))
utils["scaled_mqloss"] = column(
    uf.scaled_mqloss(df, {"m": columns}, quantiles=np.array(DECILES), seasonality=SEASON, train_df=train)
)
for percent in (50, 80, 90, 95):
    utils[f"coverage_{percent}"] = column(uf.coverage(df, ["m"], level=percent))
    utils[f"winkler_{percent}"] = column(uf.winkler_score(df, ["m"], level=percent))

plain = lambda a: [None if np.isnan(v) else float(v) for v in np.ravel(a)]
out = Path(__file__).resolve().parents[2] / "test/fixtures/metrics/metrics.json"
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(
    json.dumps(
        {
            "season": SEASON,
            "horizon": HORIZON,
            "levels": LEVELS,
            "averaged": DECILES,
            "series": [
                {"id": ids[i], "past": plain(past[i]), "truth": plain(truth[i]), "mean": plain(mean[i]),
                 "quantiles": plain(quantiles[i])}
                for i in range(len(ids))
            ],
            "fev": fev,
            "utilsforecast": utils,
        },
        separators=(",", ":"),
    )
    + "\n"
)
print(json.dumps(fev, indent=1))
