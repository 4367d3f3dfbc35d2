"""Chameleon's net that makes codes of pictures. Source: transformers `ChameleonVQVAEConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.vq import Net, encoder, levels_of, read_net
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def net(r: Reader) -> Net:
    """Read the net, which has attention in the middle and where it says, where its type is the one there is."""
    found = read_net(r)
    attends = r.text("attn_type") == "vanilla"
    return found._replace(attends=levels_of(r, found) if attends else frozenset(), middle=attends)


def read(r: Reader) -> ModelSpec:
    r.only("double_latent", False)
    return encoder(r, net(r), r.size("num_embeddings"), r.size("embed_dim"))


DIALECT = Dialect(
    "chameleon_vqgan",
    read,
    {
        "embed_dim": 256,
        "num_embeddings": 8192,
        "double_latent": False,
        "latent_channels": 256,
        "resolution": 512,
        "in_channels": 3,
        "base_channels": 128,
        "channel_multiplier": [1, 1, 2, 2, 4],
        "num_res_blocks": 2,
        "attn_resolutions": None,
        "attn_type": "vanilla",
    },
)
