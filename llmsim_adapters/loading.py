"""From a source to a model: its config found, with what is known of it elsewhere; or the answer where there is none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmsim_adapters.errors import ConfigUnavailable, InvalidConfig
from llmsim_adapters.evaluation.evaluator import unavailable
from llmsim_adapters.gap import Gap, GapKind
from llmsim_adapters.model import Model
from llmsim_adapters.plugins.isolation import refuse_plugins
from llmsim_adapters.registries.totals import known_total, of_registry
from llmsim_adapters.sources import TIMEOUT, HubSession, Provenance, find
from llmsim_adapters.sources.processors import Reach
from llmsim_adapters.sources.sidecars import with_processor
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    from llmsim_adapters.evaluation.result import Coverage


def load(
    source: str | os.PathLike[str] | Mapping[str, Any],
    revision: str | None = None,
    endpoint: str | None = None,
    offline: bool = False,
    *,
    files: Mapping[str, Mapping[str, Any]] | None = None,
    preprocessor: Mapping[str, Any] | None = None,
    timeout: float = TIMEOUT,
    waiting: Callable[[str], None] | None = None,
    registry: str | os.PathLike[str] | None = None,
) -> Model:
    """Find a model's config and return the model.

    Args:
        source: a config as a dictionary; the path of a `config.json` or of a folder with one; `org/name`; or
            `huggingface.co/org/name` or `modelscope.cn/org/name` to ask one hub only.
        revision: a branch, tag or commit of the hub's repository.
        endpoint: the address of a mirror of the hub.
        offline: ask no hub at all.
        files: what stands beside the config, by file name, such as `hf_quant_config.json`; by default what its source
            has. Beside a dictionary nothing is known to stand.
        preprocessor: what becomes of pictures and sound before an encoder runs on them, as in
            `preprocessor_config.json`; by default what its source has, else the defaults of the model's class.
        timeout: the seconds that all hubs together have; one that has another behind it gets half of them.
        waiting: told the name and address of each hub as it is asked.
        registry: a registry file that may have an external total or a kept proof of the model.

    Raises:
        ConfigUnavailable: no source has a usable config; `answers` says what each of them said.
        AdapterError: a plugin's code calls it while the host runs that code.
    """
    refuse_plugins("load a model")
    session = HubSession(waiting)
    config = find(
        source, revision=revision, endpoint=endpoint, offline=offline, session=session, files=files, timeout=timeout
    )
    if preprocessor is not None:
        config = replace(config, sidecars=with_processor(config.sidecars, preprocessor))
    reach = Reach(endpoint, offline, timeout)
    if registry is not None:
        total, recorded = of_registry(registry, source, config.provenance)
        return Model(config, total, reach=reach, recorded=recorded)
    total = known_total(config.provenance) if revision in (None, "main") else None
    return Model(config, total, reach=reach)


def not_found(error: ConfigUnavailable) -> Coverage:
    """Return the answer for a model whose config can't be had, or can't be read."""
    invalid = isinstance(error, InvalidConfig)
    kind = GapKind.INVALID_CONFIG if invalid else GapKind.CONFIG_UNAVAILABLE
    # What a misspelt name was meant to be comes first: what is shown of many answers may be short.
    answers = sorted(error.answers, key=lambda answer: "did you mean" not in answer.message)
    said = "; ".join(f"{answer.source}: {answer.message}" for answer in answers)
    source = Provenance("none", printable(error.source), answers=error.answers)
    return unavailable(source, Gap(kind, "config.json", said or str(error)))
