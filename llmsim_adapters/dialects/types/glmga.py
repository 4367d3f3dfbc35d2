"""GLM-GA: GLM-4.6V whose pictures may have larger squares as units. Source: transformers `GlmgaConfig`."""

from functools import partial

from llmsim_adapters.dialects.assembly.resizing import GLMGA, resized
from llmsim_adapters.dialects.assembly.tower import one_tower
from llmsim_adapters.dialects.types import glm4v_text

towers = one_tower("glm4v_vision", partial(resized, of=GLMGA))

DIALECT = glm4v_text.DIALECT.like("glmga", text_config="text_config", towers=towers)
