"""How the golden values of Optuna and SciPy are written down, for the make.py of their folders."""

import json
import math
import pathlib


def plain(value):
    """NaN and infinities as texts."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


def write(script, modules, values):
    """Writes FOLDER.json beside the script FOLDER/make.py, with the versions of the modules that gave the values."""
    versions = {m.__name__: m.__version__ for m in modules}
    text = json.dumps(plain({"versions": versions, **values}), separators=(",", ":"), ensure_ascii=False)
    folder = pathlib.Path(script).resolve().parent
    (folder / f"{folder.name}.json").write_text(text + "\n", encoding="utf-8")
