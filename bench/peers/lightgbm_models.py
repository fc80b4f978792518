"""Models of LightGBM with their predictions, that the reader of its text format is held against.

Writes test/fixtures/trees/lightgbm/NAME.txt (as Booster.save_model does, without importances) and models.json.
Run: bench/peers/venv/bin/python bench/peers/lightgbm_models.py
"""

import json
import warnings
from pathlib import Path

import lightgbm as lgb
import numpy as np

OUT = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "trees" / "lightgbm"
OUT.mkdir(parents=True, exist_ok=True)
warnings.filterwarnings("ignore")
rng = np.random.default_rng(7)
ROWS, SHOWN = 800, 60

x = np.column_stack(
    [
        rng.normal(size=ROWS).round(3),
        np.where(rng.random(ROWS) < 0.2, np.nan, rng.normal(size=ROWS).round(3)),
        np.where(rng.random(ROWS) < 0.5, 0, rng.gamma(2.0, size=ROWS).round(3)),
        rng.integers(0, 70, size=ROWS).astype(float),
        rng.integers(0, 4, size=ROWS).astype(float),
    ]
).astype(np.float32)
x[::37, 3] = np.nan
effect = np.sin(x[:, 3].astype(float) * 2.7)
level = x[:, 0] + np.nan_to_num(x[:, 1] ** 2, nan=1.5) + np.sqrt(x[:, 2]) + np.nan_to_num(effect) + (x[:, 4] == 2)
number = level + 0.3 * rng.normal(size=ROWS)
count = rng.poisson(np.exp(0.4 * level))
positive = np.exp(0.3 * level) * rng.gamma(3.0, size=ROWS) + 0.01
flag = (number > 1.5).astype(float)
three = np.digitize(number, [0.8, 2.0])
grade = np.digitize(number, [0.0, 1.0, 2.0, 3.0])

BASE = {"num_leaves": 9, "learning_rate": 0.2, "min_data_in_leaf": 10, "verbose": -1, "num_threads": 1, "deterministic": True,
        "seed": 3, "min_data_per_group": 10, "cat_smooth": 1}
CASES = {
    "regression": ({"objective": "regression"}, number),
    "regression_l1": ({"objective": "regression_l1"}, number),
    "huber": ({"objective": "huber"}, number),
    "poisson": ({"objective": "poisson"}, count),
    "tweedie": ({"objective": "tweedie", "tweedie_variance_power": 1.3}, count),
    "gamma": ({"objective": "gamma"}, positive),
    "quantile": ({"objective": "quantile", "alpha": 0.8}, number),
    "binary": ({"objective": "binary", "sigmoid": 2.0}, flag),
    "multiclass": ({"objective": "multiclass", "num_class": 3}, three),
    "multiclassova": ({"objective": "multiclassova", "num_class": 3, "sigmoid": 0.5}, three),
    "cross_entropy": ({"objective": "cross_entropy"}, np.clip(flag * 0.8 + 0.1, 0, 1)),
    "lambdarank": ({"objective": "lambdarank", "max_position": 10}, grade),
    "zero_as_missing": ({"objective": "regression", "zero_as_missing": True}, number),
    "no_missing": ({"objective": "regression", "use_missing": False}, number),
    "forest": ({"objective": "regression", "boosting": "rf", "bagging_fraction": 0.6, "bagging_freq": 1}, number),
    "forest_binary": ({"objective": "binary", "boosting": "rf", "bagging_fraction": 0.6, "bagging_freq": 1}, flag),
    "forest_multiclass": ({"objective": "multiclass", "num_class": 3, "boosting": "rf", "bagging_fraction": 0.6,
                           "bagging_freq": 1}, three),
    "dart": ({"objective": "regression", "boosting": "dart"}, number),
    "no_splits": ({"objective": "regression", "min_data_in_leaf": 500}, number),
}

# Shown rows: real ones, and values that training never saw.
shown = x[:SHOWN].copy()
shown[0] = np.nan
shown[1] = [0, 0, 0, 0, 0]
shown[2] = [np.inf, -np.inf, 1e-36, 500, 3.7]
shown[3] = [-np.inf, np.inf, -1e-36, -1, -0.5]
shown[4] = [1e30, 1e-30, 2e-35, 64, 31.99]
shown[5] = [0, np.nan, np.nan, 1e9, 3e9]


def listed(values):
    return [None if np.isnan(v) else ("inf" if v > 0 else "-inf") if np.isinf(v) else float(v) for v in values]


answers = {}
for name, (params, y) in CASES.items():
    group = [40] * (ROWS // 40) if name == "lambdarank" else None
    data = lgb.Dataset(x, y, group=group, categorical_feature=[3, 4], feature_name=["a", "b", "价格", "item", "kind"])
    booster = lgb.train({**BASE, **params}, data, 6)
    booster.save_model(OUT / f"{name}.txt")
    booster = lgb.Booster(model_file=OUT / f"{name}.txt")
    answers[name] = {
        "predictions": np.asarray(booster.predict(shown), dtype=float).ravel().tolist(),
        "raw": np.asarray(booster.predict(shown, raw_score=True), dtype=float).ravel().tolist(),
    }
    text = (OUT / f"{name}.txt").read_text()
    head, rest = text.split("end of trees")
    alpha = [line for line in rest.splitlines() if line.startswith("[alpha:")]
    (OUT / f"{name}.txt").write_text(head + "end of trees\n\nparameters:\n" + "\n".join(alpha) + "\nend of parameters\n")

linear = lgb.train({**BASE, "objective": "regression", "linear_tree": True, "num_leaves": 3}, lgb.Dataset(x[:, :3], number), 1)
(OUT / "linear_tree.txt").write_text(linear.model_to_string().split("end of trees")[0] + "end of trees\n")
report = {"lightgbm": lgb.__version__, "rows": [listed(row) for row in shown], "models": answers}
(OUT / "models.json").write_text(json.dumps(report) + "\n")
