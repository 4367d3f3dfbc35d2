"""GLM-4.6V: GLM-4.1V with pictures of more pixels. Source: transformers `Glm46VConfig`."""

from __future__ import annotations

from llmsim_adapters.dialects.types import glm4v, glm4v_text

DIALECT = glm4v_text.DIALECT.like("glm46v", text_config="text_config", towers=glm4v.towers)
