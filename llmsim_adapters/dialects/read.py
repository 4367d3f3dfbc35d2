"""Reading a whole config: find the language model, choose its dialect, account for every key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmsim_adapters.dialects import composite, inferring
from llmsim_adapters.dialects.aliases import CANONICAL
from llmsim_adapters.dialects.find import TYPE_OF_ARCHITECTURE, find
from llmsim_adapters.dialects.quantization import quantized
from llmsim_adapters.dialects.reader import Reader
from llmsim_adapters.dialects.reading import Reading
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from llmsim_adapters.dialects.dialect import Dialect
    from llmsim_adapters.spec.model import ModelSpec


def read(
    config: Mapping[str, Any],
    plugged: Mapping[str, Dialect] | None = None,
    *,
    traced: bool = False,
    by_keys_alone: bool = False,
) -> Reading:
    """Return what a config says; what is wrong with it is a gap of the reading, never an exception.

    Args:
        config: the whole `config.json`; never changed.
        plugged: dialects of plugins, by model type.
        traced: whether the spec's numbers carry their names (see `llmsim_adapters.traced`).
        by_keys_alone: read by the inferring dialect even what some dialect knows, to measure how good it is.
    """
    path = composite.language_model(config)
    level: Mapping[str, Any] = config
    for key in path:
        level = level[key]
    outer = Reader(config, CANONICAL, {}) if path else None
    model_type, architecture, wrong = _identity(config, level)
    dialect = find(model_type, plugged or {}) if model_type and not by_keys_alone else None
    r = Reader(
        level,
        (dialect or inferring.DIALECT).canonical,
        (dialect or inferring.DIALECT).defaults,
        prefix="".join(f"{key}." for key in path),
        traced=traced,
    )
    r.model_type, r.architecture = model_type, architecture
    r.gaps += wrong
    spec = _spec(dialect or inferring.DIALECT, r, outer)
    if dialect is None and not r.invalid:
        shown = printable(model_type) or "none"
        r.gaps.insert(0, Gap(GapKind.INFERRED, "model_type", f"no dialect knows the type ({shown})"))
    return Reading(
        model_type=model_type,
        architecture=architecture,
        dialect="" if dialect is None else dialect.model_type,
        spec=None if r.invalid else spec,
        parameters=r.parameters,
        gaps=tuple(dict.fromkeys(r.gaps)),  # a bad key that is read twice is still one gap
        path=".".join(path),
        without_effect=r.without_effect,
    )


def _spec(dialect: Dialect, r: Reader, outer: Reader | None) -> ModelSpec:
    r.causal_lm = dialect.causal_lm
    spec = quantized(r, dialect.read(r))
    r.mark("model_type", "architectures")
    unread = r.unread(dialect.costless)
    if outer is not None:
        outer.mark("model_type", "architectures", r.prefix.split(".")[0])
        spec = composite.inherit(spec, outer, alone=r.architecture in dialect.text_only)
        r.without_effect |= outer.without_effect
        unread += outer.unread({})
        if outer.unmodelled:
            r.unmodelled += outer.unmodelled
        r.gaps += outer.gaps
    for key in unread:
        name = key.removeprefix(r.prefix)
        holder = r.raw if name in r.raw and key.startswith(r.prefix) else outer.raw if outer else {}
        if composite.is_tower(name, holder.get(name)):
            r.unmodelled.append(composite.tower(printable(name, 60)))
        else:
            shown = printable(key)
            r.gaps.append(Gap(GapKind.UNREAD_KEY, shown, f"nobody read `{shown}`: it may change any figure"))
    return replace(spec, unmodelled=tuple(dict.fromkeys(r.unmodelled))) if r.unmodelled else spec


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


def _wrong(key: str, message: str) -> Gap:
    return Gap(GapKind.INVALID_CONFIG, key, f"key `{key}` {message}")
