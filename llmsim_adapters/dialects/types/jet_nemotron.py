"""Jet-Nemotron: gated delta nets with generated convolutions of values; full and sliding attention in some layers.

Source: SGLang's `jet_nemotron.py` and its configuration class. What each kind of layer is made of stands in
`efficient_attention_config`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention, mlp
from llmsim_adapters.dialects.assembly.decoder import decoder, layers
from llmsim_adapters.dialects.assembly.linear_attention import delta_rule_chunk
from llmsim_adapters.dialects.types import qwen2
from llmsim_adapters.spec.components import GatedDeltaNet

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import ModelSpec

_LINEAR: Final = "jet"
_FULL: Final = "attn"
_SLIDING: Final = "swa"
_COSTLESS: Final = {
    "dconv_implementation": "how one kernel is executed",
    "mode": "how one kernel is executed",
    "norm_eps": "a small number that norms add",
}


def read(r: Reader) -> ModelSpec:
    kinds = r.words("layer_types", (_LINEAR, _FULL, _SLIDING), layers(r))
    if kinds is None:
        r.missing("layer_types", "which layer has which attention")
        kinds = [_FULL]
    inner = r.nested("efficient_attention_config")
    of: dict[str, Component] = {}
    if _LINEAR in kinds:
        of[_LINEAR] = _jet_block(r, inner)
    if {_FULL, _SLIDING} & {*kinds}:
        of[_FULL] = base = attention(r, bias=True, o_bias=False)
        if _SLIDING in kinds:
            said = None if inner is None else inner.nested(_SLIDING)
            if said is None:
                r.missing("efficient_attention_config", "the window of sliding layers")
            else:
                of[_SLIDING] = replace(base, window=said.size("window_size"))
    for kind in {_LINEAR, _SLIDING}.difference(kinds):
        if inner is not None:
            inner.no_effect((kind,), "no layer is of this kind")
    return decoder(r, [of.get(kind, of[kinds[0]]) for kind in kinds], mlp(r))


def _jet_block(r: Reader, inner: Reader | None) -> GatedDeltaNet:
    said = None if inner is None else inner.nested(_LINEAR)
    if said is None:
        r.missing("efficient_attention_config", "the heads of layers with linear attention")
        said = r
    said.no_effect(tuple(_COSTLESS), "how a kernel is executed, or a small number that norms add")
    heads = r.derive("linear_num_key_heads", said.size("num_heads"))
    key_dim = r.derive("linear_key_head_dim", said.size("head_dim"))
    share = said.number("expand_v", least=0) or 1
    value_dim = r.derive("linear_value_head_dim", int(key_dim * share))
    rank = heads * value_dim // said.size("dconv_generator_reduction")
    said.check(
        "dconv_generator_reduction", rank > 0, lambda: f"is more than the {int(heads * value_dim)} channels of values"
    )
    return GatedDeltaNet(
        hidden_size=r.size("hidden_size"),
        num_key_heads=heads,
        num_value_heads=heads,
        key_head_dim=key_dim,
        value_head_dim=value_dim,
        conv_kernel=r.derive("linear_conv_kernel_dim", said.size("conv_size")),
        chunk_size=delta_rule_chunk(r),
        kernel_rank=rank,
    )


DIALECT = qwen2.DIALECT.like(
    "jet_nemotron",
    read=read,
    costless=dict.fromkeys(("max_window_layers", "use_mrope"), "the class does not know the key"),
)
