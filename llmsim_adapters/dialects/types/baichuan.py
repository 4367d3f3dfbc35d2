"""Baichuan and Baichuan 2 under their remote code's type: the 13B models have ALiBi in place of rotary positions.

Source: the published config of baichuan-inc/Baichuan2-7B-Base and SGLang's `baichuan.py`, which tells the two by the
hidden size; `llama` of equal dimensions is the proof. The normalised head (NormHead) costs nothing: its weights are
normalised once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import xverse

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_ROTARY = 4096


def read(r: Reader) -> ModelSpec:
    mixer = attention(r)
    if mixer.hidden_size != _ROTARY:
        mixer = replace(mixer, rotary_fraction=0.0)
    return decoder(r, mixer, mlp(r))


DIALECT = xverse.DIALECT.like(
    "baichuan",
    read=read,
    costless={"z_loss_weight": "training only", "_from_model_config": "names the software, no architecture"},
)
