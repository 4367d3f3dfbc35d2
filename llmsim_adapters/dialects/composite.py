"""Composite configs: where the language model is, and what stands beside it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects.assembly.decoder import dtype
from llmsim_adapters.dialects.assembly.scores import of_whole
from llmsim_adapters.dialects.identity import of_release
from llmsim_adapters.dialects.keys.aliases import CANONICAL
from llmsim_adapters.dialects.keys.parts import BESIDE, PART_OF, is_tower
from llmsim_adapters.dialects.quantization import quantized
from llmsim_adapters.dialects.reading.reader import Reader
from llmsim_adapters.dialects.reading.tracker import LANGUAGE_HEADS
from llmsim_adapters.spec.components import Head

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from llmsim_adapters.spec.model import ModelSpec

_ALONE: Final = "the architecture is the language model alone"
_PATHS: Final = (
    ("text_config",),
    ("llm_config",),
    ("llm_cfg",),  # VILA
    ("language_config",),
    ("thinker_config", "text_config"),
    ("decoder",),  # MusicGen
)
_DEEPEST: Final = 4
_WIDEST: Final = 1000
_MOST_KEYS: Final = 4096
"""How deep, among how many objects and how many keys of each, the language model is looked for."""
_FIRST_KEYS: Final = frozenset(path[0] for path in _PATHS)


def language_model(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the path of keys to the language model's config; empty where the config is that itself."""
    if config.keys().isdisjoint(_FIRST_KEYS):
        return ()
    for path in _PATHS:
        level: Any = config
        for key in path:
            level = level.get(key) if isinstance(level, dict) else None
        if isinstance(level, dict):
            return path
    return ()


def by_content(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the path to the object that has a hidden size and a number of layers, whatever its keys are called.

    The outermost one is taken, of several the only one with a vocabulary; none where the config is that itself, or
    where it can't be told which one is.
    """
    inside: Sequence[tuple[tuple[str, ...], Mapping[str, Any]]] = [((), config)]
    for _ in range(_DEEPEST):
        found = [(path, level) for path, level in inside if _has_layers(level)]
        if found:
            with_words = [path for path, level in found if "vocab_size" in _said(level)]
            paths = with_words or [path for path, _ in found]
            return paths[0] if len(paths) == 1 else ()
        objects = (
            ((*path, key), value)
            for path, level in inside
            for key, value in itertools.islice(level.items(), _MOST_KEYS)
            if value.__class__ is dict and not any(word in key for word in BESIDE)
        )
        inside = [*itertools.islice(objects, _WIDEST)]
    return ()


def is_usual(path: tuple[str, ...]) -> bool:
    """Whether language models are at this path by custom."""
    return not path or path in _PATHS


def _has_layers(level: Mapping[str, Any]) -> bool:
    return {"hidden_size", "num_hidden_layers"} <= _said(level)


def _said(level: Mapping[str, Any]) -> set[str]:
    return {CANONICAL[key] for key in CANONICAL.keys() & level.keys()}


def lent(
    config: Mapping[str, Any], level: Mapping[str, Any], known: Mapping[str, str], names: Container[str]
) -> list[str]:
    """Return the keys of the whole config that say of the language model what its own config doesn't.

    `known` has the canonical names of the language model's keys, `names` the parameters that its dialect reads.
    """
    said = {known.get(key, key) for key in level}
    own = ("tie_word_embeddings", "dtype")  # which the whole config says of itself
    named = ((key, known.get(key, key)) for key, value in config.items() if value.__class__ is not dict)
    return [key for key, name in named if name in names and name not in said and name not in own]


def inherit(
    spec: ModelSpec, outer: Reader, r: Reader, *, alone: bool = False, ties: str = "", part: Reader | None = None
) -> ModelSpec:
    """Return the spec with what the outer level of a composite config says about the whole model.

    Whose `tie_word_embeddings` counts is said by how the type `ties`, the `part` being that which the language model is
    in; its number format is that of the checkpoint. An architecture that is the language model `alone` has its own, and
    nothing beside it.
    """
    says = outer
    if ties == "part" and part is not None:
        outer.no_effect(("tie_word_embeddings",), f"`{part.prefix}tie_word_embeddings` wins, in transformers too")
        says = part
    if alone:
        says.no_effect(("tie_word_embeddings",), _ALONE)
    elif ties == "never":
        outer.no_effect(("tie_word_embeddings",), "the class ties nothing")
        spec = _tied(spec, tied=_is_tied(spec) and of_release(outer.raw, "4"))  # whose classes all went by the text's
    elif ties == "text":
        if outer.has("tie_word_embeddings") and r.has("tie_word_embeddings"):
            outer.flag("tie_word_embeddings")
            _compare(r, outer, "tie_word_embeddings")
        outer.no_effect(("tie_word_embeddings",), "the language model's own says whether its head is tied")
    elif ties == "either" and _is_tied(spec):
        outer.no_effect(("tie_word_embeddings",), "the language model ties its head by itself")
    elif ties or says.has("tie_word_embeddings"):
        tied = says.flag("tie_word_embeddings")
        # Where either ties, a whole that does not leaves it to the language model; one that does overrules it.
        if ties != "apart" and (ties != "either" or tied):
            _compare(says, r, "tie_word_embeddings")
        if not says.has("tie_word_embeddings") and tied != _is_tied(spec) and _has_head(spec):
            tied = _unsaid_tie(outer, whole=tied)
        spec = spec if ties == "either" and not tied else _tied(spec, tied=tied)
    if outer.has("dtype"):
        _compare(outer, r, "dtype")
        spec = replace(spec, dtype=dtype(outer))
    else:
        outer.no_effect(("dtype",), "null: the language model's is taken")
    spec = quantized(outer, spec if alone else of_whole(spec, outer))
    if alone:
        without_parts(outer)
    return spec


def _unsaid_tie(outer: Reader, *, whole: bool) -> bool:
    """Return whether a head is tied of which the class of the whole has another default than the language model says.

    Classes of transformers 5 go by the whole's default, those of transformers 4 by what the language model says.
    """
    if of_release(outer.raw, "4"):
        return not whole
    if not of_release(outer.raw, "5"):
        shown, other = ("tied", "untied") if whole else ("untied", "tied")
        detail = (
            f"a whole that doesn't say it is {shown} in transformers 5, {other} in 4, and nothing says which wrote it"
        )
        outer.inferred("tie_word_embeddings", detail)
    return whole


def _compare(winner: Reader, loser: Reader, name: str) -> None:
    """Note where both levels say a parameter, and not the same."""
    if winner.has(name) and loser.has(name):
        read = [(level.parameters.get(name), level.prefix + name) for level in (loser, winner)]
        keys = [(parameter.key if parameter is not None else None) or own for parameter, own in read]
        values = (level.said(name) for level in (loser, winner))
        inner, said = (value.removeprefix("torch.") if value.__class__ is str else value for value in values)
        loser.contradicts(name, keys[0], inner, keys[1], said)


def without_parts(r: Reader) -> None:
    """Set aside the configs of parts that an architecture which is the language model alone does not have."""
    r.no_effect([key for key in r.unread({}) if key in PART_OF or is_tower(key, r.raw.get(key))], _ALONE)


def _has_head(spec: ModelSpec) -> bool:
    return any(isinstance(head, Head) and head.weight_of != "head" for head in spec.outputs)


def _is_tied(spec: ModelSpec) -> bool:
    return any(isinstance(head, Head) and head.weight_of == "embedding" for head in spec.outputs)


def _tied(spec: ModelSpec, *, tied: bool) -> ModelSpec:
    return spec.transform(
        Head, lambda h: h if h.weight_of == "head" else replace(h, weight_of="embedding" if tied else "itself")
    )


def ends_in_language_head(r: Reader) -> bool:
    """Whether the language model's own config names an architecture with a head, whatever that of the whole is called.

    InternVL's whole is an `InternVLChatModel`, and its language model an `InternLM2ForCausalLM`.
    """
    said = r.raw.get("architectures")
    return isinstance(said, list) and bool(said) and isinstance(said[0], str) and said[0].endswith(LANGUAGE_HEADS)


def between(r: Reader, outer: Reader) -> list[Reader]:
    """Return readers of the levels between the whole config and the language model's, such as `thinker_config`.

    What they find is the outer reader's.
    """
    found: list[Reader] = []
    raw, prefix = outer.raw, ""
    keys = r.prefix.split(".")[:-1]
    for key, inside in itertools.pairwise(keys):
        raw, prefix = raw[key], f"{prefix}{key}."
        level = Reader(raw, CANONICAL, {}, prefix=prefix)
        level.inside_of(outer)
        level.mark("model_type", "architectures", inside)
        level.no_effect(("dtype",), "the checkpoint's, or the language model's, is taken")
        found.append(level)
    return found


def repeats(r: Reader, outer: Reader, canonical: Mapping[str, str] = CANONICAL) -> None:
    """Mark what nobody read at an outer level of a composite config and the language model's config says as well.

    `canonical` has the canonical names of the outer level's keys.
    """
    for path in outer.unread({}):
        key = path.removeprefix(outer.prefix)
        if key not in outer.raw:  # of an object inside
            continue
        name = canonical.get(key, key)
        value, read = outer.raw[key], r.parameters.get(name)
        if (key in r.raw and r.raw[key] == value) or (read is not None and read.value == value):
            outer.no_effect((name,), "the language model's config says the same")
