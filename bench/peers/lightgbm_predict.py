"""Trains LightGBM on a table of raw Float32 columns, or times its predictions, for bench/trees/inference.ts.

    python lightgbm_predict.py '{"task": "train", "model": "m.txt", "trees": 500, "leaves": 63, "bins": 255, "threads": 2,
        "table": {"rows": 200000, "columns": 40, "x": "train.x.f32", "y": "train.y.f32"}}'
    python lightgbm_predict.py '{"task": "predict", "model": "m.txt", "threads": 1, "answers": "p.f64", "table": {...}}'

The files hold little-endian Float32 numbers, all of one column together; LightGBM is given rows that lie one after the other, as
it likes them best, and only its predict is timed, after a first call on a few rows. Prints one JSON document.
"""

import json
import sys
import time

import lightgbm as lgb
import numpy as np


def load(table):
    x = np.fromfile(table["x"], dtype="<f4").reshape(table["columns"], table["rows"])
    return np.ascontiguousarray(x.T), np.fromfile(table["y"], dtype="<f4")


def train(ask):
    x, y = load(ask["table"])
    params = {"objective": "l2", "num_leaves": ask["leaves"], "max_bin": ask["bins"], "num_threads": ask["threads"],
              "verbose": -1}
    lgb.train(params, lgb.Dataset(x, y), ask["trees"]).save_model(ask["model"])
    return {"version": lgb.__version__}


def predict(ask):
    x, _ = load(ask["table"])
    booster = lgb.Booster(model_file=ask["model"])
    booster.predict(x[:1000], num_threads=ask["threads"])
    start = time.perf_counter()
    answers = booster.predict(x, num_threads=ask["threads"])
    seconds = time.perf_counter() - start
    answers.astype("<f8").tofile(ask["answers"])
    return {"seconds": seconds}


if __name__ == "__main__":
    ask = json.loads(sys.argv[1])
    print(json.dumps({"train": train, "predict": predict}[ask["task"]](ask)))
