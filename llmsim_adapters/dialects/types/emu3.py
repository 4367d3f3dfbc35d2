"""Emu3: its language model, and nets that make codes of pictures, which it reads, and pictures of those it writes.

Source: transformers `Emu3Config`. No step of text runs the net that makes pictures: its weights are counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.codes import EMU3, coded
from llmsim_adapters.dialects.assembly.tower import tower
from llmsim_adapters.dialects.assembly.vq import decoder
from llmsim_adapters.dialects.towers import emu3_vqgan
from llmsim_adapters.dialects.types import emu3_text_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterator[Stack]:
    vq = tower(whole, "vq_config", "emu3_vqgan", fixed=True)
    if vq is not None:
        net = emu3_vqgan.net(vq.r)
        yield vq.running(coded(whole, net, EMU3)).stack
        yield decoder("vq_decoder", net, vq.r.size("embed_dim"))


DIALECT = emu3_text_model.DIALECT.like(
    "emu3",
    text_config="text_config",
    towers=towers,
    costless={"vocabulary_map": "which tokens codes are: no weights"},
)
