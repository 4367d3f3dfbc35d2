"""GLM-4.5V with GLM-4.1V's picture encoder. Source: transformers `Glm4vMoeConfig`."""

from llmsim_adapters.dialects.types import glm4v, glm4v_moe_text

DIALECT = glm4v_moe_text.DIALECT.like("glm4v_moe", text_config="text_config", towers=glm4v.towers, ties="either")
