"""MiMo under its remote code's type: Qwen2 with heads of a size of their own and a prediction module.

Source: the published config of XiaomiMiMo/MiMo-7B and SGLang's `mimo.py` and `mimo_mtp.py`, whose module has the parts
of DeepSeek-V3's; `qwen2` of equal dimensions is the proof of the main model, the published total that of the module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.patterns import qwen_windows
from llmsim_adapters.dialects.types import qwen2

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("attention_bias", True)  # published configs say it; the code, Qwen2's, does not read it
    mixer, feed_forward = attention(r, bias=True, o_bias=False), mlp(r)
    mtp = next_token_stack(r, prediction_modules(r), mixer, feed_forward)
    return decoder(r, qwen_windows(r, mixer), feed_forward, mtp=mtp)


DIALECT = qwen2.DIALECT.like("mimo", read=read, attention_bias=True)
