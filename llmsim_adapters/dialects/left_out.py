"""Lists of layers, left out: a config is read as if it had none.

One of another length than there are layers is, under a gap of each. One that says what other keys say as well is too,
but only to hold it to these.

A list says how layers differ, and a class that is given none has a rule of its own. A bad number has none in its place,
and a layer of an unknown kind is none that the rule knows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.dialects.reading.reading import Reading

_FATAL = (GapKind.INVALID_CONFIG, GapKind.MISSING_PARAMETER, GapKind.PLUGIN_ERROR)


_MANY = 4096
"""More keys than any model has."""

_NO_LAYERS = ("quantization_config",)
"""What is no list of layers, and not left out."""


def bad_lists(config: Mapping[str, Any], reading: Reading) -> tuple[tuple[str, ...], ...]:
    """Return the paths of the language model's lists for which alone a config is refused, none of another reason."""
    fatal = [gap for gap in reading.gaps if gap.kind in _FATAL]
    if reading.spec is not None or not fatal or any(gap.kind is not GapKind.INVALID_CONFIG for gap in fatal):
        return ()
    level = tuple(reading.path.split(".")) if reading.path else ()
    paths = tuple(tuple(gap.name.split(".")) for gap in fatal)
    return paths if all(path[:-1] == level and _at(config, path).__class__ is list for path in paths) else ()


def without(config: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    """Return the config without what stands at these paths."""
    here = {path[0] for path in paths if len(path) == 1}
    kept = {key: value for key, value in config.items() if key not in here}
    for first in {path[0] for path in paths if len(path) > 1}:
        kept[first] = without(kept[first], tuple(path[1:] for path in paths if path[0] == first and len(path) > 1))
    return kept


def stands_in(paths: tuple[tuple[str, ...], ...], refused: Reading, rest: Reading) -> bool:
    """Return whether each list has another length than there are layers, and a rule in its place, no default number."""
    layers = rest.parameters.get("num_hidden_layers")
    if rest.spec is None or layers is None:
        return False
    lists = {parameter.key: parameter for parameter in refused.parameters.values()}
    for path in paths:
        said = lists.get(".".join(path))
        if said is None or said.name in _NO_LAYERS or not said.value or len(said.value) == layers.value:
            return False
        taken = rest.parameters.get(said.name)
        if taken is not None and taken.value.__class__ is int:
            return False
    return True


def told(refused: Reading, read: Reading) -> Reading:
    """Return the reading of what is left, with the gaps of what was refused."""
    gaps = (
        gap._replace(detail=f"{gap.detail}; the config is read as if it had no such list")
        for gap in refused.gaps
        if gap.kind is GapKind.INVALID_CONFIG
    )
    return replace(read, gaps=(*gaps, *read.gaps))


def held_to_patterns(
    config: Mapping[str, Any], reading: Reading, reading_of: Callable[[Mapping[str, Any]], Reading]
) -> Reading:
    """Return the reading, with a gap for each list of layers that other keys of the config deny."""
    gaps = []
    for name, keys, what, by in reading.outvoted:
        rest = reading_of(without(_of_use(config, reading), by)).spec
        if rest is None or reading.spec is None or rest.stacks != reading.spec.stacks:
            said, wins = (" and ".join(f"`{printable(key)}`" for key in each) for each in (keys, map(".".join, by)))
            detail = f"{said} and {wins} don't agree on {what}: the latter is taken"
            gaps.append(Gap(GapKind.CONFLICTING_KEYS, name, detail))
    return replace(reading, gaps=(*reading.gaps, *gaps)) if gaps else reading


def _of_use(config: Mapping[str, Any], reading: Reading) -> Mapping[str, Any]:
    """Return a config of very many keys without those that nobody read, which would be gone through once more."""
    if len(config) <= _MANY:
        return config
    read = {parameter.key.partition(".")[0] for parameter in reading.parameters.values() if parameter.key}
    read |= {"model_type", "architectures", "transformers_version", reading.path.partition(".")[0]}
    return {key: value for key, value in config.items() if key in read}


def _at(config: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        config = config.get(key) if config.__class__ is dict else None
    return config
