"""What LightGBM learns from small tables, for `test/fixtures/trees/training.json`: predictions on fresh rows after some rounds.

python bench/peers/training_fixtures.py > test/fixtures/trees/training.json
"""

import json

import lightgbm as lgb
import numpy as np

rng = np.random.default_rng(5)
N, FRESH = 1500, 400


def table(n):
    x = rng.standard_normal((n, 3)).round(2)
    x[rng.random((n, 3)) < 0.08] = np.nan
    kind = rng.integers(0, 15, n).astype(float)
    return np.column_stack([x, kind])


X, Z = table(N), table(FRESH)


def effect(x):
    a, b, c = (np.nan_to_num(x[:, k]) for k in range(3))
    return np.sin(2 * a) + (b > 0.3) * 1.2 + 0.4 * a * c + (x[:, 3] % 4 == 1) * 0.8


def targets(x):
    e = effect(x)
    return {
        "real": (e + 0.4 * rng.standard_normal(len(x))).round(3),
        "count": rng.poisson(np.exp(e / 2)).astype(float),
        "flag": (rng.random(len(x)) < 1 / (1 + np.exp(-e))).astype(float),
    }


Y, W = targets(X), targets(Z)
COMMON = dict(num_leaves=12, learning_rate=0.1, min_data_in_leaf=20, verbose=-1, num_threads=1, min_data_per_group=30, seed=1)
CASES = [
    ("l2", "real", {"loss": "l2"}, dict(objective="l2")),
    ("l1", "real", {"loss": "l1"}, dict(objective="l1")),
    ("huber", "real", {"loss": "huber", "delta": 0.7}, dict(objective="huber", alpha=0.7)),
    ("quantile", "real", {"loss": "quantile", "level": 0.8}, dict(objective="quantile", alpha=0.8)),
    ("poisson", "count", {"loss": "poisson"}, dict(objective="poisson")),
    ("tweedie", "count", {"loss": "tweedie", "power": 1.3}, dict(objective="tweedie", tweedie_variance_power=1.3)),
    ("binary", "flag", {"loss": "binary"}, dict(objective="binary")),
    ("l2, penalties", "real", {"loss": "l2"}, dict(objective="l2", lambda_l1=2.0, lambda_l2=3.0)),
    ("l2, path smoothing", "real", {"loss": "l2"}, dict(objective="l2", path_smooth=5.0)),
]
OPTIONS = {"l2, penalties": {"l1": 2, "l2": 3}, "l2, path smoothing": {"pathSmoothing": 5}}
ROUNDS = [1, 40]


def plain(values):
    return [None if np.isnan(v) else float(v) for v in values]


out = []
for name, target, objective, params in CASES:
    data = lgb.Dataset(X, Y[target], categorical_feature=[3], params=COMMON)
    booster = lgb.train({**COMMON, **params}, data, max(ROUNDS))
    answers = {r: [round(float(v), 9) for v in booster.predict(Z, num_iteration=r)] for r in ROUNDS}
    out.append({"name": name, "target": target, "objective": objective, "options": OPTIONS.get(name, {}), "answers": answers})
print(
    json.dumps(
        {
            "features": [plain(X[:, k]) for k in range(4)],
            "fresh": [plain(Z[:, k]) for k in range(4)],
            "targets": {k: v.tolist() for k, v in Y.items()},
            "freshTargets": {k: v.tolist() for k, v in W.items()},
            "cases": out,
        }
    )
)
