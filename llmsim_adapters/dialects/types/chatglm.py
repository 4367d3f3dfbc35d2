"""ChatGLM and GLM-4 under their remote code's type: GLM with other keys.

Source: the published configs of THUDM/chatglm3-6b and THUDM/glm-4-9b, and SGLang's `ChatGLMConfig` and `chatglm.py`.
transformers has no class for the type; its `glm` of equal dimensions is the proof. The differences have no cost:
queries, keys and values are one tensor, gate and up another, and rotary pairs are interleaved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layer_norm
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    biases, qkv_bias = r.flag("add_bias_linear"), r.flag("qkv_bias")
    kv_heads = None
    if not r.flag("multi_query_attention"):
        r.no_effect(("num_key_value_heads",), "multi_query_attention is false: every head has its own")
        kv_heads = r.size("num_attention_heads")
    mixer = attention(r, bias=biases or qkv_bias, o_bias=biases, kv_heads=kv_heads, rotary_fraction=0.5)
    return decoder(
        r,
        mixer,
        mlp(r, bias=biases),
        norm=None if r.flag("rmsnorm") else layer_norm(r),
        final_norm=r.flag("post_layer_norm"),
    )


DIALECT = Dialect(
    "chatglm",
    read,
    defaults={
        "vocab_size": 65024,
        "hidden_size": 4096,
        "intermediate_size": 13696,
        "num_hidden_layers": 28,
        "num_attention_heads": 32,
        "num_key_value_heads": 1,
        "head_dim": 128,
        "multi_query_attention": False,
        "qkv_bias": False,
        "add_bias_linear": False,
        "rmsnorm": True,
        "post_layer_norm": True,
        "tie_word_embeddings": False,
    },
    costless={
        "apply_residual_connection_post_layernorm": "on which side of a norm the residual is taken: elementwise",
    },
    causal_lm=("ChatGLMModel", "ChatGLMForConditionalGeneration"),
)
