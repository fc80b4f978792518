"""Trains LightGBM or XGBoost on a table of raw Float32 columns and times it.

    python boosting_train.py '{"rival": "lightgbm", "threads": 2, "rounds": 200, "leaves": 63, "bins": 255, "learningRate": 0.1,
        "minRows": 20, "train": {"rows": 500000, "columns": 40, "x": "train.x.f32", "y": "train.y.f32"}, "held": {...}}'

The files hold little-endian Float32 numbers, all of one column together. Prints one JSON document: seconds of binning and of
training, the mean squared error on the held-out table, and the process's peak resident memory in GiB. LightGBM chooses by itself
between column-wise and row-wise histograms, and its time for that choice counts, as it does for its users.
"""

import json
import re
import sys
import time

import numpy as np


def load(table):
    x = np.fromfile(table["x"], dtype="<f4").reshape(table["columns"], table["rows"]).T
    return x, np.fromfile(table["y"], dtype="<f4")


def lightgbm(ask, x, y):
    import lightgbm as lgb

    params = {
        "objective": "l2",
        "num_leaves": ask["leaves"],
        "max_bin": ask["bins"],
        "learning_rate": ask["learningRate"],
        "min_data_in_leaf": ask["minRows"],
        "num_threads": ask["threads"],
        "verbose": -1,
    }
    start = time.perf_counter()
    data = lgb.Dataset(x, y, params=params).construct()
    binned = time.perf_counter()
    booster = lgb.train(params, data, ask["rounds"])
    done = time.perf_counter()
    return binned - start, done - binned, lambda held: booster.predict(held, num_threads=ask["threads"]), lgb.__version__


def xgboost(ask, x, y):
    import xgboost as xgb

    params = {
        "objective": "reg:squarederror",
        "tree_method": "hist",
        "grow_policy": "lossguide",
        "max_leaves": ask["leaves"],
        "max_depth": 0,
        "max_bin": ask["bins"],
        "eta": ask["learningRate"],
        # The hessian of a row is 1, so this is a number of rows; LightGBM has no L2 unless told.
        "min_child_weight": ask["minRows"],
        "lambda": 0,
        "nthread": ask["threads"],
        "verbosity": 0,
    }
    start = time.perf_counter()
    data = xgb.QuantileDMatrix(x, y, max_bin=ask["bins"], nthread=ask["threads"])
    binned = time.perf_counter()
    booster = xgb.train(params, data, ask["rounds"])
    done = time.perf_counter()
    return binned - start, done - binned, lambda held: booster.predict(xgb.DMatrix(held)), xgb.__version__


def main(ask):
    binning, training, predict, version = {"lightgbm": lightgbm, "xgboost": xgboost}[ask["rival"]](ask, *load(ask["train"]))
    with open("/proc/self/status") as status:
        peak = int(re.search(r"VmHWM:\s*(\d+) kB", status.read()).group(1)) / 2**20
    held, truth = load(ask["held"])
    error = predict(held) - truth
    loss = float(np.mean(error.astype(np.float64) ** 2))
    print(json.dumps({"binning": binning, "training": training, "loss": loss, "peakGiB": peak, "version": version}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
