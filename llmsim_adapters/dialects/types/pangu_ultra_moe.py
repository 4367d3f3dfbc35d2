"""openPangu Ultra MoE: DeepSeek-V3 with norms before and after each mixer.

Source: vLLM 0.33's `openpangu.py`, and `OpenPanguMoEConfig`, whose names the first checkpoints have; `deepseek_v3` of
equal dimensions, with the further norms, is the proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention, mixture_of_experts, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.layouts import pre_norm, sandwich_norm
from llmsim_adapters.dialects.assembly.patterns import dense_first
from llmsim_adapters.dialects.types import deepseek_v3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return attending_by(r, latent_attention(r))


def attending_by(r: Reader, mixer: Component) -> ModelSpec:
    """Read the model with such attention in each layer."""
    corrected = r.flag("router_enable_expert_bias")
    experts = mixture_of_experts(r, score_correction_bias="buffer" if corrected else None)
    layout = sandwich_norm if r.flag("sandwich_norm") else pre_norm
    mtp = next_token_stack(r, prediction_modules(r), mixer, experts, layout=layout)
    bias = r.flag("mlp_bias")
    networks = dense_first(r, lambda: mlp(r, bias=bias), experts, elsewhere=mtp is not None)
    return decoder(r, mixer, networks, layout=layout, mtp=mtp)


DIALECT = deepseek_v3.DIALECT.like(
    "pangu_ultra_moe",
    read=read,
    aliases={
        "attention_kv_lora_dim": "kv_lora_rank",
        "attention_q_lora_dim": "q_lora_rank",
        "attention_qk_dim": "qk_nope_head_dim",
        "attention_qk_rope_dim": "qk_rope_head_dim",
        "attention_v_dim": "v_head_dim",
        "num_dense_layers": "first_k_dense_replace",
        "num_mtp_layers": "num_nextn_predict_layers",
    },
    classes=("PanguUltraMoEForCausalLM",),
    vocab_size=153600,
    hidden_size=7680,
    sandwich_norm=False,
    router_enable_expert_bias=False,
)
