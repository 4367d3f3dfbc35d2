"""The text model of Qwen3-VL's mixtures: Qwen3-MoE without windows. Source: transformers `Qwen3VLMoeTextConfig`.

Rotary embeddings by trained Fourier coefficients (Intern-S1 Pro, arXiv:2412.17739) are a gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.patterns import sparse_step
from llmsim_adapters.dialects.types import qwen3_vl_text
from llmsim_adapters.dialects.types.qwen3 import normed_attention

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


_FOURIER: Final = ("fope_init_factor", "fope_sep_head", "num_inv_freq")


def read(r: Reader) -> ModelSpec:
    rope = r.raw.get("rope_scaling")
    if rope.__class__ is dict and any(rope.get(key) is not None for key in _FOURIER):
        r.not_modelled("fourier_rotary_embedding")
    return decoder(r, normed_attention(r), sparse_step(r, mlp, mixture_of_experts))


DIALECT = qwen3_vl_text.DIALECT.like(
    "qwen3_vl_moe_text",
    read=read,
    costless={"router_n_groups": "how Intern-S1 Pro chooses experts: as many in each group"},
    hidden_size=2048,
    intermediate_size=5632,
    num_hidden_layers=24,
    num_attention_heads=16,
    num_key_value_heads=16,
    head_dim=None,
    moe_intermediate_size=1408,
    num_experts=60,
    num_experts_per_tok=4,
    decoder_sparse_step=1,
    mlp_only_layers=None,
    tie_word_embeddings=True,
)
