"""Keys that a type's own class takes: a size under another family's spelling is none, to it.

`spelled.json` is generated from the reference facts (`python -m tests.reference.index`): for each type that
transformers has a class of, the keys that it declares, maps to those or looks at, of those that a dialect could read.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.keys.parts import is_tower, tower_of
from llmsim_adapters.package_data import package_text

if TYPE_CHECKING:
    from collections.abc import Mapping


PATTERNS: Final = (
    *("decoder_sparse_step", "first_k_dense_replace", "interleave_moe_layer_step", "mlp_layer_types"),
    *("mlp_only_layers", "moe_layer_freq"),
)
"""Keys that say which layers have experts, of which families have one or another."""


def takes(model_type: str, key: str) -> bool:
    """Return whether a type's class takes a key, as far as is known: there are types that transformers has none of."""
    known = taken(model_type)
    return not known or key in known


def parts_by_default(model_type: str, config: Mapping[str, Any]) -> list[str]:
    """Return what the class of a whole has beside its language model, though the config has no key of it."""
    return [tower_of(key) for key in sorted(taken(model_type)) if key not in config and is_tower(key, {})]


@cache
def taken(model_type: str) -> frozenset[str]:
    """Return the keys that a type's class takes, none where transformers has no class of it."""
    words = _words().get(model_type)
    return frozenset(words.split()) if words else frozenset()


@cache
def _words() -> Mapping[str, str]:
    words: Mapping[str, str] = json.loads(package_text("llmsim_adapters.dialects.keys", "spelled.json"))
    return words
