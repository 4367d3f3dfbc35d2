"""EAGLE-3 drafts with latent attention (`Eagle3DeepseekV2ForCausalLM`): DeepSeek-V3's dense layer, as `llama_eagle3`.

Source: SGLang's `kimi_k25_eagle3.py`. Such configs say that they are a `deepseek_v3`, whose experts the layer lacks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import latent_attention, mlp
from llmsim_adapters.dialects.assembly.patterns import experts_where
from llmsim_adapters.dialects.types import deepseek_v3, llama_eagle3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    ignored = ("first_k_dense_replace", "moe_layer_freq", "num_nextn_predict_layers")
    r.no_effect(ignored, "the draft is one dense layer")
    experts_where(r, [False], lambda: mlp(r), lambda: mlp(r))  # sets the experts' keys aside
    mixer = latent_attention(r, bias=r.flag("attention_bias"))
    return llama_eagle3.drafting(r, replace(mixer, input_size=2 * r.size("hidden_size")), mlp(r))


DIALECT = deepseek_v3.DIALECT.like(
    "deepseek_eagle3",
    read=read,
    **llama_eagle3.DEFAULTS,
    causal_lm=("Eagle3DeepseekV2ForCausalLM",),
)
