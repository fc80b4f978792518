"""Trains LightGBM on a planted structure, explains rows by pred_contrib, and writes all of it for bench/trees/shap.ts.

    bench/peers/venv/bin/python bench/peers/lightgbm_contrib.py '{"folder": "/tmp/x", "trees": 500, "leaves": 63, …}'

Into the folder: model.txt and the same as arrays, trees.json; rows.f32 (feature by feature), contrib.f64 (row by row, the base last). Prints seconds by threads.
"""

import json
import pathlib
import statistics
import sys
import time

import lightgbm as lgb
import numpy as np
from lightgbm_arrays import ensemble

ask = json.loads(sys.argv[1])
out = pathlib.Path(ask["folder"])
rng = np.random.default_rng(ask.get("seed", 0))
FEATURES = ask["features"]


def table(rows):
    x = rng.normal(size=(rows, FEATURES)).astype(np.float32)
    x[:, 30:] = rng.integers(0, 12, size=(rows, FEATURES - 30))
    return x


def planted(x):
    """Curves, products, a step that switches a slope, a code that switches another, and many small slopes."""
    y = 2 * np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2] + np.abs(x[:, 3]) + (x[:, 4] > 0.5) * x[:, 5]
    y = y + 0.5 * x[:, 6] ** 2 + 0.3 * x[:, 30] + (x[:, 31] % 3 == 0) * x[:, 7]
    return y + 0.1 * x[:, 8:20].sum(axis=1) + rng.normal(size=len(x))


x = table(ask["training"])
params = {"objective": "regression", "num_leaves": ask["leaves"], "max_bin": 255, "learning_rate": 0.05,
          "num_threads": max(ask["threads"]), "seed": 1, "verbose": -1}
booster = lgb.train(params, lgb.Dataset(x, planted(x)), ask["trees"])
booster.save_model(out / "model.txt")
booster = lgb.Booster(model_file=out / "model.txt")
(out / "trees.json").write_text(json.dumps(ensemble(booster)))

rows = table(ask["rows"])
rows.T.copy().tofile(out / "rows.f32")
seconds = {}
for threads in ask["threads"]:
    times = []
    for _ in range(ask["repeats"]):
        start = time.perf_counter()
        contrib = booster.predict(rows, pred_contrib=True, num_threads=threads)
        times.append(time.perf_counter() - start)
    seconds[threads] = statistics.median(times)
contrib.tofile(out / "contrib.f64")
print(json.dumps({"seconds": seconds, "version": lgb.__version__}))
