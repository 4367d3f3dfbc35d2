"""The bundled published configs at full size: parameters and buffers, without memory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import chatglm, measure, store

if TYPE_CHECKING:
    from pathlib import Path

Facts = dict[str, Any]


def bundled(folder: Path) -> dict[str, Facts]:
    """Every bundled config by its model's id: `org/name/config.json` or `org--name.json`."""
    configs = {}
    for path in sorted(folder.rglob("*.json")):
        inside = path.relative_to(folder)
        name = inside.parent if inside.name == "config.json" else inside.with_suffix("")
        raw = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(raw, dict) and "model_type" in raw:
            configs[name.as_posix().replace("--", "/")] = raw
    return configs


def model_facts(raw: Facts) -> Facts:
    """A published config's totals, from its own class or from the one that stands in for it."""
    facts = {"model_type": raw["model_type"], "architectures": raw.get("architectures")}
    if raw["model_type"] == chatglm.MODEL_TYPE:
        facts["proof"] = chatglm.PROOF
        return facts | measure.totals(chatglm.build(raw, "meta"))
    return facts | measure.totals(measure.build(raw, "meta"))


def write(folder: Path = store.FACTS) -> None:
    """Write `published.json`."""
    source = store.ROOT / "hf_config"
    configs = bundled(source)
    if not configs:
        raise FileNotFoundError(f"no config under {source.name}/")
    models = {name: model_facts(raw) for name, raw in configs.items()}
    store.write("published", {}, "models", models, folder)
