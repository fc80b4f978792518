"""Forecasts series with a model of statsforecast and times it.

    python statsforecast_run.py '{"model": "AutoETS", "options": {"season_length": 7}, "input": "in.parquet",
        "output": "out.parquet", "horizon": 7, "jobs": 2, "levels": [0.1, 0.5, 0.9]}'

The input has the columns unique_id, ds (whole numbers) and y; the output unique_id, ds, mean and q0, q1, ..., one for each
quantile level, in the order of the input. Quantiles come from the model's own central intervals, the median from its
mean; with "pointOnly", for models that have none, every quantile is the mean; with "mend", the last value stands for
numbers that are none. Prints one JSON document with the seconds that the forecasts took, reading and writing left out,
and the number of series that only the fallback (a repetition of the last value) could answer.
"""

import json
import sys
import time

import duckdb
import numpy as np
import statsforecast
from statsforecast import StatsForecast
from statsforecast import models as zoo


class CountedNaive(zoo.Naive):
    """The fallback, told apart from the model's own answers by a spread of zero."""

    def forecast(self, y, h, X=None, X_future=None, level=None, fitted=False):
        mean = np.full(h, y[-1])
        bands = {f"{side}-{lv}": mean for lv in (level or []) for side in ("lo", "hi")}
        return {"mean": mean, **bands}


def main(ask):
    frame = duckdb.sql(f"select unique_id, ds, y from '{ask['input']}' order by unique_id, ds").df()
    model = getattr(zoo, ask["model"])(**ask.get("options", {}))
    runner = StatsForecast(models=[model], freq=1, n_jobs=ask["jobs"], fallback_model=CountedNaive())
    width = {q: round(abs(1 - 2 * q) * 100, 6) for q in ask["levels"]}
    if ask.get("pointOnly"):
        width = {q: 0 for q in width}
    bands = sorted({w for w in width.values() if w > 0})
    whole = [int(w) if float(w).is_integer() else w for w in bands]
    named = {b: w for b, w in zip(bands, whole)}
    start = time.perf_counter()
    answer = runner.forecast(df=frame, h=ask["horizon"], level=whole or None)
    seconds = time.perf_counter() - start
    name = str(model)
    if ask.get("mend"):
        # A model may answer with numbers that are none; the last value then stands for them, as for those that fail.
        columns = [column for column in answer.columns if column.startswith(name)]
        last = answer["unique_id"].map(frame.groupby("unique_id")["y"].last())
        for column in columns:
            answer[column] = answer[column].where(np.isfinite(answer[column]), last)
    out = answer[["unique_id", "ds"]].copy()
    out["mean"] = answer[name].to_numpy(dtype=float)
    for k, q in enumerate(ask["levels"]):
        side = "lo" if q < 0.5 else "hi"
        column = name if width[q] == 0 else f"{name}-{side}-{named[width[q]]}"
        out[f"q{k}"] = answer[column].to_numpy(dtype=float)
    duckdb.sql(f"copy (select * from out order by unique_id, ds) to '{ask['output']}' (format parquet)")
    fallbacks = 0
    if bands:
        widest = named[bands[-1]]
        spread = (answer[f"{name}-hi-{widest}"] - answer[f"{name}-lo-{widest}"]).groupby(answer["unique_id"]).max()
        fallbacks = int((spread == 0).sum())
    times = {"seconds": seconds, "fitSeconds": 0, "forecastSeconds": seconds}
    print(json.dumps({**times, "statsforecast": statsforecast.__version__, "series": int(out["unique_id"].nunique()), "withoutSpread": fallbacks}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
