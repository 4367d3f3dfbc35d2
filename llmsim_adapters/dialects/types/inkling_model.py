"""Inkling's language model under its publisher's type, by keys of its own. Source: SGLang's `InklingModelConfig`.

It can do without what transformers' class always has, as convolutions: such a model is another, and not read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.types import inkling_text
from llmsim_adapters.spec.components import MixtureOfExperts

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec

_ALWAYS: Final = ("use_sconv", "use_embed_norm", "use_global_scale", "use_gate_bias")
_OF_MODULES: Final = (
    *("mtp_local_extent", "mtp_swa_num_attention_heads", "mtp_swa_num_key_value_heads", "mtp_swa_head_dim"),
)


def read(r: Reader) -> ModelSpec:
    for name in _ALWAYS:
        r.only(name, True)
    for name in ("q_bias", "o_bias"):
        r.only(name, False)
    for name, of in (("v_head_dim", "head_dim"), ("swa_v_head_dim", "swa_head_dim")):
        r.agree(name, r.size(of), f"{of}: values are as wide as keys")
    r.agree("shared_experts_size", 1, "a shared expert is as wide as one of the others")
    if r.has("padded_vocab_size"):
        r.no_effect(("vocab_size",), "padded_vocab_size says how many rows the tables have")
        r.stand_in("vocab_size", "padded_vocab_size")
    if r.indices("mtp_local_layer_ids"):
        r.not_modelled("prediction_modules_of_another_window")
    r.no_effect(_OF_MODULES, "no prediction module slides")
    spec = inkling_text.read(r)
    if r.flag("shared_expert_sink"):
        return spec
    return spec.transform(MixtureOfExperts, lambda experts: replace(experts, scored_shared_experts=0))


DIALECT = inkling_text.DIALECT.like(
    "inkling_model",
    read=read,
    costless={
        "enable_lm_head_output_fp32": "the number format of a product that is counted in elements",
        "gate_activation": "how experts are weighted",
        "inference_moe_w13_interleaved": "in which order rows of a matrix are stored",
        "norm_after_topk": "how experts are weighted",
    },
    use_sconv=False,
    use_embed_norm=False,
    use_global_scale=False,
    use_gate_bias=False,
    q_bias=False,
    o_bias=False,
    num_nextn_predict_layers=8,
    shared_expert_sink=False,
)
