"""What SGLang keeps of a sequence, and in which pools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.engines.rules import Beside, Keep, Note
from llmsim_adapters.engines.sglang.architectures import DSA, REGISTERED, WINDOWED_POOL
from llmsim_adapters.spec.components import Attention
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.engines.rules import Asked, Shelf
    from llmsim_adapters.spec.components import Indexer

_STATES: Final = "configs/mamba_utils.py, mamba2_state_dtype"

_QUANT_BLOCK: Final = 128


def _has_windows(layout: Asked) -> bool:
    for stack in layout.spec.stacks:
        for block in stack.blocks:
            for sublayer in block.sublayers:
                for mixer in sublayer.mixers:
                    if isinstance(mixer, Attention) and mixer.window is not None:
                        return True
    return False


def _indexer_scales(indexer: Indexer, shelf: Shelf) -> None:
    scales = ceil_div(indexer.head_dim, shelf.constant(_QUANT_BLOCK, "quant_block_size"))
    shelf.keep("indexer", scales, "replicated", "float32")


CACHES: Final = (
    Keep(
        name="windows in a pool of their own",
        source="configs/model_config.py, is_hybrid_swa_model",
        caches=("attention.key_value", "latent_attention.latent"),
        architectures=WINDOWED_POOL,
        windowed=True,
    ),
    Note(
        name="windows among the rest",
        source="configs/model_config.py, is_hybrid_swa_model",
        architectures=REGISTERED - WINDOWED_POOL,
        when=_has_windows,
        note="layers with a window keep the keys and values of all tokens: SGLang has no pool for them here",
    ),
    Keep(
        name="the indexer's keys in 8 bits",
        source="mem_cache/memory_pool.py, DSATokenToKVPool: quant_block_size",
        caches=("indexer.indexer",),
        architectures=DSA,
        dtype="float8_e4m3fn",
        note="the indexer's keys are kept in 8 bits, with a float32 scale for each 128 numbers",
    ),
    Beside(
        name="scales of the indexer's keys",
        source="mem_cache/memory_pool.py, DSATokenToKVPool: quant_block_size",
        kind="indexer",
        put=_indexer_scales,
        architectures=DSA,
    ),
    Keep(
        name="16-bit states of convolutions",
        source=f"{_STATES}: conv; Mamba2StateShape, conv_kernel - 1",
        caches=(
            "gated_delta_net.convolution",
            "kimi_delta_attention.convolution",
            "mamba2.convolution",
            "short_convolution.convolution",
        ),
        dtype="bfloat16",
        less=1,
    ),
    Keep(
        name="float32 states",
        source=f"{_STATES}: temporal",
        caches=("mamba2.state", "lightning_attention.state"),
        dtype="float32",
        note="recurrent states are kept in float32",
    ),
)
