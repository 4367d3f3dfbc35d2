"""DeepSeek-V2: latent attention; experts after the first dense layers. Source: transformers `DeepseekV2Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.patterns import dense_first
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


_LATENT: Final = ("q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")


def read(r: Reader) -> ModelSpec:
    bias = r.flag("mlp_bias")
    if r.flag("use_mla"):
        mixer: Component = latent_attention(r, bias=r.flag("attention_bias"))
    else:  # remote code, of DeepSeek-VL2's smallest checkpoint
        mixer = attention(r, bias=r.flag("attention_bias"))
        r.no_effect(_LATENT, "there is no latent attention: `use_mla` is false")
    experts = mixture_of_experts(r, shared_bias=bias)
    return decoder(r, mixer, dense_first(r, lambda: mlp(r, bias=bias), experts))


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
        "use_mla": True,
    },
)
