"""Forecasts series with AutoGluon-TimeSeries and times it.

    python autogluon_run.py '{"input": "past.parquet", "future": "future.parquet", "output": "out.parquet", "horizon": 7, "unit": "day",
        "dayOfPeriod0": "1970-01-01", "preset": "medium_quality", "seconds": 600, "threads": 2, "levels": [0.1, 0.5, 0.9],
        "past": ["rain"], "known": ["discount"], "statics": ["store", "product"], "scratch": "/tmp/somewhere"}'

The input has the columns unique_id, ds (whole periods), y, the past-only and known-ahead columns and the static ones (whole numbers, taken
as categories); the future has unique_id, ds and the known-ahead columns. It chooses by WAPE. Models whose weights would have to be
downloaded are left out. The output has unique_id, ds, mean, and q0, q1, ... Prints one JSON document with seconds, versions and the models.
"""

import json
import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")
os.environ["HF_HUB_OFFLINE"] = "1"

import pandas as pd  # noqa: E402
from autogluon.timeseries import TimeSeriesDataFrame, TimeSeriesPredictor, __version__  # noqa: E402

DAYS = {"day": 1, "week": 7}
DOWNLOADED = ["Chronos", "Chronos2", "Toto"]


def frame_of(rows, ask, statics=None):
    begin = pd.Timestamp(ask["dayOfPeriod0"])
    rows["timestamp"] = begin + pd.to_timedelta(rows.pop("ds") * DAYS[ask["unit"]], unit="D")
    return TimeSeriesDataFrame.from_data_frame(
        rows, id_column="unique_id", timestamp_column="timestamp", static_features_df=statics
    )


def main(ask):
    past = pd.read_parquet(ask["input"]).sort_values(["unique_id", "ds"], ignore_index=True)
    future = pd.read_parquet(ask["future"]).sort_values(["unique_id", "ds"], ignore_index=True)
    last = int(past["ds"].max())
    statics = past[["unique_id", *ask["statics"]]].drop_duplicates("unique_id").reset_index(drop=True)
    for name in ask["statics"]:
        statics[name] = statics[name].astype("int32").astype("category")
    past = past.drop(columns=ask["statics"])
    for name in [*ask["known"], *ask["past"]]:
        past[name] = past[name].astype("float64")
    for name in ask["known"]:
        future[name] = future[name].astype("float64")
    train = frame_of(past, ask, statics)
    ahead = frame_of(future, ask)
    day = pd.Timestamp(ask["dayOfPeriod0"]).strftime("%a").upper()
    start = time.perf_counter()
    predictor = TimeSeriesPredictor(
        prediction_length=ask["horizon"],
        target="y",
        freq={"day": "D", "week": f"W-{day}"}[ask["unit"]],
        eval_metric="WAPE",
        known_covariates_names=ask["known"],
        quantile_levels=ask["levels"],
        path=os.path.join(ask["scratch"], "autogluon"),
        verbosity=2,
    )
    predictor.fit(
        train,
        presets=ask["preset"],
        time_limit=ask["seconds"],
        excluded_model_types=DOWNLOADED,
        random_seed=1,
    )
    fitted = time.perf_counter()
    out = predictor.predict(train, known_covariates=ahead, random_seed=1)
    done = time.perf_counter()
    answer = pd.DataFrame({"unique_id": out.index.get_level_values(0).astype("int32")})
    answer["ds"] = last + 1 + out.groupby(level=0, sort=False).cumcount().to_numpy()
    answer["mean"] = out["mean"].to_numpy()
    for k, level in enumerate(ask["levels"]):
        answer[f"q{k}"] = out[str(level)].to_numpy()
    answer.to_parquet(ask["output"])
    board = predictor.leaderboard()
    models = {
        row["model"]: {"wape": -row["score_val"], "fitSeconds": row["fit_time_marginal"], "forecastSeconds": row["pred_time_val"]}
        for _, row in board.iterrows()
    }
    versions = {"autogluon": __version__}
    best = predictor.model_best
    weights = {}
    if best.startswith("WeightedEnsemble"):
        weights = dict(predictor._trainer.load_model(best).model_to_weight)
    said = {"fitSeconds": fitted - start, "forecastSeconds": done - fitted, **versions, "best": best, "weights": weights, "models": models}
    print(json.dumps(said, default=float))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
