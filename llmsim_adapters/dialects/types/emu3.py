"""Emu3: its language model, and a VQ model of pictures whose codes it reads and writes, which no dialect reads yet.

Source: transformers `Emu3Config`; a step of text runs neither half of the VQ model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import emu3_text_model

if TYPE_CHECKING:
    from collections.abc import Iterable

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import Stack


def towers(whole: Reader, _: Reader) -> Iterable[Stack]:
    """The whole has a VQ model, also where the config leaves its sizes to the class."""
    if not whole.architecture.endswith("ForCausalLM"):
        whole.mark("vq_config")
        whole.not_modelled("vq_tower")
    return ()


DIALECT = emu3_text_model.DIALECT.like("emu3", text_config="text_config", towers=towers)
