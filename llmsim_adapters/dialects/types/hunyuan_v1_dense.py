"""Hunyuan dense: normalised query and key heads. Source: transformers `HunYuanDenseV1Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder
from llmsim_adapters.dialects.types import llama

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def read(r: Reader) -> ModelSpec:
    r.size("head_dim")  # has to be given: the class neither has a default nor derives it
    for name, value in (("qk_norm", True), ("mlp_bias", False), ("use_cla", False), ("add_classification_head", False)):
        r.only(name, value)  # published configs say it; the class knows nothing else
    r.no_effect(("cla_share_factor",), "use_cla is false")
    return decoder(r, attention(r, bias=r.flag("attention_bias"), qk_norm=True), mlp(r))


_COSTLESS: Final = {
    **dict.fromkeys(("class_num", "dense_list", "pool_type"), "of a classification head, which is not there"),
    **dict.fromkeys(
        ("im_start_id", "im_end_id", "im_newline_id", "mask_init_id", "text_start_id", "text_end_id", "pad_id"),
        "token ids",
    ),
    "norm_type": "the class has root-mean-square norms in any case",
    "org_vocab_size": "of the tokenizer: the tables have vocab_size rows",
}

DIALECT = llama.DIALECT.like(
    "hunyuan_v1_dense",
    read=read,
    costless=_COSTLESS,
    classes=("HunYuanDenseV1ForCausalLM",),
    vocab_size=290943,
    qk_norm=True,
)
