"""Writes the oracle of the SHAP tests: small LightGBM models as arrays, with pred_contrib of LightGBM and the interventional and
interaction values of shap's TreeExplainer.

    bench/peers/venv/bin/python bench/peers/shap_fixtures.py
"""

import json
import pathlib

import lightgbm as lgb
import numpy as np
import shap
from lightgbm_arrays import ensemble

OUT = pathlib.Path(__file__).parents[2] / "test/fixtures/trees"
ROWS, BACKGROUND = 12, 20


def table(rng, n, features, categorical, missing):
    x = np.round(rng.normal(size=(n, features)), 2)
    for c in categorical:
        x[:, c] = rng.integers(0, 45, size=n)
    if missing:
        x[rng.random(size=x.shape) < 0.1] = np.nan
    return x.astype(np.float32).astype(np.float64)


def case(name, seed, objective="regression", features=6, categorical=(), missing=False, rounds=5, leaves=9, **options):
    rng = np.random.default_rng(seed)
    n = 1500
    x = table(rng, n, features, categorical, missing)
    z = np.nan_to_num(x)
    score = z[:, 0] * 2 + z[:, 1] * z[:, 2] + np.sin(3 * z[:, 3]) + sum((z[:, c] % 7 == 2) * 3 for c in categorical)
    score = score + rng.normal(scale=0.3, size=n)
    y = {"regression": score, "poisson": rng.poisson(np.exp(score / 4)), "binary": score > 0,
         "multiclass": np.digitize(score, [-1, 1])}[objective]
    if objective == "multiclass":
        options["num_class"] = 3
    params = {"objective": objective, "num_leaves": leaves, "min_data_in_leaf": 5, "verbose": -1, "seed": 1,
              "num_threads": 1, "deterministic": True, "min_data_per_group": 5, **options}
    data = lgb.Dataset(x, y.astype(float), categorical_feature=list(categorical))
    booster = lgb.train(params, data, rounds)
    rows, background = table(rng, ROWS, features, categorical, missing), table(rng, BACKGROUND, features, categorical, missing)
    trees = ensemble(booster, categorical)
    # Of a forest LightGBM gives sums as raw scores and contributions; its predictions are means, as our raw scores are.
    trees_each = len(trees["outputOf"]) // trees["outputs"] if trees["averaged"] else 1
    raw = booster.predict(rows, raw_score=True) / trees_each
    contrib = booster.predict(rows, pred_contrib=True) / trees_each
    made = {"name": name, "trees": trees, "rows": rows.tolist(), "raw": raw.reshape(ROWS, -1).tolist(),
            "contrib": contrib.reshape(ROWS, trees["outputs"], features + 1).tolist()}
    # shap reads categorical splits of LightGBM as thresholds, and has no averaged forests of it.
    if not categorical and objective != "multiclass" and not trees["averaged"]:
        made["background"] = background.tolist()
        explainer = shap.TreeExplainer(booster, data=background, feature_perturbation="interventional", model_output="raw")
        made["interventional"] = np.asarray(explainer.shap_values(rows, check_additivity=False)).tolist()
        made["expected"] = float(np.ravel(explainer.expected_value)[-1])
        by_path = shap.TreeExplainer(booster, feature_perturbation="tree_path_dependent")
        made["interactions"] = np.asarray(by_path.shap_interaction_values(rows)).tolist()
    return made


def plain(value):
    """NaN as null, which JSON knows."""
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return None if isinstance(value, float) and np.isnan(value) else value


CASES = [
    case("numbers", 1),
    case("missing values", 2, missing=True),
    case("categories", 3, categorical=(4, 5), missing=True),
    case("zeros as missing", 4, missing=True, zero_as_missing=True),
    case("poisson", 5, objective="poisson", leaves=20, rounds=3),
    case("binary, two features again and again", 6, objective="binary", features=4, leaves=31, rounds=2),
    case("classes", 7, objective="multiclass", rounds=2, categorical=(5,)),
    case("a forest", 8, boosting="rf", bagging_fraction=0.7, bagging_freq=1, rounds=4, missing=True),
]

OUT.mkdir(parents=True, exist_ok=True)
(OUT / "shap.json").write_text(json.dumps(plain(CASES), separators=(",", ":")) + "\n")
