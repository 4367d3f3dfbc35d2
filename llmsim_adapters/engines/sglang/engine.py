"""SGLang: its options and its rules together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.engine import Engine
from llmsim_adapters.engines.sglang.architectures import ONE_EXPERT_EACH, REGISTERED
from llmsim_adapters.engines.sglang.beside import BESIDE
from llmsim_adapters.engines.sglang.caches import CACHES
from llmsim_adapters.engines.sglang.formats import FORMATS
from llmsim_adapters.engines.sglang.options import OPTIONS
from llmsim_adapters.engines.sglang.placement import PLACEMENT
from llmsim_adapters.engines.sglang.refusals import REFUSALS
from llmsim_adapters.engines.sglang.storage import STORAGE

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Asked


def _expert_ranks(layout: Asked) -> int:
    """With an all-to-all backend, experts are spread over all ranks (`server_args.py`)."""
    schedule = layout.schedule
    return schedule.world_size if schedule.deepep else schedule.ep_size


def _redundant(layout: Asked) -> bool:
    return layout.spec.architecture not in ONE_EXPERT_EACH


ENGINE: Final = Engine(
    name="sglang",
    version="0.5.23",
    summary="what SGLang allocates on each rank",
    options=OPTIONS,
    rules=(*FORMATS, *PLACEMENT, *STORAGE, *BESIDE, *CACHES, *REFUSALS),
    copies_experts=False,
    registers=REGISTERED,
    expert_ranks=_expert_ranks,
    redundant=_redundant,
)
