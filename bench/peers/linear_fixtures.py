"""Writes test/fixtures/linear/oracle.json: what scikit-learn's linear models say of small data.

    bench/peers/venv/bin/python bench/peers/linear_fixtures.py
"""

import json
import pathlib

import numpy as np
from sklearn.linear_model import ElasticNet, Lasso, QuantileRegressor, Ridge, enet_path
from sklearn.metrics import mean_pinball_loss
from sklearn.svm import SVR, LinearSVR

FOLDER = pathlib.Path(__file__).parents[2] / "test/fixtures/linear"
N, P = 120, 8


def floats(a):
    return np.asarray(a, dtype=float).tolist()


def fitted(model, x, y, w=None):
    model.fit(x, y, sample_weight=w)
    return {"coefficients": floats(model.coef_), "intercept": float(np.ravel(model.intercept_)[0])}


def objective_svr(x, y, beta, epsilon, c):
    return float(0.5 * beta @ beta + c * np.maximum(0, np.abs(y - x @ beta) - epsilon).sum())


def main():
    rng = np.random.default_rng(7)
    base = rng.normal(size=(N, P))
    # Two columns that nearly agree, and one of another scale.
    base[:, 3] = base[:, 2] + 0.1 * base[:, 3]
    base[:, 5] = 20 + 5 * base[:, 5]
    x = np.round(base, 3).astype(np.float32)
    beta = np.array([1.5, 0, -2, 0, 0.5, 0.1, 0, 0])
    y = np.round(x @ beta + 2 + rng.standard_t(4, size=N) * (1 + 0.5 * np.abs(x[:, 0])), 3)
    w = rng.integers(1, 4, size=N)
    # As single-precision numbers, which is what our solvers keep.
    xd = x.astype(float)
    xc = xd - xd.mean(axis=0)
    yc = y - y.mean()
    alphas = np.geomspace(2, 0.002, 12)

    ones = np.column_stack([xd, np.ones(N)]).astype(np.float32).astype(float)
    scaled = ones.copy()
    scaled[:, 5] = (((ones[:, 5] - 20) / 5).astype(np.float32)).astype(float)
    linear_svr = []
    for epsilon, c in [(0.0, 0.1), (0.5, 1.0), (1.0, 10.0)]:
        model = LinearSVR(epsilon=epsilon, C=c, fit_intercept=False, tol=1e-10, max_iter=2_000_000, random_state=0)
        model.fit(scaled, y)
        b = model.coef_
        linear_svr.append(
            {"epsilon": epsilon, "c": c, "coefficients": floats(b), "objective": objective_svr(scaled, y, b, epsilon, c)}
        )

    grid = rng.uniform(-2, 2, size=(200, 2)).astype(np.float32)
    wave = np.sin(2 * grid[:, 0].astype(float)) + 0.5 * grid[:, 1].astype(float) ** 2
    z = (grid.astype(float) - grid.astype(float).mean(axis=0)) / grid.astype(float).std(axis=0)
    t = (wave - wave.mean()) / wave.std()
    width = 1.0
    rbf = SVR(kernel="rbf", gamma=1 / (2 * width**2), C=1.0, epsilon=0.05, tol=1e-8).fit(z, t)

    quantiles = []
    for level in [0.05, 0.25, 0.5, 0.9]:
        for alpha in [0.0, 0.05]:
            for weights in [None, w]:
                model = QuantileRegressor(quantile=level, alpha=alpha, solver="highs")
                model.fit(xd, y, sample_weight=weights)
                loss = mean_pinball_loss(y, model.predict(xd), alpha=level, sample_weight=weights)
                quantiles.append(
                    {
                        "level": level,
                        "alpha": alpha,
                        "weighted": weights is not None,
                        "coefficients": floats(model.coef_),
                        "intercept": float(model.intercept_),
                        "objective": float(loss + alpha * np.abs(model.coef_).sum()),
                    }
                )

    def path(l1_ratio):
        _, coefs, _ = enet_path(xc, yc, l1_ratio=l1_ratio, alphas=alphas, tol=1e-12, max_iter=100_000)
        return floats(coefs.T)

    out = {
        "x": floats(x),
        "y": floats(y),
        "w": w.tolist(),
        "alphas": floats(alphas),
        "ridge": [
            {"alpha": a, **fitted(Ridge(alpha=a), xd, y), "weighted": fitted(Ridge(alpha=a), xd, y, w)}
            for a in [0.01, 1.0, 100.0]
        ],
        "lasso": [
            {
                "alpha": a,
                **fitted(Lasso(alpha=a, tol=1e-12, max_iter=100_000), xd, y),
                "weighted": fitted(Lasso(alpha=a, tol=1e-12, max_iter=100_000), xd, y, w),
            }
            for a in [0.01, 0.1, 0.5]
        ],
        "elasticNet": [
            {"alpha": a, "l1Ratio": r, **fitted(ElasticNet(alpha=a, l1_ratio=r, tol=1e-12, max_iter=100_000), xd, y)}
            for a in [0.05, 0.5]
            for r in [0.2, 0.7]
        ],
        "paths": [{"l1Ratio": r, "coefficients": path(r)} for r in [1.0, 0.5]],
        "quantiles": quantiles,
        "scaled": floats(scaled),
        "linearSvr": linear_svr,
        "rbf": {"x": floats(grid), "y": floats(wave), "width": width, "c": 1.0, "epsilon": 0.05,
                "predictions": floats(rbf.predict(z) * wave.std() + wave.mean())},
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "oracle.json").write_text(json.dumps(out) + "\n")


main()
