"""The defaults of configuration classes, as `registries/class_defaults.json` has them: no published model's.

    python -m tests.reference.class_defaults

It needs SGLang and the transformers that it asks for, and runs no model. Which classes are asked for says
`registries/models.json`. A class is that of transformers where it has one, else SGLang's own.
"""

from __future__ import annotations

import importlib
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "llmsim_adapters" / "registries"


def defaults(path: str) -> dict[str, Any]:
    """Return what a class says without being told anything, less what says nothing of the architecture."""
    from .sglang import trimmed

    module, _, name = path.rpartition(".")
    made = getattr(importlib.import_module(module), name)()
    config: dict[str, Any] = json.loads(made.to_json_string(use_diff=False))
    return trimmed(_said(config))


def _said(config: dict[str, Any]) -> dict[str, Any]:
    """Return a config without the keys that have no value, which say the same as no keys."""
    names = ("transformers_version", "id2label", "label2id", "architectures")
    return {
        key: _said(value) if isinstance(value, dict) else value
        for key, value in config.items()
        if value is not None and key not in names
    }


def write() -> None:
    """Write `class_defaults.json`."""
    models = json.loads((FOLDER / "models.json").read_text(encoding="utf-8"))
    configs = (model.get("config", {}) for model in models.values())
    paths = sorted({config["of"] for config in configs if config.get("kind") == "class_default"})
    made_with = {package: version(package) for package in ("sglang", "transformers")}
    lines = ",\n".join(f"  {json.dumps(path)}: {json.dumps(defaults(path), sort_keys=True)}" for path in paths)
    text = f'{{\n"made_with": {json.dumps(made_with)},\n"classes": {{\n{lines}\n}}\n}}\n'
    (FOLDER / "class_defaults.json").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
