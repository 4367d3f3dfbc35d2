"""Keys that a type's own class takes: a size under another family's spelling is none, to it.

`spelled.json` is generated from the reference facts (`python -m tests.reference.index`): for each type that
transformers has a class of, the keys that it declares, maps to those or looks at, of those that a dialect could read.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.keys.aliases import CANONICAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading.reader import Reader

_OF_ANY: Final = ("dtype", "quantization_config")
"""Parameters that what loads a model reads."""
_OF_NONE: Final = ("num_nextn_predict_layers", "partial_rotary_factor")
"""Parameters of what no class of transformers builds, or of what costs nothing."""
PATTERNS: Final = (
    *("decoder_sparse_step", "first_k_dense_replace", "interleave_moe_layer_step", "mlp_layer_types"),
    *("mlp_only_layers", "moe_layer_freq"),
)
"""Keys that say which layers have experts, of which families have one or another."""
_INNER: Final = ("_text", "_text_model", "_decoder")
"""How the types of language models are called after those of the wholes that they stand in."""
_GENERAL: Final = frozenset({*CANONICAL, *PATTERNS})
_SIZES: Final = tuple(key for key, name in CANONICAL.items() if name == "hidden_size")


def not_taken(r: Reader, model_type: str, *, nested: bool) -> tuple[tuple[str, str], ...]:
    """Return the parameters that were read under keys of the language model's level which its class does not take.

    Each with its key, of keys that any type may have: what a dialect alone reads is its type's, whoever wrote the code.
    None for types that transformers has no class of, or one of the whole model alone. A language model `nested` in a
    whole of its type is of another class than that.
    """
    inner = (f"{model_type}{end}" for end in _INNER) if nested else ()
    taken = next(filter(None, map(_taken, inner)), _taken(model_type))
    if taken.isdisjoint(_SIZES):
        return ()
    found = []
    start = len(r.prefix)
    for name, parameter in r.parameters.items():
        key = parameter.key
        if key is None or parameter.value is None or not key.startswith(r.prefix) or key in r.without_effect:
            continue
        word = key[start:]
        if word not in taken and word in r.raw and word in _GENERAL and name not in (*_OF_ANY, *_OF_NONE):
            found.append((name, word))
    return tuple(found)


def takes(model_type: str, key: str) -> bool:
    """Return whether a type's class takes a key, as far as is known: there are types that transformers has none of."""
    taken = _taken(model_type)
    return not taken or key in taken


@cache
def _taken(model_type: str) -> frozenset[str]:
    words = _words().get(model_type)
    return frozenset(words.split()) if words else frozenset()


@cache
def _words() -> Mapping[str, str]:
    words: Mapping[str, str] = json.loads((Path(__file__).parent / "spelled.json").read_text(encoding="utf-8"))
    return words
