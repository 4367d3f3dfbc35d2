"""GLM-GA: GLM-4.6V under another type. Source: transformers `GlmgaConfig`."""

from dataclasses import replace

from llmsim_adapters.dialects.types import glm46v

DIALECT = replace(glm46v.DIALECT.like("glmga"), classes=("Glm46VForConditionalGeneration",))
