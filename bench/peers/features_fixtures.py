"""Numbers of scipy, coreforecast, numpy and pandas that the feature and transform tests compare with.

Writes test/fixtures/features/oracle.json. Run: bench/peers/venv/bin/python bench/peers/features_fixtures.py
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from coreforecast.scalers import boxcox_lambda
from scipy import stats

rng = np.random.default_rng(11)


def listed(values):
    return [None if np.isnan(x) else float(x) for x in np.asarray(values, dtype=float)]


box_cox = []
for spread in (0.3, 0.8, 1.5):
    level = 20 + np.arange(72) + 8 * np.sin(2 * np.pi * np.arange(72) / 12)
    values = np.round(level * np.exp(spread * rng.normal(size=72) * 0.3), 6)
    box_cox.append(
        {
            "values": listed(values),
            "likelihood": float(boxcox_lambda(values, "loglik", lower=-1.0, upper=2.0)),
            "guerrero": float(boxcox_lambda(values, "guerrero", season_length=12, lower=-1.0, upper=2.0)),
            "scipy": float(stats.boxcox(values)[1]),
            "transformed": listed(stats.boxcox(values, lmbda=0.3)),
        }
    )

matrix = rng.normal(size=(40, 4)) @ np.array([[2, 0.5, 0, 1], [0, 1, 0.3, 0], [0, 0, 0.7, 0.2], [0, 0, 0, 0.4]])
standard = (matrix - matrix.mean(axis=0)) / matrix.std(axis=0, ddof=1)
_, singular, rows = np.linalg.svd(standard, full_matrices=False)
signs = np.sign(rows[np.arange(4), np.abs(rows).argmax(axis=1)])
rows = rows * signs[:, None]
pca = {
    "rows": matrix.tolist(),
    "explained": (singular**2 / (singular**2).sum()).tolist(),
    "loadings": rows.tolist(),
    "scores": (standard @ rows.T).tolist(),
}

values = np.round(rng.gamma(2, 3, size=60), 3)
values[rng.random(60) < 0.2] = np.nan
series = pd.Series(values)
pandas = {
    "values": listed(values),
    "ewm": {str(alpha): listed(series.ewm(alpha=alpha).mean()) for alpha in (0.1, 0.5)},
    "halfLife": {str(half): listed(series.ewm(halflife=half).mean()) for half in (3, 14)},
    "std": listed(series.rolling(7, min_periods=2).std()),
    "q30": listed(series.rolling(9, min_periods=1).quantile(0.3)),
    "median": listed(series.expanding(min_periods=1).median()),
}

out = Path(__file__).resolve().parents[2] / "test/fixtures/features/oracle.json"
out.parent.mkdir(parents=True, exist_ok=True)
out.write_text(json.dumps({"boxCox": box_cox, "pca": pca, "pandas": pandas}) + "\n")
