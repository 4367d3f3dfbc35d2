"""Find the raw `config.json` of a model: given, on this machine, bundled, or on a hub.

The hubs' clients are imported only when they are reached.
"""

from __future__ import annotations

from llmsim_adapters.errors import Answer
from llmsim_adapters.sources.answer import Content, Provenance, RawConfig, Sidecars
from llmsim_adapters.sources.bundled import bundled_dir, bundled_ids
from llmsim_adapters.sources.deadline import TIMEOUT
from llmsim_adapters.sources.many import find_all
from llmsim_adapters.sources.reading import MAX_CONFIG_BYTES
from llmsim_adapters.sources.search import find
from llmsim_adapters.sources.session import HubSession

__all__ = [
    "MAX_CONFIG_BYTES",
    "TIMEOUT",
    "Answer",
    "Content",
    "HubSession",
    "Provenance",
    "RawConfig",
    "Sidecars",
    "bundled_dir",
    "bundled_ids",
    "find",
    "find_all",
]
