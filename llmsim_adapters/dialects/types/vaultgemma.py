"""VaultGemma: Gemma 2 without the norms after the mixers. Source: transformers `VaultGemmaConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.types import gemma2

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    return gemma2.alternating(r, pre_norm)


DIALECT = gemma2.DIALECT.like("vaultgemma", read=read)
