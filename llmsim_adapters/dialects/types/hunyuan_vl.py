"""HunYuan-VL: Hunyuan dense with its picture encoder. Source: transformers `HunYuanVLConfig`."""

from functools import partial

from llmsim_adapters.dialects.assembly.resizing import broken
from llmsim_adapters.dialects.assembly.tower import one_tower
from llmsim_adapters.dialects.types import hunyuan_vl_text

towers = one_tower("hunyuan_vl_vision", partial(broken, ends=2, text=2))

DIALECT = hunyuan_vl_text.DIALECT.like("hunyuan_vl", text_config="text_config", towers=towers)
