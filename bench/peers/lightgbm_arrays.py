"""A LightGBM booster as the flat arrays of Foretide's TreeEnsemble (src/models/trees/ensemble.ts), for the oracle fixtures."""

RULE = {"categorical": 1, "missingLeft": 2, "nanIsZero": 4, "zeroIsMissing": 8}


def ensemble(booster, categorical=()):
    dump = booster.dump_model()
    outputs = dump["num_tree_per_iteration"]
    names = dump["feature_names"]
    out = {
        "features": [{"name": n, "categorical": i in categorical} for i, n in enumerate(names)],
        "outputs": outputs, "width": 1, "link": "identity", "averaged": bool(dump.get("average_output", False)),
        "base": [0.0] * outputs, "roots": [], "outputOf": [], "categoryFrom": [0], "categories": [],
    }
    for key in ("feature", "threshold", "rule", "left", "right", "value", "cover", "gain"):
        out[key] = []

    def add(node):
        here = len(out["feature"])
        leaf = "split_feature" not in node
        out["feature"].append(-1 if leaf else node["split_feature"])
        out["value"].append(node["leaf_value"] if leaf else node["internal_value"])
        out["cover"].append(node.get("leaf_count", 0) if leaf else node["internal_count"])
        out["gain"].append(0 if leaf else node["split_gain"])
        out["left"].append(-1)
        out["right"].append(-1)
        rule, threshold = 0, 0
        if not leaf:
            rule |= RULE["missingLeft"] if node["default_left"] else 0
            if node["decision_type"] == "==":
                # Missing and unknown categories go right.
                rule = RULE["categorical"]
                codes = [int(c) for c in str(node["threshold"]).split("||")]
                words = [0] * (max(codes) // 32 + 1)
                for c in codes:
                    words[c // 32] |= 1 << (c % 32)
                out["categories"] += words
            else:
                threshold = node["threshold"]
                rule |= {"None": RULE["nanIsZero"], "Zero": RULE["zeroIsMissing"] | RULE["nanIsZero"], "NaN": 0}[node["missing_type"]]
        out["rule"].append(rule)
        out["threshold"].append(threshold)
        out["categoryFrom"].append(len(out["categories"]))
        if not leaf:
            out["left"][here] = add(node["left_child"])
            out["right"][here] = add(node["right_child"])
        return here

    for t, tree in enumerate(dump["tree_info"]):
        out["outputOf"].append(t % outputs)
        out["roots"].append(add(tree["tree_structure"]))
    out["roots"].append(len(out["feature"]))
    return out
