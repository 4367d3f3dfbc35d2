"""Phi-3-small: layer norms, biases, a clipped gated GELU; every other layer attends to blocks of tokens.

Source: the published config of microsoft/Phi-3-small-8k-instruct and SGLang's `phi3_small.py`; `llama` of equal
dimensions with layer norms and biases is the proof. All products are counted in full; what block-sparse attention
leaves out of them is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.types import xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_SPARSITY = (
    "blocksparse_block_size",
    "blocksparse_homo_head_pattern",
    "blocksparse_num_local_blocks",
    "blocksparse_triton_kernel_block_size",
    "blocksparse_vert_stride",
)
_SCALES = "a factor: elementwise"


def read(r: Reader) -> ModelSpec:
    if r.size("dense_attention_every_n_layers") > 1:
        r.not_modelled("local_and_strided_attention")
    r.only("attention_bias", False)  # published configs say it; the code has biases whatever it says
    if r.has("intermediate_size"):
        r.no_effect(("ff_dim_multiplier",), "ff_intermediate_size says it")
    width = r.size_or("intermediate_size", lambda: r.size("ff_dim_multiplier") * r.size("hidden_size"))
    return decoder(r, attention(r, bias=True), mlp(r, width=width, bias=True), norm=layer_norm(r))


DIALECT = xverse.DIALECT.like(
    "phi3small",
    read=read,
    aliases={"ff_intermediate_size": "intermediate_size"},
    costless={
        **dict.fromkeys(_SPARSITY, "which tokens are left out, where dense_attention_every_n_layers has any left out"),
        **dict.fromkeys(("attention_dropout_prob", "embedding_dropout_prob", "ffn_dropout_prob"), "training only"),
        **dict.fromkeys(
            ("mup_attn_multiplier", "mup_embedding_multiplier", "mup_use_scaling", "mup_width_multiplier"), _SCALES
        ),
        "gegelu_limit": "bounds of the activation: elementwise",
        "gegelu_pad_to_256": "how one kernel is executed",
        "pad_sequence_to_multiple_of_64": "how one kernel is executed",
        "rope_embedding_base": "rotation angles of rotary embeddings: tables that are computed, elementwise",
        "rope_position_scale": "rotation angles of rotary embeddings: tables that are computed, elementwise",
    },
    intermediate_size=None,
    ff_dim_multiplier=None,
    attention_bias=False,
    dense_attention_every_n_layers=2,
    tie_word_embeddings=True,
)
