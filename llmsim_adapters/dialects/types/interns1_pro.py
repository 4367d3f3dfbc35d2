"""Intern-S1 Pro: Qwen3-VL's mixtures, whose experts are chosen in groups. Source: SGLang's `interns1pro.py`.

Rotary embeddings by trained Fourier coefficients (arXiv:2412.17739), where the config asks for them, are a gap.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.types import qwen3_vl_moe, qwen3_vl_moe_text

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_FOURIER: Final = ("fope_init_factor", "fope_sep_head", "num_inv_freq")


def read(r: Reader) -> ModelSpec:
    rope = r.raw.get("rope_scaling")
    if rope.__class__ is dict and any(rope.get(key) is not None for key in _FOURIER):
        r.not_modelled("fourier_rotary_embedding")
    return qwen3_vl_moe_text.read(r)


DIALECT = replace(
    qwen3_vl_moe.DIALECT.like(
        "interns1_pro", read=read, costless={"router_n_groups": "how experts are chosen: as many in each group"}
    ),
    classes=("InternS1ProForConditionalGeneration",),
)
