"""HyperCLOVA X: Granite with norms after the mixers too. Source: transformers `HyperCLOVAXConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import pre_norm, sandwich_norm
from llmsim_adapters.dialects.types import granite

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    layout = sandwich_norm if r.flag("use_post_norm") else pre_norm
    mixer, feed_forward = attention(r, bias=r.flag("attention_bias")), mlp(r, bias=r.flag("mlp_bias"))
    return decoder(r, mixer, feed_forward, layout=layout)


DIALECT = granite.DIALECT.like("hyperclovax", read=read, use_post_norm=True)
