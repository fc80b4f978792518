"""Forecasts series with N-HiTS of neuralforecast and times it.

    python neuralforecast_run.py '{"input": "past.parquet", "future": "future.parquet", "output": "out.parquet", "horizon": 7, "threads": 2,
        "context": 28, "steps": 2000, "batch": 1024, "rate": 0.001, "units": 512, "dropout": 0.1, "levels": [0.1, 0.5, 0.9],
        "past": ["rain"], "known": ["discount"], "statics": ["store", "product"]}'

The input has the columns unique_id, ds (whole numbers), y, the past-only and known-ahead columns and the static ones (whole numbers, taken as
categories); the future has unique_id, ds and the known-ahead columns. The loss is that of quantiles, the point the median. Windows are scaled by
their own mean and deviation. The output has unique_id, ds, point, and q0, q1, ... Prints one JSON document with seconds and versions.
"""

import json
import logging
import sys
import time
import warnings

import duckdb
import numpy as np
import torch

warnings.filterwarnings("ignore")
logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)

import neuralforecast  # noqa: E402
from neuralforecast import NeuralForecast  # noqa: E402
from neuralforecast.losses.pytorch import MQLoss  # noqa: E402
from neuralforecast.models import NHITS  # noqa: E402


def main(ask):
    torch.set_num_threads(ask["threads"])
    order = "order by unique_id, ds"
    past = duckdb.sql(f"select * from '{ask['input']}' {order}").df()
    future = duckdb.sql(f"select * from '{ask['future']}' {order}").df()
    statics = past[["unique_id", *ask["statics"]]].drop_duplicates("unique_id").reset_index(drop=True)
    sizes = []
    for name in ask["statics"]:
        codes, values = np.unique(statics[name].to_numpy(), return_inverse=True)
        # The first code is for what was never seen.
        statics[name] = values + 1
        sizes.append(len(codes))
    past = past.drop(columns=ask["statics"])
    numbers = [*ask["past"], *ask["known"]]
    # What was not observed stays as it last was.
    for name in ask["past"]:
        series = past.groupby("unique_id", sort=False)[name]
        past[name] = series.ffill().fillna(series.bfill())
    for name in numbers:
        values = past[name].astype("float32").fillna(0.0)
        mean, deviation = float(values.mean()), float(values.std()) or 1.0
        past[name] = (values - mean) / deviation
        if name in ask["known"]:
            future[name] = (future[name].astype("float32").fillna(0.0) - mean) / deviation
    past["y"] = past["y"].astype("float32").fillna(0.0)
    start = time.perf_counter()
    levels = sorted({0.5, *ask["levels"]})
    model = NHITS(
        h=ask["horizon"],
        input_size=ask["context"],
        futr_exog_list=ask["known"],
        hist_exog_list=ask["past"],
        stat_exog_list=ask["statics"],
        cat_exog_list=ask["statics"],
        categorical_cardinalities=dict(zip(ask["statics"], sizes)),
        mlp_units=[[ask["units"], ask["units"]]] * 3,
        dropout_prob_theta=ask["dropout"],
        loss=MQLoss(quantiles=levels),
        max_steps=ask["steps"],
        learning_rate=ask["rate"],
        batch_size=ask["batch"],
        windows_batch_size=ask["batch"],
        inference_windows_batch_size=ask["batch"],
        start_padding_enabled=True,
        scaler_type="standard",
        random_seed=1,
        alias="n",
        enable_progress_bar=False,
        logger=False,
        enable_checkpointing=False,
        accelerator="cpu",
    )
    forecaster = NeuralForecast(models=[model], freq=1)
    forecaster.fit(past, static_df=statics)
    fitted = time.perf_counter()
    out = forecaster.predict(futr_df=future).reset_index()
    done = time.perf_counter()
    names = [name for name in out.columns if name.startswith("n-") or name == "n"]
    columns = dict(zip(levels, names))
    answer = out[["unique_id", "ds"]].copy()
    answer["point"] = out[columns[0.5]]
    for k, level in enumerate(ask["levels"]):
        answer[f"q{k}"] = out[columns[level]]
    duckdb.sql(f"copy (select * from answer {order}) to '{ask['output']}' (format parquet)")
    print(
        json.dumps(
            {"fitSeconds": fitted - start, "forecastSeconds": done - fitted, "names": names, "neuralforecast": neuralforecast.__version__}
        )
    )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
