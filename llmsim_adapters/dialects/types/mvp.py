"""MVP: BART's parts; the prompts before each layer's keys are not modelled. Source: transformers `MvpConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.decoder_alone import is_alone
from llmsim_adapters.dialects.types import bart

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    if is_alone(r):
        r.no_effect(("use_prompt",), "prompts, which a decoder by itself does not have")
    elif r.flag("use_prompt"):
        r.not_modelled("prompts")
    r.no_effect(("prompt_length", "prompt_mid_dim"), "of prompts, which are not there or not modelled")
    return bart.read(r)


DIALECT = bart.DIALECT.like("mvp", read=read, vocab_size=50267, use_prompt=False)
