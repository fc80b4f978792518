"""Numbers of LightGBM that the tests of binning and objectives compare with.

Writes test/fixtures/trees/bins.json and test/fixtures/trees/objectives.json.
Run: bench/peers/venv/bin/python bench/peers/trees_fixtures.py
"""

import json
import tempfile
from pathlib import Path

import lightgbm as lgb
import numpy as np

OUT = Path(__file__).resolve().parents[2] / "test" / "fixtures" / "trees"
OUT.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(20)


def listed(values):
    return [None if np.isnan(x) else round(float(x), 4) for x in np.asarray(values, dtype=float)]


def f32(values):
    return np.round(np.asarray(values, dtype=float), 4).astype(np.float32)


# --- Bins -----------------------------------------------------------------------------------------------------------

ROWS = 1200
spiky = np.where(rng.random(ROWS) < 0.4, 7, np.where(rng.random(ROWS) < 0.3, -2.5, rng.normal(size=ROWS) * 5))
features = {
    "normal": rng.normal(size=ROWS),
    "positive": 1 + rng.gamma(2.0, size=ROWS),
    "negative": -rng.gamma(2.0, size=ROWS) - 0.5,
    "zeros": np.where(rng.random(ROWS) < 0.5, 0, rng.lognormal(size=ROWS)),
    "few": rng.integers(-3, 9, size=ROWS),
    "counts": rng.poisson(40, size=ROWS),
    "spiky": spiky,
    "missing": np.where(rng.random(ROWS) < 0.2, np.nan, rng.normal(size=ROWS)),
    "rare": np.where(rng.random(ROWS) < 0.995, 1, rng.integers(2, 9, size=ROWS)),
}


def uppers(values, max_bin, min_rows):
    """The greatest value in each bin of LightGBM, ascending, missing ones aside."""
    params = dict(max_bin=max_bin, min_data_in_bin=min_rows, enable_bundle=False, feature_pre_filter=False, verbose=-1)
    data = lgb.Dataset(values.reshape(-1, 1).astype(np.float64), label=np.zeros(len(values)), params=params)
    data.construct()
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        data._dump_text(file.name)
        lines = Path(file.name).read_text().splitlines()
    rows = lines[-len(values) :]
    bins = np.array([int(line.strip().strip(",").split(",")[0]) for line in rows])
    seen = ~np.isnan(values)
    return sorted(float(values[seen & (bins == b)].max()) for b in set(bins[seen]))


bins = []
for name, given in features.items():
    values = f32(given)
    for most, min_rows in ((255, 3), (31, 3), (8, 1), (255, 40)):
        missing = bool(np.isnan(values).any())
        # LightGBM counts the bin of missing values among its bins.
        found = uppers(values, most + missing, min_rows)
        bins.append({"feature": name, "bins": most, "minBinRows": min_rows, "uppers": listed(found)})
(OUT / "bins.json").write_text(
    json.dumps({"lightgbm": lgb.__version__, "values": {n: listed(f32(v)) for n, v in features.items()}, "cases": bins})
)

# --- Objectives -----------------------------------------------------------------------------------------------------

N = 240
X = rng.normal(size=(N, 3))
signal = 0.8 * X[:, 0] - 0.5 * np.abs(X[:, 1])
weight = np.round(0.2 + 2 * rng.random(N), 3).astype(np.float32)
real = f32(10 * signal + rng.normal(size=N))
counts = rng.poisson(np.exp(signal)).astype(np.float32)
amounts = f32(np.where(rng.random(N) < 0.4, 0, rng.gamma(2.0, np.exp(signal))))
positive = f32(0.05 + rng.gamma(2.0, np.exp(signal)))
flags = (rng.random(N) < 1 / (1 + np.exp(-signal))).astype(np.float32)
classes = np.digitize(signal + 0.3 * rng.normal(size=N), [-1, 0.2]).astype(np.float32)
grades = np.clip(np.round(1.5 + signal + 0.7 * rng.normal(size=N)), 0, 4).astype(np.float32)
groups = [20, 1, 39, 60, 50, 70]

TREES = 3


METRICS = {
    "regression": "l2",
    "regression_l1": "l1",
    "binary": "binary_logloss",
    "multiclass": "multi_logloss",
    "lambdarank": "ndcg",
}


def fit(options, params, target, weighted, group=None):
    metric = METRICS.get(params["objective"], params["objective"])
    data = lgb.Dataset(X, label=target, weight=weight if weighted else None, group=group)
    settings = dict(
        num_leaves=6,
        learning_rate=0.5,
        min_data_in_leaf=10,
        min_sum_hessian_in_leaf=0,
        verbose=-1,
        num_threads=1,
        deterministic=True,
        force_row_wise=True,
        seed=1,
        metric=metric,
        eval_at=[options.get("truncation", 30)],
    )
    losses = {}
    model = lgb.train(
        {**settings, **params},
        data,
        num_boost_round=TREES,
        valid_sets=[data],
        callbacks=[lgb.record_evaluation(losses)],
    )
    (measured,) = losses["training"].values()
    leaves = model.predict(X, pred_leaf=True)
    tables = [
        [t["leaf_value"] for t in sorted(walk(tree["tree_structure"]), key=lambda t: t.get("leaf_index", 0))]
        for tree in model.dump_model()["tree_info"]
    ]
    return {
        "options": options,
        "weighted": weighted,
        "target": listed(target),
        "leaves": np.asarray(leaves).T.tolist(),
        "values": tables,
        "losses": [1 - v for v in measured] if metric == "ndcg" else list(measured),
        **({"group": group} if group else {}),
    }


def walk(node):
    if "leaf_value" in node:
        return [node]
    return walk(node["left_child"]) + walk(node["right_child"])


cases = []
for options, params, target in (
    ({"loss": "l2"}, {"objective": "regression"}, real),
    ({"loss": "l1"}, {"objective": "regression_l1"}, real),
    ({"loss": "huber", "delta": 1.5}, {"objective": "huber", "alpha": 1.5}, real),
    ({"loss": "poisson"}, {"objective": "poisson"}, counts),
    ({"loss": "tweedie"}, {"objective": "tweedie"}, amounts),
    ({"loss": "tweedie", "power": 1.2}, {"objective": "tweedie", "tweedie_variance_power": 1.2}, amounts),
    ({"loss": "gamma"}, {"objective": "gamma"}, positive),
    ({"loss": "quantile", "level": 0.9}, {"objective": "quantile", "alpha": 0.9}, real),
    ({"loss": "quantile", "level": 0.25}, {"objective": "quantile", "alpha": 0.25}, real),
    ({"loss": "binary"}, {"objective": "binary"}, flags),
    ({"loss": "softmax", "classes": 3}, {"objective": "multiclass", "num_class": 3}, classes),
    ({"loss": "rank"}, {"objective": "lambdarank"}, grades),
    ({"loss": "rank", "truncation": 5}, {"objective": "lambdarank", "lambdarank_truncation_level": 5}, grades),
):
    for weighted in (False, True):
        # Weighted quantiles of LightGBM change when all weights are doubled; ours must not, so there is nothing to compare.
        if weighted and options["loss"] in ("l1", "quantile"):
            continue
        cases.append(fit(options, params, target, weighted, groups if options["loss"] == "rank" else None))
(OUT / "objectives.json").write_text(
    json.dumps({"lightgbm": lgb.__version__, "rate": 0.5, "weight": listed(weight), "cases": cases})
)
