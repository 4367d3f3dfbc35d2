"""The shorthands of the public surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from llmsim_adapters.errors import ConfigUnavailable
from llmsim_adapters.loading import load, not_found
from llmsim_adapters.plugins.engines import engines_of
from llmsim_adapters.plugins.manager import registered
from llmsim_adapters.sources import TIMEOUT

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from llmsim_adapters.evaluation.result import Coverage
    from llmsim_adapters.graph.graph import OperatorGraph
    from llmsim_adapters.graph.schedule import Schedule
    from llmsim_adapters.plugins.registered import BrokenPlugin, RegisteredBuilder, RegisteredEngine
    from llmsim_adapters.proof.result import Proof

    Source = str | os.PathLike[str] | Mapping[str, Any]
    Files = Mapping[str, Mapping[str, Any]]


class Builders(NamedTuple):
    """What is installed: builders and engines that are used, and the plugins that can't be, with the reasons."""

    registered: tuple[RegisteredBuilder, ...]
    broken: tuple[BrokenPlugin, ...]
    engines: tuple[RegisteredEngine, ...] = ()


def builders() -> Builders:
    """Return the registered builders and engines, by name, and the broken plugins."""
    found = registered()
    return Builders(tuple(found.builders[name] for name in sorted(found.builders)), found.faults(), engines_of(found))


def evaluate(
    source: Source,
    revision: str | None = None,
    endpoint: str | None = None,
    offline: bool = False,
    *,
    files: Files | None = None,
    timeout: float = TIMEOUT,
    registry: str | os.PathLike[str] | None = None,
) -> Coverage:
    """Return the coverage of a model; arguments as for `load`. A config that can't be had or read is a gap."""
    try:
        return load(source, revision, endpoint, offline, files=files, timeout=timeout, registry=registry).coverage
    except ConfigUnavailable as error:
        return not_found(error)


def build(
    source: Source,
    schedule: Schedule | None = None,
    builder: str | None = None,
    *,
    revision: str | None = None,
    endpoint: str | None = None,
    offline: bool = False,
    files: Files | None = None,
    timeout: float = TIMEOUT,
    draft: Source | None = None,
) -> OperatorGraph:
    """Return the operator graph of a model; arguments as for `load` and `Model.build`, `draft` a source as well.

    Raises:
        ConfigUnavailable: no source has a usable config.
        BuildError: no builder claims the model.
    """
    target = load(source, revision, endpoint, offline, files=files, timeout=timeout)
    drafting = None if draft is None else load(draft, None, endpoint, offline, timeout=timeout)
    return target.build(schedule, builder, draft=drafting)


def prove(
    source: Source,
    revision: str | None = None,
    endpoint: str | None = None,
    offline: bool = False,
    *,
    weights: str | os.PathLike[str] | None = None,
    builder: str | None = None,
    files: Files | None = None,
    timeout: float = TIMEOUT,
) -> Proof:
    """Return whether the tensors of a model's files are those of its graph; arguments as for `load`, `Model.prove`.

    Raises:
        ConfigUnavailable: no source has a usable config.
        BuildError: no builder claims the model.
        HeaderError: the headers of its files can't be had, or say what can't be.
    """
    model = load(source, revision, endpoint, offline, files=files, timeout=timeout)
    return model.prove(weights, endpoint=endpoint, offline=offline, timeout=timeout, builder=builder)
