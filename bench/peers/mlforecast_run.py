"""Forecasts series with LightGBM through mlforecast and times it.

    python mlforecast_run.py '{"input": "past.parquet", "future": "future.parquet", "output": "out.parquet", "horizon": 7,
        "strategy": "recursive", "threads": 2, "levels": [0.1, 0.5, 0.9], "rounds": 300, "params": {"num_leaves": 63},
        "known": ["discount"], "statics": ["store", "product"], "groups": [["store"], ["product"]], "losses": ["tweedie", "regression_l1"]}'

The input has the columns unique_id, ds (whole numbers), y, the known-ahead columns and the static ones (whole numbers, taken as
categories); the future has unique_id, ds and the known-ahead columns. Features: lags 1 ... 7, 14, 21, 28; rolling mean, deviation,
extremes and median; means of the weekday; exponential means; rolling means of groups of series; the columns. One model for each loss,
and one for each quantile level. The output has unique_id, ds, a column for each loss, and q0, q1, ... Prints one JSON document with
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

LAGS = [1, 2, 3, 4, 5, 6, 7, 14, 21, 28]


def transforms(groups):
    own = [RollingMean(w) for w in (3, 7, 14, 28)] + [RollingStd(14), RollingStd(28), RollingMax(14), RollingMin(14)]
    own += [RollingQuantile(0.5, 14), RollingQuantile(0.5, 28)]
    # The weight of half-lives of 2, 5 and 12 periods.
    own += [ExponentiallyWeightedMean(1 - 0.5 ** (1 / half)) for half in (2, 5, 12)]
    shared = [RollingMean(w, groupby=list(group)) for group in groups for w in (7, 28)]
    return {1: own + shared, 7: [SeasonalRollingMean(season_length=7, window_size=4, min_samples=1)]}


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
    start = time.perf_counter()
    forecaster = MLForecast(
        models=models(ask),
        freq=1,
        lags=LAGS,
        lag_transforms=transforms(ask["groups"]),
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
