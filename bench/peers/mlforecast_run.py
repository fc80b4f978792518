"""Forecasts series with LightGBM through mlforecast and times it.

    python mlforecast_run.py '{"input": "past.parquet", "future": "future.parquet", "output": "out.parquet", "horizon": 7,
        "strategy": "recursive", "threads": 2, "levels": [0.1, 0.5, 0.9], "rounds": 300, "params": {"num_leaves": 63},
        "known": ["discount"], "statics": ["store", "product"], "groups": [["store"], ["product"]], "losses": ["tweedie", "regression_l1"],
        "lags": [1, 7], "windows": [7, 28], "shapes": [14], "shared": [28], "season": 7}'

The input has the columns unique_id, ds (whole numbers), y, the known-ahead columns and the static ones (whole numbers, taken as
categories); the future has unique_id, ds and the known-ahead columns. Features: lags; rolling mean, deviation,
extremes and median; means of the same phase of the season; exponential means; rolling means of groups of series; the columns. One model
for each loss, and one for each quantile level. The output has unique_id, ds, a column for each loss, and q0, q1, ... Prints one JSON document with
seconds and versions.
"""

import json
import sys
import time

import duckdb
import lightgbm as lgb
import mlforecast
from mlforecast import MLForecast
from mlforecast.lag_transforms import (
    ExponentiallyWeightedMean,
    RollingMax,
    RollingMean,
    RollingMin,
    RollingQuantile,
    RollingStd,
    SeasonalRollingMean,
)


def transforms(ask):
    # Windows that begin before a series take what there is.
    own = [RollingMean(w, min_samples=1) for w in ask["windows"]]
    for w in ask["shapes"]:
        own += [RollingStd(w, min_samples=2), RollingQuantile(0.5, w, min_samples=1)]
    own += [RollingMax(ask["shapes"][0], min_samples=1), RollingMin(ask["shapes"][0], min_samples=1)]
    # The weight of half-lives of 2, 5 and 12 periods.
    own += [ExponentiallyWeightedMean(1 - 0.5 ** (1 / half)) for half in (2, 5, 12)]
    shared = [RollingMean(w, groupby=list(group)) for group in ask["groups"] for w in ask["shared"]]
    season = ask["season"]
    alike = {season: [SeasonalRollingMean(season_length=season, window_size=4, min_samples=1)]} if season > 1 else {}
    return {1: own + shared, **alike}


def models(ask):
    base = {"n_estimators": ask["rounds"], "n_jobs": ask["threads"], "verbosity": -1, **ask["params"]}
    chosen = {loss: lgb.LGBMRegressor(**base, objective=loss) for loss in ask["losses"]}
    for k, level in enumerate(ask["levels"]):
        chosen[f"q{k}"] = lgb.LGBMRegressor(**base, objective="quantile", alpha=level)
    return chosen


def main(ask):
    order = "order by unique_id, ds"
    past = duckdb.sql(f"select * from '{ask['input']}' {order}").df()
    future = duckdb.sql(f"select * from '{ask['future']}' {order}").df()
    for name in ask["statics"]:
        past[name] = past[name].astype("int32").astype("category")
    for name in ask["known"]:
        past[name] = past[name].astype("float32")
        future[name] = future[name].astype("float32")
    past["y"] = past["y"].astype("float32")
    if "tweedie" in ask["losses"]:
        # This loss is not defined below zero, where returns may bring a week.
        past["y"] = past["y"].clip(lower=0)
    start = time.perf_counter()
    forecaster = MLForecast(
        models=models(ask),
        freq=1,
        lags=ask["lags"],
        lag_transforms=transforms(ask),
        num_threads=ask["threads"],
    )
    direct = {"max_horizon": ask["horizon"]} if ask["strategy"] == "direct" else {}
    forecaster.fit(past, static_features=ask["statics"], **direct)
    fitted = time.perf_counter()
    out = forecaster.predict(ask["horizon"], X_df=future)
    done = time.perf_counter()
    duckdb.sql(f"copy (select * from out {order}) to '{ask['output']}' (format parquet)")
    versions = {"mlforecast": mlforecast.__version__, "lightgbm": lgb.__version__}
    print(json.dumps({"fitSeconds": fitted - start, "forecastSeconds": done - fitted, **versions}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
