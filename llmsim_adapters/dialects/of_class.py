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
from llmsim_adapters.dialects.reading.reading import NotTaken
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.dialects.reading.dialect import Dialect
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.dialects.reading.reading import Reading
    from llmsim_adapters.spec.model import ModelSpec

_OF_ANY: Final = ("dtype", "quantization_config")
"""Parameters that what loads a model reads."""
_OF_NONE: Final = ("num_nextn_predict_layers", "partial_rotary_factor")
"""Parameters of what no class of transformers builds, or of what costs nothing."""
_INNER: Final = ("_text", "_text_model", "_decoder")
"""How the types of language models are called after those of the wholes that they stand in."""
_GENERAL: Final = frozenset({*CANONICAL, *PATTERNS})
_SIZES: Final = tuple(key for key, name in CANONICAL.items() if name == "hidden_size")


def not_taken(r: Reader, dialect: Dialect, spec: ModelSpec | None, *, nested: bool) -> tuple[NotTaken, ...]:
    """Return the parameters that were read under keys which the class of their level does not take.

    Of keys that any type may have: what a dialect alone reads is its type's, whoever wrote the code. None for types
    that transformers has no class of. A language model `nested` in a whole of its type is of another class than that;
    one in a whole that has no sizes itself is of the type that its own level says. Towers are of their stacks' types.
    What two classes of one type dispute is decided by the key.
    """
    model_type = dialect.model_type
    stem = model_type.replace("-", "_").replace(".", "_")  # as types of parts are spelt
    inner = (f"{stem}{end}" for end in _INNER) if nested else ()
    own = next((each for each in (*inner, model_type) if taken(each)), model_type)
    said = r.raw.get("model_type")
    if taken(own) and taken(own).isdisjoint(_SIZES) and isinstance(said, str):
        own = said
    levels = {} if spec is None else {stack.name: stack.model_type for stack in spec.stacks if stack.model_type}
    known_of_own = taken(own)
    if known_of_own.isdisjoint(_SIZES):
        known_of_own = frozenset()
    found = []
    start = len(r.prefix)
    for name, parameter in r.parameters.items():
        key = parameter.key
        if key is None or parameter.value is None or key in r.without_effect or name in dialect.disputed:
            continue
        word, of, known = key[start:], own, known_of_own
        if not key.startswith(r.prefix) or word not in r.raw:
            level, _, word = key.rpartition(".")
            of = levels.get(level.rpartition(".")[2].removesuffix("_config"), "")
            known = taken(of) if of else frozenset()
        if known and word not in known and word in _GENERAL and parameter.name not in (*_OF_ANY, *_OF_NONE):
            found.append(NotTaken(name, tuple(key.split(".")), of))
    return tuple(found)


def held_to_class(
    config: Mapping[str, Any], reading: Reading, reading_of: Callable[[Mapping[str, Any]], Reading]
) -> Reading:
    """Return the reading, with a gap for each key that the type's class does not take, if they make a difference."""
    paths = tuple(each.path for each in reading.not_taken)
    spec = reading_of(left_out.without(left_out.of_use(config, reading), paths)).spec
    if spec == reading.spec:
        return reading
    gaps = []
    for each in reading.not_taken:
        of, key = printable(each.of), printable(each.path[-1])
        detail = f"transformers' class of {of} has no key `{key}`, and would pass over it"
        gaps.append(Gap(GapKind.INFERRED, each.name, detail))
    return replace(reading, gaps=(*reading.gaps, *gaps))
