"""SGLang: its options and its rules together."""

from __future__ import annotations

from typing import Final

from llmsim_adapters.engines.engine import Engine
from llmsim_adapters.engines.sglang.architectures import ONE_EXPERT_EACH, REGISTERED
from llmsim_adapters.engines.sglang.beside import BESIDE
from llmsim_adapters.engines.sglang.caches import CACHES
from llmsim_adapters.engines.sglang.declared import read, takes_for
from llmsim_adapters.engines.sglang.formats import FORMATS, reads_cache
from llmsim_adapters.engines.sglang.heads import HEADS
from llmsim_adapters.engines.sglang.methods import METHODS
from llmsim_adapters.engines.sglang.options import OPTIONS
from llmsim_adapters.engines.sglang.placement import PLACEMENT
from llmsim_adapters.engines.sglang.refusals import REFUSALS
from llmsim_adapters.engines.sglang.storage import STORAGE
from llmsim_adapters.engines.sglang.towers import TOWERS

ENGINE: Final = Engine(
    name="sglang",
    version="0.5.23",
    summary="what SGLang allocates on each rank",
    options=OPTIONS,
    rules=(*FORMATS, *HEADS, *TOWERS, *PLACEMENT, *STORAGE, *BESIDE, *CACHES, *METHODS, *REFUSALS),
    copies_experts=False,
    registers=REGISTERED,
    spreads_experts=lambda layout: layout.schedule.deepep,  # server_args.py, --moe-a2a-backend
    reads_quantization=read,
    takes_for=takes_for,
    reads_cache=reads_cache,
    redundant=lambda layout: layout.spec.architecture not in ONE_EXPERT_EACH,
)
