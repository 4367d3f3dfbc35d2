"""The arguments of SGLang's server that bear on what a rank holds and that no field of a schedule says."""

from __future__ import annotations

from typing import Final

from llmsim_adapters.engines.engine import EngineOption

OPTIONS: Final = (
    EngineOption(
        name="enable_dp_lm_head",
        default=False,
        meaning="each data-parallel group has the head, and the embedding, by itself",
    ),
    EngineOption(
        name="disable_shared_experts_fusion",
        default=False,
        meaning="shared experts are a network of their own, and no further routed experts",
    ),
    EngineOption(
        name="quantization",
        default="",
        meaning="the method of the checkpoint's quantization; another one than the checkpoint's is refused",
    ),
    EngineOption(
        name="page_size",
        default=1,
        least=1,
        meaning="the tokens of a page of the caches, to which what is reserved is rounded up",
    ),
)
