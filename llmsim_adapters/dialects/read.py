"""Reading a whole config: find the language model, choose its dialect, account for every key."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dataclass import replace
from llmsim_adapters.dialects import composite, left_out
from llmsim_adapters.dialects.assembly.drafts import eagle, prediction_module
from llmsim_adapters.dialects.identity import encoder_alone, identity, of_another_class, states_ties
from llmsim_adapters.dialects.keys.aliases import CANONICAL
from llmsim_adapters.dialects.keys.neutral import confirms
from llmsim_adapters.dialects.keys.parts import PART_OF, is_tower, tower_of
from llmsim_adapters.dialects.keys.spelled import parts_by_default
from llmsim_adapters.dialects.noted import notes, unread_files
from llmsim_adapters.dialects.of_class import held_to_class, not_taken
from llmsim_adapters.dialects.quantization import quantized
from llmsim_adapters.dialects.reading.find import (
    DIALECT_OF_ARCHITECTURE,
    WHOLE_OF_ARCHITECTURE,
    built_in,
    declared_types,
    find,
    inferring,
    of_format,
)
from llmsim_adapters.dialects.reading.reader import Reader
from llmsim_adapters.dialects.reading.reading import Origin, Reading
from llmsim_adapters.dialects.relatives import Relative, accepts, assume, relatives
from llmsim_adapters.dialects.speculators import flattened, located
from llmsim_adapters.errors import internal
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.dialects.reading.dialect import Dialect
    from llmsim_adapters.sources import Sidecars
    from llmsim_adapters.spec.model import ModelSpec

_SHOWN: Final = 50
"""How many keys that nobody read, and parts left out, are named; of the others, the answer has the number."""


def read(
    config: Mapping[str, Any],
    plugged: Mapping[str, Dialect] | None = None,
    *,
    traced: bool = False,
    by_keys_alone: bool = False,
    sidecars: Sidecars | None = None,
) -> Reading:
    """Return what a config says; what is wrong with it is a gap of the reading, never an exception.

    Args:
        config: the whole `config.json`; never changed.
        plugged: dialects of plugins, by model type.
        traced: whether the spec's numbers carry their names (see `llmsim_adapters.traced`).
        by_keys_alone: read by the inferring dialect even what some dialect knows, to measure how good it is.
        sidecars: what is known of the files beside the config.
    """

    def reading_of(config: Mapping[str, Any], *, parts: bool = True) -> Reading:
        return _as_any_type(config, plugged or {}, sidecars, traced=traced, by_keys_alone=by_keys_alone, parts=parts)

    return located(_held_to_lists(flattened(config), reading_of), config)


def _held_to_lists(config: Mapping[str, Any], reading_of: Callable[..., Reading]) -> Reading:
    """Return the reading of a config, where its lists of layers agree with it; else what is left without them."""
    reading = reading_of(config)
    if reading.spec is not None:
        if reading.outvoted:
            reading = left_out.held_to_patterns(config, reading, reading_of)
        return held_to_class(config, reading, reading_of) if reading.not_taken else reading
    bad = left_out.bad_keys(config, reading)
    if not bad:
        return reading
    rest = reading_of(left_out.without(config, bad))
    if left_out.stands_in(bad, reading, rest):
        return left_out.told(reading, rest)
    rest = reading_of(config, parts=False) if left_out.of_parts(config, bad) else reading
    return reading if rest.spec is None else left_out.told(reading, rest)


def _as_any_type(
    config: Mapping[str, Any],
    plugged: Mapping[str, Dialect],
    sidecars: Sidecars | None,
    *,
    traced: bool,
    by_keys_alone: bool,
    parts: bool,
) -> Reading:
    """Return what a config says by its type's dialect, else as a relative of its type, else by its keys alone."""
    path, level = _language_model(config, plugged)
    model_type, architecture, _ = identity(config, level)
    known = of_format(config) or find(DIALECT_OF_ARCHITECTURE.get(architecture, model_type), plugged)
    if known is None and not by_keys_alone:
        for relative in relatives(model_type, architecture):
            reading = _read(config, {}, path, sidecars, traced=traced, by_keys_alone=False, relative=relative)
            if accepts(reading):
                return reading
    return _read(config, plugged, path, sidecars, traced=traced, by_keys_alone=by_keys_alone, parts=parts)


def _language_model(
    config: Mapping[str, Any], plugged: Mapping[str, Dialect]
) -> tuple[tuple[str, ...], Mapping[str, Any]]:
    """Return the path to the language model's config, and that; inside what no dialect knows it is found by content."""
    path = composite.language_model(config) or _place_of_type(config, plugged)
    level: Mapping[str, Any] = config
    for key in path:
        level = level[key]
    said = level.get("model_type", config.get("model_type"))
    if not isinstance(said, str) or (find(said, plugged) or built_in(said, "towers")) is None:
        for key in composite.by_content(level):
            path, level = (*path, key), level[key]
    return path, level


def _place_of_type(config: Mapping[str, Any], plugged: Mapping[str, Dialect]) -> tuple[str, ...]:
    """Return the path where the type of the whole has its language model, where it is no usual one and there is one."""
    outer_type = config.get("model_type")
    dialect = find(outer_type, plugged) if isinstance(outer_type, str) else None
    key = "" if dialect is None else dialect.text_config
    return (key,) if key and isinstance(config.get(key), dict) else ()


def _read(
    config: Mapping[str, Any],
    plugged: Mapping[str, Dialect],
    path: tuple[str, ...],
    sidecars: Sidecars | None,
    *,
    traced: bool,
    by_keys_alone: bool,
    relative: Relative | None = None,
    parts: bool = True,
) -> Reading:
    """Return what a config says, read as the `relative` of its type where one is given.

    Without `parts`, what stands beside the language model is left out.
    """
    level: Mapping[str, Any] = config
    for key in path:
        level = level[key]
    model_type, architecture, wrong = identity(config, level)
    name = DIALECT_OF_ARCHITECTURE.get(architecture, model_type)
    dialect = None if by_keys_alone else of_format(config) or (find(name, plugged) if name else None)
    if relative is not None:
        dialect = relative.dialect
    if dialect is None and not path and model_type and built_in(model_type, "towers") is not None:
        return encoder_alone(model_type, architecture)
    chosen = dialect or inferring()
    own = dialect if relative is None else None
    inner = bool(path) and own is not None and own.model_type == config.get("model_type")
    whole = None
    if (path and not by_keys_alone) or (dialect is not None and dialect.towers is not None):
        whole = _whole(config, dialect, architecture, plugged, nested=bool(path))
        if whole is not None and not parts:
            whole = replace(whole, towers=lambda *_: ())
    usual = composite.is_usual(path) or path == _place_of_type(config, plugged)
    outer, defaults = None, chosen.defaults
    if path or (whole is not None and whole.text_config):
        stated = (CANONICAL, {}) if whole is None else (whole.canonical, whole.defaults)
        outer = Reader(config, *stated, traced=traced)
        if not path:
            level, defaults = {}, {**defaults, **chosen.without_text}
        elif whole is not None and whole.fills_text:
            defaults = {**defaults, **whole.without_text}
    if (dialect is None or relative is not None) and states_ties(config):
        defaults = {**defaults, "tie_word_embeddings": False}
    lent: list[str] = []
    if outer is not None:
        if usual:
            lent = [key for key in chosen.of_whole if key in outer.raw]
            level = {key: value for key, value in level.items() if key not in chosen.of_whole}
        else:
            lent = composite.lent(outer.raw, level, chosen.canonical, chosen.defaults.keys() | chosen.costless.keys())
        level = {**level, **{key: config[key] for key in lent}}
        outer.mark(*lent)
    r = Reader(
        level,
        chosen.canonical,
        defaults,
        prefix="".join([f"{key}." for key in path]),
        traced=traced,
    )
    r.model_type, r.architecture = model_type, architecture
    r.gaps += wrong
    if not usual:
        shown = printable(".".join(path))
        r.inferred("language_model", f"taken to be at `{shown}`, which has a hidden size and a number of layers")
    top = outer or r
    if sidecars is not None:
        top.files, top.broken_files = sidecars.files, sidecars.unread
    if dialect is not None and relative is None:
        r.gaps += of_another_class(config, r, dialect, whole, plugged, nested=bool(path))
    try:
        spec = _spec(chosen, whole, r, outer)
    except Exception as error:  # of values that nobody thought of; one model's answer, not the end of a report
        told, spec = internal(error), None
        if not r.invalid:  # else it came of a stand-in for a value that is refused already
            shown = printable(r.model_type) or "no type"
            r.gaps.append(Gap(GapKind.INVALID_CONFIG, "config.json", f"the dialect for {shown} can't read it: {told}"))
    said = r.parameters.get("dtype")
    unsaid = spec is not None and said is not None and said.origin is Origin.DEFAULTED
    if spec is not None and unsaid:
        spec = replace(spec, dtype_said=False)
    if sidecars is not None:
        r.gaps += unread_files(top, sidecars)
    for name, parameter in r.parameters.items():
        if parameter.key is not None and parameter.key.removeprefix(r.prefix) in lent:
            r.parameters[name] = parameter._replace(key=parameter.key.removeprefix(r.prefix))
    for key in lent:
        if r.prefix + key in r.without_effect:
            r.without_effect[key] = r.without_effect.pop(r.prefix + key)
    if relative is not None:
        assume(relative, r)
    if dialect is None:
        known = "" if by_keys_alone else _meant(model_type, frozenset(plugged))
        if known or not r.invalid:  # where the config is refused, that may be why
            shown = printable(model_type) or "none"
            r.gaps.insert(0, Gap(GapKind.INFERRED, "model_type", f"no dialect knows the type ({shown}){known}"))
    return Reading(
        model_type=model_type if whole is None else whole.model_type,
        architecture=architecture,
        dialect="" if dialect is None or relative is not None else (whole or dialect).model_type,
        spec=None if r.invalid else spec,
        parameters=r.parameters,
        gaps=tuple(dict.fromkeys(r.gaps)),  # a bad key that is read twice is still one gap
        path=".".join(path),
        without_effect=r.without_effect,
        outvoted=tuple(dict.fromkeys(r.outvoted)),
        not_taken=() if own is None else not_taken(r, own, spec, nested=inner),
        notes=() if spec is None else tuple(notes(spec, sidecars, chosen.note, dtype_unsaid=unsaid)),
    )


def _whole(
    config: Mapping[str, Any],
    dialect: Dialect | None,
    architecture: str,
    plugged: Mapping[str, Dialect],
    *,
    nested: bool,
) -> Dialect | None:
    """Return the dialect of the type of the whole config, where it says what stands beside the language model."""
    outer_type = config.get("model_type")
    if not (isinstance(outer_type, str) and outer_type in plugged):
        outer_type = WHOLE_OF_ARCHITECTURE.get(architecture, outer_type)
    if nested and isinstance(outer_type, str) and (dialect is None or outer_type != dialect.model_type):
        dialect = find(outer_type, plugged)
    return dialect if dialect is not None and dialect.towers is not None else None


def _spec(dialect: Dialect, whole: Dialect | None, r: Reader, outer: Reader | None) -> ModelSpec:
    r.causal_lm = dialect.causal_lm if whole is None else (*dialect.causal_lm, *whole.causal_lm)
    if outer is not None and composite.ends_in_language_head(r):
        r.causal_lm += (r.architecture,)
    spec = quantized(r, dialect.read(r))
    if r.predicts_alone:
        spec = prediction_module(r, spec)
    elif r.joins_hidden_states:
        spec = eagle(r, spec)
    if r.drafts and not spec.from_target:
        name = printable(r.architecture, 60)
        detail = f"what the draft model {name} is made of is not known; its config's sizes may be its target's"
        r.gaps.append(Gap(GapKind.MISSING_PARAMETER, "draft_layers", detail))
    for name, taken in dialect.disputed.items():
        if not r.has(name):
            r.inferred(name, f"two classes have this type and no key says it: {taken}")
    r.mark("model_type", "architectures")
    alone = r.predicts_alone or (r.architecture in dialect.text_only and not r.has_parts)
    if outer is None and alone:
        composite.without_parts(r)
    elif outer is None and whole is not None:
        spec = _with_towers(spec, whole, r, r, r)
    costless = dialect.costless if whole is None or outer is None else {**dialect.costless, **whole.costless_inside}
    unread, further = [(r, r.unread(costless, dialect.neutral))], r.left_out()
    if outer is not None:
        outer.mark("model_type", "architectures", r.prefix.split(".")[0])
        between = composite.between(r, outer)
        part = between[-1] if between else None
        spec = composite.inherit(spec, outer, r, alone=alone, ties="" if whole is None else whole.ties, part=part)
        if whole is not None and not alone:
            spec = _with_towers(spec, whole, outer, r, between[-1] if between else outer)
            if whole.ties not in ("either", "text", "apart"):
                r.no_effect(("tie_word_embeddings",), "that of the whole model wins, in transformers too")
        r.without_effect |= outer.without_effect
        for level in (*between, outer):
            composite.repeats(r, level, CANONICAL if whole is None or level is not outer else whole.canonical)
            words = ({}, {}) if whole is None else (whole.costless, whole.neutral)
            unread.append((level, level.unread(*words)))
            further += level.left_out()
        if whole is None and r.architecture.endswith("ForConditionalGeneration"):
            r.unmodelled += parts_by_default(str(outer.raw.get("model_type")), outer.raw)
        elif whole is not None and not (alone or spec.towers):
            r.unmodelled += parts_by_default(whole.model_type, outer.raw)
        if outer.unmodelled:
            r.unmodelled += outer.unmodelled
        r.gaps += outer.gaps
    nobody_read: list[str] = []
    for level, keys in unread:
        nobody_read += _of_no_part(r, level, keys, spec)
    for key in nobody_read[:_SHOWN]:
        shown = printable(key)
        r.gaps.append(Gap(GapKind.UNREAD_KEY, shown, f"nobody read `{shown}`: it may change any figure"))
    further += max(0, len(nobody_read) - _SHOWN)
    if further:
        more = f"{further:,} more keys"
        r.gaps.append(Gap(GapKind.UNREAD_KEY, more, f"nobody read {more}: they may change any figure"))
    parts = tuple(dict.fromkeys(r.unmodelled))
    if len(parts) > _SHOWN:
        parts = (*parts[:_SHOWN], f"{len(parts) - _SHOWN:,} more parts")
    return replace(spec, architecture=r.architecture, unmodelled=parts)


def _of_no_part(r: Reader, level: Reader, keys: list[str], spec: ModelSpec) -> list[str]:
    """Return the keys of a level that are of no part beside the language model; the others' parts are noted."""
    start, raw, others = len(level.prefix), level.raw, []
    for key in keys:
        name = key[start:] if start else key
        value = raw.get(name)
        if name in PART_OF:
            r.unmodelled.append(PART_OF[name])
        elif value.__class__ is dict and is_tower(name, value):
            r.unmodelled.append(tower_of(printable(name, 60)))
        elif not confirms(name, value, spec):
            others.append(key)
    return others


def _with_towers(spec: ModelSpec, whole: Dialect, outer: Reader, r: Reader, level: Reader) -> ModelSpec:
    """Return the spec with what stands beside the language model, whose configs are at one `level` with that of it.

    What was read of it is listed with the rest.
    """
    from llmsim_adapters.dialects.assembly.tower import with_towers  # only types that have towers need it

    assert whole.towers is not None
    spec = with_towers(spec, whole.towers(level, r), outer, plain=whole.plain_towers)
    if whole.model_type != spec.model_type and (spec.towers or outer is not r):
        spec = replace(spec, whole_type=whole.model_type)
    if outer is not r:
        r.parameters.update(outer.parameters)
    return spec


@lru_cache(maxsize=4096)
def _meant(model_type: str, plugged: frozenset[str]) -> str:
    """Return what an unknown type was perhaps meant to be; a hub has many models of each, and looking takes long."""
    return meant(model_type, declared_types() | plugged)
