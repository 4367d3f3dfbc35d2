"""Composite configs: where the language model is, and what stands beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.assembly import dtype
from llmsim_adapters.dialects.quantization import quantized
from llmsim_adapters.spec.components import Head

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_ALONE: Final = "the architecture is the language model alone"
_PATHS: Final = (
    ("text_config",),
    ("llm_config",),
    ("language_config",),
    ("thinker_config", "text_config"),
    ("decoder",),  # MusicGen
)


def language_model(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the path of keys to the language model's config; empty where the config is that itself."""
    for path in _PATHS:
        level: Any = config
        for key in path:
            level = level.get(key) if isinstance(level, dict) else None
        if isinstance(level, dict):
            return path
    return ()


def is_tower(key: str, value: object) -> bool:
    """Whether a key holds the config of a part beside the language model."""
    return isinstance(value, dict) and key.endswith(("_config", "_encoder"))


def tower(key: str) -> str:
    """Return the name of the part that a key like `vision_config` configures."""
    return f"{key.removesuffix('_config')}_tower"


def inherit(spec: ModelSpec, outer: Reader, *, alone: bool = False) -> ModelSpec:
    """Return the spec with what the outer level of a composite config says about the whole model.

    The top level's `tie_word_embeddings` wins, as in transformers; its number format is that of the checkpoint. An
    architecture that is the language model `alone` has its own, and nothing beside it.
    """
    if alone:
        outer.no_effect(("tie_word_embeddings",), _ALONE)
    elif outer.has("tie_word_embeddings"):
        tied = outer.flag("tie_word_embeddings")
        spec = spec.transform(
            Head,
            lambda h: h if h.weight_of == "head" else replace(h, weight_of="embedding" if tied else "itself"),
        )
    if outer.has("dtype"):
        spec = replace(spec, dtype=dtype(outer))
    else:
        outer.no_effect(("dtype",), "null: the language model's is taken")
    spec = quantized(outer, spec)
    if alone:
        outer.no_effect([key for key in outer.unread({}) if is_tower(key, outer.raw.get(key))], _ALONE)
    return spec
