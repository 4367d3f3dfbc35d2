"""Apertus 1.5's net that makes codes of pictures: Chameleon's. Source: `Apertus1p5VisionTokenizerConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.vq import Net, encoder, levels_of, read_net
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def net(r: Reader) -> Net:
    found = read_net(r)
    return found._replace(attends=levels_of(r, found))


def read(r: Reader) -> ModelSpec:
    return encoder(r, net(r), r.size("codebook_size"), r.size("embed_dim"))


DIALECT = Dialect(
    "apertus1p5_vision_tokenizer",
    read,
    {
        "codebook_size": 131072,
        "embed_dim": 256,
        "latent_channels": 256,
        "in_channels": 3,
        "base_channels": 256,
        "channel_multiplier": [1, 1, 2, 2, 4],
        "num_res_blocks": 4,
        "attn_resolutions": [16],
        "resolution": 256,
    },
    costless={"spatial_scale_factor": "follows from the levels"},
)
