"""The defaults of configuration classes, as `registries/class_defaults.json` has them: no published model's.

    python -m tests.reference.class_defaults

It needs SGLang and the transformers that it asks for, and runs no model. Which classes are asked for says
`registries/models.json`. A class is that of transformers where it has one, else SGLang's own. Those that only a newer
transformers has are written by it, and kept by the other: run it with both, SGLang's first.
"""

from __future__ import annotations

import importlib
import json
from importlib.metadata import version
from importlib.util import find_spec
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
    file = FOLDER / "class_defaults.json"
    before = json.loads(file.read_text(encoding="utf-8"))
    made_with, newer, classes = before["made_with"], before.get("newer", {}), before["classes"]
    usual = find_spec("sglang") is not None
    if usual:
        made_with = {package: version(package) for package in ("sglang", "transformers")}
        newer = {}
    for path in paths:
        if usual and has(path):
            classes[path] = defaults(path)
        elif not usual and (path not in classes or path in newer):
            classes[path] = defaults(path)
            newer[path] = version("transformers")
    lines = ",\n".join(
        f"  {json.dumps(path)}: {json.dumps(classes[path], sort_keys=True)}" for path in paths if path in classes
    )
    head = f'"made_with": {json.dumps(made_with)},\n"newer": {json.dumps(newer, sort_keys=True)}'
    file.write_text(f'{{\n{head},\n"classes": {{\n{lines}\n}}\n}}\n', encoding="utf-8", newline="\n")


def has(path: str) -> bool:
    """Return whether this machine's packages have a class."""
    module, _, name = path.rpartition(".")
    try:
        return hasattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        return False


if __name__ == "__main__":
    write()
