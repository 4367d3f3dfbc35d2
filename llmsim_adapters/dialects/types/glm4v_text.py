"""The text model of GLM-4.1V: GLM-4 with biased queries, keys and values. Source: transformers `Glm4vTextConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import glm4

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if not r.flag("attention_bias"):
        r.not_modelled("attention_bias_false")  # the class has biases whatever the key says
    return glm4.read(r)


DIALECT = glm4.DIALECT.like("glm4v_text", read=read, attention_bias=True, head_dim=None)
