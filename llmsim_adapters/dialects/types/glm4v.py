"""GLM-4.1V with its picture encoder; published configs have the text model's keys beside `vision_config`.

Source: transformers `Glm4vConfig`.
"""

from functools import partial

from llmsim_adapters.dialects.assembly.resizing import GLM4V, resized
from llmsim_adapters.dialects.assembly.tower import one_tower
from llmsim_adapters.dialects.types import glm4v_text

towers = one_tower("glm4v_vision", partial(resized, of=GLM4V))

DIALECT = glm4v_text.DIALECT.like("glm4v", towers=towers, ties="either")
