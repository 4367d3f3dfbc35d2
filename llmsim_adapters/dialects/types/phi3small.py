"""Phi-3-small: layer norms, biases, a clipped gated GELU; every other layer attends to blocks of tokens by strides.

Source: the published config of microsoft/Phi-3-small-8k-instruct and SGLang's `phi3_small.py`; `llama` of equal
dimensions with layer norms and biases is the proof of weights and products, the mask that vLLM made for this model that
of the pairs of tokens (`blocksparse_attention/utils.py` of its releases that had it).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm, layers
from llmsim_adapters.dialects.types import xverse
from llmsim_adapters.spec.components.sparse_attention import StridedBlocks
from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec

_SCALES = "a factor: elementwise"


def read(r: Reader) -> ModelSpec:
    r.only("attention_bias", False)  # published configs say it; the code has biases whatever it says
    if r.has("intermediate_size"):
        r.no_effect(("ff_dim_multiplier",), "ff_intermediate_size says it")
    width = r.size_or("intermediate_size", lambda: r.size("ff_dim_multiplier") * r.size("hidden_size"))
    return decoder(r, _mixers(r), mlp(r, width=width, bias=True), norm=layer_norm(r))


def _mixers(r: Reader) -> list[Attention]:
    """Each `dense_attention_every_n_layers`-th layer attends to all tokens, without it none."""
    dense = attention(r, bias=True)
    every, strides = r.count("dense_attention_every_n_layers"), _strides(r, dense.num_attention_heads)
    sparse = replace(dense, strides=strides)
    return [dense if every and (i + 1) % every == 0 else sparse for i in range(layers(r))]


def _strides(r: Reader, heads: int) -> StridedBlocks:
    """Head h sees the blocks of which (number + h · step + 1) is a multiple of the stride, `step` being at least 1.

    Heads that divide the stride, or are a multiple of it, see each block equally often.
    """
    size, local = r.size("blocksparse_block_size"), r.size("blocksparse_num_local_blocks")
    stride = r.size("blocksparse_vert_stride")
    if r.flag("blocksparse_homo_head_pattern"):
        return StridedBlocks(size=size, local=local, stride=stride)
    if heads % stride and stride % heads:
        r.not_modelled("uneven_strides")
    turns = minimum(heads, stride)
    return StridedBlocks(size=size, local=local, stride=stride // turns, turns=turns)


DIALECT = xverse.DIALECT.like(
    "phi3small",
    read=read,
    aliases={"ff_intermediate_size": "intermediate_size"},
    costless={
        **dict.fromkeys(("attention_dropout_prob", "embedding_dropout_prob", "ffn_dropout_prob"), "training only"),
        **dict.fromkeys(
            ("mup_attn_multiplier", "mup_embedding_multiplier", "mup_use_scaling", "mup_width_multiplier"), _SCALES
        ),
        "gegelu_limit": "bounds of the activation: elementwise",
        "blocksparse_triton_kernel_block_size": "how one kernel is executed",
        "gegelu_pad_to_256": "how one kernel is executed",
        "pad_sequence_to_multiple_of_64": "how one kernel is executed",
        "rope_embedding_base": "rotation angles of rotary embeddings: tables that are computed, elementwise",
        "rope_position_scale": "rotation angles of rotary embeddings: tables that are computed, elementwise",
    },
    intermediate_size=None,
    ff_dim_multiplier=None,
    attention_bias=False,
    blocksparse_block_size=64,
    blocksparse_homo_head_pattern=False,
    blocksparse_num_local_blocks=16,
    blocksparse_vert_stride=8,
    dense_attention_every_n_layers=2,
    tie_word_embeddings=True,
)
