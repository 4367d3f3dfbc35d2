"""The text model of GLM-4.5V: GLM-4.5's without its prediction module. Source: transformers `Glm4vMoeTextConfig`."""

from llmsim_adapters.dialects.types import glm4_moe

DIALECT = glm4_moe.DIALECT.like("glm4v_moe_text", vocab_size=151424, attention_bias=True, num_nextn_predict_layers=None)
