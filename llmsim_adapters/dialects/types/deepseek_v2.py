"""DeepSeek-V2: latent attention; experts after the first dense layers. Source: transformers `DeepseekV2Config`.

The smallest DeepSeek-VL2 says by `use_mla` that it has ordinary attention, which makes it DeepSeek's first mixture.
Source: its published config and SGLang's `deepseek_vl2.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.patterns import dense_first
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.types import deepseek

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


LATENT = ("kv_lora_rank", "q_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")


def read(r: Reader) -> ModelSpec:
    if not r.flag("use_mla"):
        return without_latents(r)
    bias = r.flag("mlp_bias")
    attention = latent_attention(r, bias=r.flag("attention_bias"))
    experts = mixture_of_experts(r, shared_bias=bias)
    return decoder(r, attention, dense_first(r, lambda: mlp(r, bias=bias), experts))


def without_latents(r: Reader) -> ModelSpec:
    """Read the model as DeepSeek's first mixture, whatever it says of latents."""
    r.no_effect(LATENT, "of latent attention, which use_mla says there is none of")
    return deepseek.read(r)


DIALECT = Dialect(
    "deepseek_v2",
    read,
    defaults={
        "vocab_size": 102400,
        "hidden_size": 4096,
        "intermediate_size": 11008,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": None,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": False,
        "use_mla": True,
        "q_lora_rank": 1536,
        "kv_lora_rank": 512,
        "qk_nope_head_dim": 128,
        "qk_rope_head_dim": 64,
        "v_head_dim": 128,
        "num_experts": 64,
        "num_experts_per_tok": None,
        "num_shared_experts": 2,
        "moe_intermediate_size": 1407,
        "first_k_dense_replace": 0,
        "moe_layer_freq": 1,
    },
)
