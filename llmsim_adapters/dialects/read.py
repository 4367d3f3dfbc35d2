"""Reading a whole config: find the language model, choose its dialect, account for every key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.dialects import composite
from llmsim_adapters.dialects.assembly.drafts import eagle, prediction_module
from llmsim_adapters.dialects.keys.aliases import CANONICAL
from llmsim_adapters.dialects.keys.neutral import confirms
from llmsim_adapters.dialects.keys.parts import PART_OF
from llmsim_adapters.dialects.quantization import quantized
from llmsim_adapters.dialects.reading.find import (
    DIALECT_OF_ARCHITECTURE,
    TYPE_OF_ARCHITECTURE,
    built_in,
    declared_types,
    find,
    inferring,
    of_format,
)
from llmsim_adapters.dialects.reading.reader import Reader
from llmsim_adapters.dialects.reading.reading import Reading
from llmsim_adapters.dialects.speculators import flattened
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.spec.quick import replace
from llmsim_adapters.spelling import meant
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.reading.dialect import Dialect
    from llmsim_adapters.sources import Sidecars
    from llmsim_adapters.spec.model import ModelSpec


_UNKNOWN_FILES: Final = (
    "the files beside the config are not known: one that declares a quantization (hf_quant_config.json, "
    "quantize_config.json or quant_config.json) would change the weights' bytes; name it in `files`, or give the folder"
)


_DRAFT: Final = "a draft model, which takes of its target: {}; what it shares with it is counted here by itself"


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
    config = flattened(config)
    path = composite.language_model(config)
    level: Mapping[str, Any] = config
    for key in path:
        level = level[key]
    model_type, architecture, wrong = _identity(config, level)
    name = DIALECT_OF_ARCHITECTURE.get(architecture, model_type)
    dialect = None if by_keys_alone else of_format(config) or (find(name, plugged or {}) if name else None)
    if dialect is None and not path and model_type and built_in(model_type, "towers") is not None:
        return _encoder_alone(model_type, architecture)
    chosen = dialect or inferring()
    whole = None
    if (path and not by_keys_alone) or (dialect is not None and dialect.towers is not None):
        whole = _whole(config, dialect, nested=bool(path))
    outer, defaults = None, chosen.defaults
    if path or (whole is not None and whole.text_config):
        stated = (CANONICAL, {}) if whole is None else (whole.canonical, whole.defaults)
        outer = Reader(config, *stated, traced=traced)
        if not path:
            level, defaults = {}, {**defaults, **chosen.without_text}
    if dialect is None and _states_ties(config):
        defaults = {**defaults, "tie_word_embeddings": False}
    r = Reader(
        level,
        chosen.canonical,
        defaults,
        prefix="".join([f"{key}." for key in path]),
        traced=traced,
    )
    r.model_type, r.architecture = model_type, architecture
    r.gaps += wrong
    top = outer or r
    if sidecars is not None:
        top.files = sidecars.files
    spec = _spec(chosen, whole, r, outer)
    if sidecars is not None:
        r.gaps += _unread_files(top, sidecars)
    if dialect is None:
        known = "" if by_keys_alone else meant(model_type, declared_types() | set(plugged or ()))
        if known or not r.invalid:  # where the config is refused, that may be why
            shown = printable(model_type) or "none"
            r.gaps.insert(0, Gap(GapKind.INFERRED, "model_type", f"no dialect knows the type ({shown}){known}"))
    return Reading(
        model_type=model_type if whole is None else whole.model_type,
        architecture=architecture,
        dialect="" if dialect is None else (whole or dialect).model_type,
        spec=None if r.invalid else spec,
        parameters=r.parameters,
        gaps=tuple(dict.fromkeys(r.gaps)),  # a bad key that is read twice is still one gap
        path=".".join(path),
        without_effect=r.without_effect,
        notes=(
            *(() if sidecars is None or sidecars.complete or spec.quantization else (_UNKNOWN_FILES,)),
            *((_DRAFT.format(", ".join(spec.from_target)),) if spec.from_target else ()),
        ),
    )


def _encoder_alone(model_type: str, architecture: str) -> Reading:
    """Return the answer to a config of an encoder that stands beside language models, without one."""
    detail = f"the config is that of an encoder of pictures or sound ({model_type}) by itself, without a language model"
    gap = Gap(GapKind.MISSING_PARAMETER, "language_model", detail)
    return Reading(model_type=model_type, architecture=architecture, dialect="", spec=None, gaps=(gap,))


def _whole(config: Mapping[str, Any], dialect: Dialect | None, *, nested: bool) -> Dialect | None:
    """Return the dialect of the type of the whole config, where it says what stands beside the language model."""
    outer_type = config.get("model_type")
    if nested and isinstance(outer_type, str) and (dialect is None or outer_type != dialect.model_type):
        dialect = find(outer_type, {})
    return dialect if dialect is not None and dialect.towers is not None else None


def _spec(dialect: Dialect, whole: Dialect | None, r: Reader, outer: Reader | None) -> ModelSpec:
    r.causal_lm = dialect.causal_lm
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
    r.mark("model_type", "architectures")
    alone = r.predicts_alone or r.architecture in dialect.text_only
    if outer is None and alone:
        composite.without_parts(r)
    elif outer is None and whole is not None:
        spec = _with_towers(spec, whole, r, r)
    unread = r.unread(dialect.costless)
    levels: tuple[Reader, ...] = (r,)
    if outer is not None:
        outer.mark("model_type", "architectures", r.prefix.split(".")[0])
        spec = composite.inherit(spec, outer, alone=alone, ties="" if whole is None else whole.ties)
        if whole is not None and not alone:
            spec = _with_towers(spec, whole, outer, r)
            if whole.ties != "either":
                r.no_effect(("tie_word_embeddings",), "that of the whole model wins, in transformers too")
        r.without_effect |= outer.without_effect
        levels = (r, *composite.between(r, outer), outer)
        for level in levels[1:]:
            composite.repeats(r, level, CANONICAL if whole is None or level is not outer else whole.canonical)
            unread += level.unread({} if whole is None else whole.costless)
        if outer.unmodelled:
            r.unmodelled += outer.unmodelled
        r.gaps += outer.gaps
    for key in unread:
        holder = next((level for level in levels if key.removeprefix(level.prefix) in level.raw), r)
        name = key.removeprefix(holder.prefix)
        if confirms(name, holder.raw.get(name), spec):
            continue
        if name in PART_OF:
            r.unmodelled.append(PART_OF[name])
        elif composite.is_tower(name, holder.raw.get(name)):
            r.unmodelled.append(composite.tower(printable(name, 60)))
        else:
            shown = printable(key)
            r.gaps.append(Gap(GapKind.UNREAD_KEY, shown, f"nobody read `{shown}`: it may change any figure"))
    return replace(spec, architecture=r.architecture, unmodelled=tuple(dict.fromkeys(r.unmodelled)))


def _with_towers(spec: ModelSpec, whole: Dialect, outer: Reader, r: Reader) -> ModelSpec:
    """Return the spec with what stands beside the language model; what was read of it is listed with the rest."""
    from llmsim_adapters.dialects.assembly.tower import with_towers  # only types that have towers need it

    assert whole.towers is not None
    spec = with_towers(spec, whole.towers(outer, r), outer)
    if outer is not r:
        r.parameters.update(outer.parameters)
    return spec


def _identity(config: Mapping[str, Any], level: Mapping[str, Any]) -> tuple[str, str, list[Gap]]:
    """Return the language model's type and the architecture, and what is wrong with the keys that say them."""
    wrong = []
    architectures = config.get("architectures")
    architecture = ""
    if architectures is not None:
        if not isinstance(architectures, list) or not all(isinstance(name, str) for name in architectures):
            wrong.append(_wrong("architectures", "is not a list of strings"))
        elif architectures:
            architecture = architectures[0]
    model_type = level.get("model_type", config.get("model_type"))
    if model_type is None:
        return TYPE_OF_ARCHITECTURE.get(architecture, ""), architecture, wrong
    if not isinstance(model_type, str):
        wrong.append(_wrong("model_type", "is not a string"))
        return "", architecture, wrong
    return model_type, architecture, wrong


def _unread_files(top: Reader, sidecars: Sidecars) -> list[Gap]:
    """Return a gap for each file beside the config that nobody read, or could."""
    said = dict.fromkeys(top.unread_files(), "nobody read the file")
    said.update({name: f"the file can't be read: {reason}" for name, reason in sidecars.unread.items()})
    return [
        Gap(GapKind.UNREAD_KEY, printable(name), f"{why}; it stands beside the config, and may change any figure")
        for name, why in said.items()
    ]


def _states_ties(config: Mapping[str, Any]) -> bool:
    """Return whether a class that ties its head would have said so: transformers 5 has no default for all classes."""
    version = config.get("transformers_version")
    return isinstance(version, str) and version.startswith("5.") and "dev" not in version


def _wrong(key: str, message: str) -> Gap:
    return Gap(GapKind.INVALID_CONFIG, key, f"key `{key}` {message}")
