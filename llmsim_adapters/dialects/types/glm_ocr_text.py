"""The text model of GLM-OCR: GLM-4's, and a prediction module of one layer. Source: transformers `GlmOcrTextConfig`.

SGLang's classes have biases of queries, keys and values unless `attention_bias` is false, transformers' has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.layouts import sandwich_norm
from llmsim_adapters.dialects.types import glm4

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    mixer = attention(r, bias=r.flag("attention_bias"), o_bias=False, rotary_fraction=0.5)
    network = mlp(r)
    mtp = next_token_stack(r, prediction_modules(r), mixer, network, layout=sandwich_norm)
    return decoder(r, mixer, network, layout=sandwich_norm, mtp=mtp)


DIALECT = glm4.DIALECT.like(
    "glm_ocr_text",
    read=read,
    disputed={"attention_bias": "SGLang's class has biases of queries, keys and values, transformers' has none"},
    vocab_size=59392,
    hidden_size=1024,
    intermediate_size=4096,
    num_hidden_layers=16,
    num_attention_heads=16,
    num_key_value_heads=8,
    head_dim=None,
    num_nextn_predict_layers=0,
)
