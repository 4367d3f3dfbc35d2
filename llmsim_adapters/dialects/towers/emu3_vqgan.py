"""Emu3's net that makes codes of pictures, each of which it sees as so many frames. Source: `Emu3VQVAEConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.vq import Net, encoder, read_net
from llmsim_adapters.dialects.reading.dialect import Dialect

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def net(r: Reader) -> Net:
    """Read the net; attention stands at the levels that `attn_resolutions` numbers."""
    found = read_net(r)
    levels = frozenset(r.integers("attn_resolutions", least=0) or ())
    heads, width = r.size("num_attention_heads"), found.widths[-1]
    attended = {found.widths[level] for level in levels if level < len(found.widths)} | {width}
    r.check("hidden_size", attended == {r.size("hidden_size")}, _WIDTHS)
    r.check("num_attention_heads", width % heads == 0, lambda: f"does not divide {int(width)} channels")
    frames = r.size("temporal_downsample_factor")
    return found._replace(
        attends=levels,
        heads=heads,
        conditioned=r.size("embed_dim"),
        made=r.size("out_channels"),
        frames=2 ** (int(frames).bit_length() - 1),
    )


_WIDTHS = "expected the channels of the levels with attention"


def read(r: Reader) -> ModelSpec:
    r.only("double_latent", False)
    return encoder(r, net(r), r.size("codebook_size"), r.size("embed_dim"))


DIALECT = Dialect(
    "emu3_vqgan",
    read,
    {
        "codebook_size": 32768,
        "embed_dim": 4,
        "latent_channels": 4,
        "double_latent": False,
        "in_channels": 3,
        "out_channels": 3,
        "temporal_downsample_factor": 4,
        "base_channels": 256,
        "channel_multiplier": [1, 2, 2, 4],
        "num_res_blocks": 2,
        "attn_resolutions": [3],
        "hidden_size": 1024,
        "num_attention_heads": 1,
    },
)
