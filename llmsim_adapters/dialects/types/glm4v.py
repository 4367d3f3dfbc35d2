"""GLM-4.1V in published configs, which have the text model's keys beside `vision_config`. Source: `Glm4vConfig`."""

from llmsim_adapters.dialects.types import glm4v_text

DIALECT = glm4v_text.DIALECT.like("glm4v")
