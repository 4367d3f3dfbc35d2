"""Keys, left out: a config is read as if it had none of them.

One whose value can't be is, under a gap, where the class has a flag, a word or a rule in its place, or a number that no
weight depends on, as a window. A bad size has none: a model of the class's own size is another model. A list of another
length than there are layers is left out, for a class that is given none has a rule of its own; but a layer of an
unknown kind is none that the rule knows.

A list that says what other keys say as well is left out only to hold it to these.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmsim_adapters.dialects.keys.aliases import CANONICAL
from llmsim_adapters.dialects.keys.kinds import MAKES_SIZES, OF_NO_WEIGHT, is_size, may_be_list
from llmsim_adapters.dialects.keys.parts import PART_OF, is_tower
from llmsim_adapters.dialects.reading.limits import ONE_EACH
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.dialects.reading.reading import Reading

_FATAL = (GapKind.INVALID_CONFIG, GapKind.MISSING_PARAMETER, GapKind.PLUGIN_ERROR)


_MANY = 4096
"""More keys than any model has."""

_SIZED_BY = {"num_experts_per_tok": "mixture_of_attention", "sliding_window": "relative_logits"}
"""Components with weights for as many as a number says, which no weight depends on else."""

_STAYING = ("model_type", "quantization_config", "compression_config", "quantization")
"""Keys without which a config would be read as another model, or as other bytes."""


def bad_keys(config: Mapping[str, Any], reading: Reading) -> tuple[tuple[str, ...], ...]:
    """Return the paths of the keys for which alone a config is refused, none where it is for another reason."""
    fatal = [gap for gap in reading.gaps if gap.kind in _FATAL]
    if reading.spec is not None or not fatal or any(gap.kind is not GapKind.INVALID_CONFIG for gap in fatal):
        return ()
    paths = tuple(dict.fromkeys(tuple(gap.name.split(".")) for gap in fatal))
    return paths if all(path[0] not in _STAYING and _has(config, path) for path in paths) else ()


def of_parts(config: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> bool:
    """Return whether all these paths are inside the configs of what stands beside the language model."""
    return all(len(path) > 1 and (path[0] in PART_OF or is_tower(path[0], config[path[0]])) for path in paths)


def without(config: Mapping[str, Any], paths: tuple[tuple[str, ...], ...]) -> dict[str, Any]:
    """Return the config without what stands at these paths."""
    here = {path[0] for path in paths if len(path) == 1}
    kept = {key: value for key, value in config.items() if key not in here}
    for first in {path[0] for path in paths if len(path) > 1} - here:
        kept[first] = without(kept[first], tuple(path[1:] for path in paths if path[0] == first and len(path) > 1))
    return kept


def stands_in(paths: tuple[tuple[str, ...], ...], refused: Reading, rest: Reading) -> bool:
    """Return whether the class has a rule, a word or nothing in place of each key, and no size.

    A list of layers has to be of another length than there are layers.
    """
    if rest.spec is None or "num_hidden_layers" not in rest.parameters:
        return False
    said = {parameter.key: parameter for parameter in refused.parameters.values()}
    other_length = {gap.name for gap in refused.gaps if ONE_EACH in gap.detail}
    for path in paths:
        key = ".".join(path)
        parameter = said.get(key)
        name = CANONICAL.get(path[-1], path[-1]) if parameter is None else parameter.name
        taken = rest.parameters.get(name)
        if name in OF_NO_WEIGHT and parameter is not None and parameter.value.__class__ is not list:
            if any(getattr(node, "kind", "") == _SIZED_BY.get(name) for node in rest.spec.nodes()):
                return False
            continue
        if parameter is not None and parameter.value.__class__ is list and may_be_list(name):
            if key not in other_length or not parameter.value:
                return False
        elif taken is None and parameter is not None and is_size(name):
            return False  # another branch was taken, as that without experts where their number is bad
        if taken is not None and (name in MAKES_SIZES or taken.value.__class__ in (int, list, dict)):
            return False
    return True


def told(refused: Reading, read: Reading) -> Reading:
    """Return the reading of what is left, with the gaps of what was refused."""
    gaps = (
        gap._replace(detail=f"{gap.detail}; the config is read as if it had no such key")
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
        rest = reading_of(without(of_use(config, reading), by)).spec
        if rest is None or reading.spec is None or rest.stacks != reading.spec.stacks:
            said, wins = (" and ".join(f"`{printable(key)}`" for key in each) for each in (keys, map(".".join, by)))
            detail = f"{said} and {wins} don't agree on {what}: the latter is taken"
            gaps.append(Gap(GapKind.CONFLICTING_KEYS, name, detail))
    return replace(reading, gaps=(*reading.gaps, *gaps)) if gaps else reading


def of_use(config: Mapping[str, Any], reading: Reading) -> Mapping[str, Any]:
    """Return a config of very many keys without those that nobody read, which would be gone through once more."""
    if len(config) <= _MANY:
        return config
    read = {parameter.key.partition(".")[0] for parameter in reading.parameters.values() if parameter.key}
    read |= {"model_type", "architectures", "transformers_version", reading.path.partition(".")[0]}
    return {key: value for key, value in config.items() if key in read}


def _has(config: Any, path: tuple[str, ...]) -> bool:
    for key in path:
        if config.__class__ is not dict or key not in config:
            return False
        config = config[key]
    return True
