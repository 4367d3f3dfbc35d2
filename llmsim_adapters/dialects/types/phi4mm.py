"""Phi-4-multimodal as its remote code has it: Phi-4-mini, with low-rank adapters for pictures and for sound.

Source: the published config of microsoft/Phi-4-multimodal-instruct and SGLang's `phi4mm.py`, which builds no adapters;
`phi3` of equal dimensions is the proof of the language model. Encoders have their sizes in code, and are gaps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import phi3

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.only("lm_head_bias", False)
    r.only("mlp_bias", False)
    if "embd_layer" in r.raw:  # how features of pictures become embeddings, of an encoder that no key describes
        r.not_modelled("vision_tower")
    if "audio_processor" in r.raw:
        r.not_modelled("audio_tower")
    if r.has("vision_lora") or r.has("speech_lora"):
        r.not_modelled("low_rank_adapters")
    return phi3.read(r)


DIALECT = replace(
    phi3.DIALECT.like(
        "phi4mm",
        read=read,
        costless={
            "audio_processor": "sizes of the encoder of sound, which is a gap",
            **dict.fromkeys(("full_attn_mod", "interpolate_factor"), "training only: no class reads it"),
            **dict.fromkeys(("speech_lora", "vision_lora"), "sizes of adapters, which are a gap"),
        },
        lm_head_bias=False,
        mlp_bias=False,
        vocab_size=200064,
        num_key_value_heads=8,
    ),
    classes=("Phi4MMForCausalLM",),
)
