"""Keys that were read, held to those that transformers' class of the type takes.

Whatever else a config has such a class keeps and never looks at: its default stands in the place of a size under
another family's spelling.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects import left_out
from llmsim_adapters.dialects.keys.aliases import CANONICAL
from llmsim_adapters.dialects.keys.spelled import PATTERNS, taken
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.dialects.reading.reading import Reading

_OF_ANY: Final = ("dtype", "quantization_config")
"""Parameters that what loads a model reads."""
_OF_NONE: Final = ("num_nextn_predict_layers", "partial_rotary_factor")
"""Parameters of what no class of transformers builds, or of what costs nothing."""
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
    known = next(filter(None, map(taken, inner)), taken(model_type))
    if known.isdisjoint(_SIZES):
        return ()
    found = []
    start = len(r.prefix)
    for name, parameter in r.parameters.items():
        key = parameter.key
        if key is None or parameter.value is None or not key.startswith(r.prefix) or key in r.without_effect:
            continue
        word = key[start:]
        if word not in known and word in r.raw and word in _GENERAL and name not in (*_OF_ANY, *_OF_NONE):
            found.append((name, word))
    return tuple(found)


def held_to_class(
    config: Mapping[str, Any], reading: Reading, reading_of: Callable[[Mapping[str, Any]], Reading]
) -> Reading:
    """Return the reading, with a gap for each key that the type's class does not take, if they make a difference."""
    level = tuple(reading.path.split(".")) if reading.path else ()
    paths = tuple((*level, key) for _, key in reading.not_taken)
    spec = reading_of(left_out.without(left_out.of_use(config, reading), paths)).spec
    if spec == reading.spec:
        return reading
    of = printable(reading.dialect)
    gaps = [
        Gap(
            GapKind.INFERRED, name, f"transformers' class of {of} has no key `{printable(key)}`, and would pass over it"
        )
        for name, key in reading.not_taken
    ]
    return replace(reading, gaps=(*reading.gaps, *gaps))
