"""Composite configs: where the language model is, and what stands beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.assembly import dtype
from llmsim_adapters.spec.components import Head

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_PATHS: Final = (("text_config",), ("llm_config",), ("language_config",), ("thinker_config", "text_config"))


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
    return isinstance(value, dict) and key.endswith("_config")


def tower(key: str) -> str:
    """Return the name of the part that a key like `vision_config` configures."""
    return f"{key.removesuffix('_config')}_tower"


def inherit(spec: ModelSpec, outer: Reader) -> ModelSpec:
    """Return the spec with what the outer level of a composite config says about the whole model.

    The top level's `tie_word_embeddings` wins, as in transformers; its number format is that of the checkpoint.
    """
    if outer.has("tie_word_embeddings"):
        tied = outer.flag("tie_word_embeddings")
        spec = spec.transform(
            Head,
            lambda h: h if h.weight_of == "head" else replace(h, weight_of="embedding" if tied else "itself"),
        )
    if outer.has("dtype"):
        spec = replace(spec, dtype=dtype(outer))
    if outer.has("quantization_config"):
        outer.nested("quantization_config")
        outer.not_modelled("quantization_of_a_composite_model")
    return spec
