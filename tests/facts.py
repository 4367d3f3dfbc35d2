"""The committed reference facts, as the tests read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import llmsim_adapters as la
from llmsim_adapters.registries.registry import load_registry

FOLDER = Path(__file__).parent / "reference" / "facts"


def facts(name: str) -> dict[str, Any]:
    """Return the facts of a file in `reference/facts`."""
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def checkpoint(**fields: Any) -> la.Schedule:
    """Return a schedule of what the files hold, which is compared with transformers, torch, real caches and files."""
    return la.Schedule(engine="checkpoint", **fields)


def is_known(model: la.Model) -> bool:
    """Return whether a model was read without any gap, but that no facts hold its type."""
    return all((gap.kind, gap.name) == ("inferred", "evidence") for gap in model.coverage.gaps)


def with_value(config: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a config with another value under a dotted path."""
    first, _, rest = path.partition(".")
    return {**config, first: with_value(config[first], rest, value) if rest else value}


LLAMA: dict[str, Any] = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "vocab_size": 1000,
    "hidden_size": 96,
    "intermediate_size": 200,
    "num_hidden_layers": 3,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "torch_dtype": "bfloat16",
}
"""A plain config of which tests change one thing."""

REPORT: list[str] = [str(row.huggingface) for row in load_registry("report").models]
"""The models of the first coverage report, whose configs are bundled and which are fully supported."""

REFUSED: set[str] = {"SpecForge/qwen3-8b-dspark"}
"""Bundled models of which SGLang refuses every layout: one rank, too."""

CASES: list[tuple[str, dict[str, Any]]] = [
    (path.stem, case)
    for path in sorted(FOLDER.glob("*.json"))
    for case in facts(path.stem).get("cases", ())
    if path.stem not in ("mtp", "heads")
]
"""Every case of every model type: the type and the case."""

HEAD_CASES: list[tuple[str, dict[str, Any]]] = [("heads", case) for case in facts("heads")["cases"]]
"""The cases of classes that score sequences."""

MTP_CASES: list[dict[str, Any]] = facts("mtp")["cases"]
"""The cases with multi-token prediction."""
