"""Chameleon: Llama with norms of each head's own, whose tokens are words and codes of pictures.

Source: transformers `ChameleonConfig`; the net that makes codes has a projection back, which nothing runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.codes import cropped
from llmsim_adapters.dialects.assembly.components import attention, computed_head_dim, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.assembly.layouts import post_norm, pre_norm
from llmsim_adapters.dialects.assembly.options import with_norms_of_heads
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.towers import chameleon_vqgan
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Convolution
from llmsim_adapters.spec.media.media import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec, Stack


def read(r: Reader) -> ModelSpec:
    computed_head_dim(r)
    mixer = with_norms_of_heads(attention(r, bias=r.flag("attention_bias")), bias=True)
    return decoder(r, mixer, mlp(r, bias=r.flag("mlp_bias")), layout=post_norm if r.flag("swin_norm") else pre_norm)


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vq = tower(whole, "vq_config", "chameleon_vqgan", fixed=True)
    if vq is not None:
        net, side = chameleon_vqgan.net(vq.r), int(vq.r.size("resolution"))
        back = Convolution(input_channels=vq.r.size("embed_dim"), output_channels=net.latent, kernel=(1, 1), bias=True)
        media = cropped(whole, net, side, "ChameleonImageProcessor")
        yield vq.running(media).then(back, rows=(NEVER,))


DIALECT = llama.DIALECT.like(
    "chameleon",
    read=read,
    towers=towers,
    costless={
        "model_parallel_size": "how many ranks its weights were trained on",
        "vocabulary_map": "which tokens codes are: no weights",
    },
    vocab_size=65536,
    num_key_value_heads=32,
    swin_norm=False,
)
