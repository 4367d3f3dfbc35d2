"""The text model of DeepSeek-OCR, whose config has no type of its own: DeepSeekMoE with ordinary attention.

Source: the published config of deepseek-ai/DeepSeek-OCR-2 and SGLang's `deepseek_ocr.py`; `glm4_moe` of equal
dimensions is the proof. DeepSeek-VL2's text model says that it is a `deepseek_v2`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.types import deepseek

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_LATENT = ("kv_lora_rank", "q_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")


def read(r: Reader) -> ModelSpec:
    r.only("use_mla", False)
    r.only("lm_head", True)
    r.only("rm_head", False)
    r.no_effect(_LATENT, "of latent attention, which use_mla says there is none of")
    return deepseek.read(r)


DIALECT = deepseek.DIALECT.like("deepseek_vl_v2", read=read, use_mla=False, lm_head=True, rm_head=False)
