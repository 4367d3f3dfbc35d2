"""The settings of a model's processors of pictures and sound: small files that only schedules with media need."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from llmsim_adapters.sources.answer import Refusal, Sidecars
from llmsim_adapters.sources.deadline import TIMEOUT
from llmsim_adapters.sources.environment import (
    huggingface_endpoint,
    modelscope_endpoint,
    offline_reason,
    shown_endpoint,
)
from llmsim_adapters.sources.listings import recall
from llmsim_adapters.sources.quiet import quiet
from llmsim_adapters.sources.session import HubSession
from llmsim_adapters.sources.sidecars import PROCESSORS
from llmsim_adapters.sources.source_id import HUGGINGFACE, MODELSCOPE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from llmsim_adapters.sources.answer import RawConfig

    Files: TypeAlias = Mapping[str, Mapping[str, Any]]


class Reach(NamedTuple):
    """Where a model's further files may be asked for: at which mirror, whether at all, and for how long."""

    endpoint: str | None = None
    offline: bool = False
    timeout: float = TIMEOUT


def with_processors(config: RawConfig, reach: Reach) -> Sidecars:
    """Return what is beside a config, with the settings of processors that its hub has; each is asked for once.

    What is known already is not asked for again, nor is anything where a config is from no hub. A hub that can't be
    reached is no error: what it did not say is not known.
    """
    beside, source = config.sidecars, config.provenance
    hub = source.source.removesuffix("_cache")
    if hub not in (HUGGINGFACE, MODELSCOPE) or source.repo_id is None or offline_reason(reach.offline) is not None:
        return beside
    if not beside.files.keys().isdisjoint(PROCESSORS) or not beside.unread.keys().isdisjoint(PROCESSORS):
        return beside
    address = huggingface_endpoint if hub == HUGGINGFACE else modelscope_endpoint
    endpoint = address(reach.endpoint)
    request = _from_huggingface if hub == HUGGINGFACE else _from_modelscope
    end = time.monotonic() + reach.timeout
    try:
        found = HubSession().ask(
            f"{hub} at {shown_endpoint(endpoint)}",
            partial(request, source.repo_id, source.revision, endpoint, end),
            reach.timeout,
        )
    except Refusal:
        return beside
    return beside._replace(files={**beside.files, **found})


def _from_huggingface(repo_id: str, revision: str | None, endpoint: str, end: float, first: bool) -> Files:
    del first
    from llmsim_adapters.sources import huggingface

    listed = recall(huggingface.HUB, repo_id, revision)
    names = [name for name in PROCESSORS if listed is None or name in listed]
    with quiet():
        return huggingface.files_of(repo_id, revision, endpoint, names, end=end)


def _from_modelscope(repo_id: str, revision: str | None, endpoint: str, end: float, first: bool) -> Files:
    from llmsim_adapters.sources import modelscope

    with quiet():
        found = modelscope.download(repo_id, revision, endpoint, end=end, fresh=False, probe=first, wanted=PROCESSORS)
    return found.sidecars.files
