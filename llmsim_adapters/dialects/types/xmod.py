"""X-MOD: RoBERTa with an adapter for each language after the feed-forward network. Source: `XmodConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.dialects.assembly.encoders import encoder, layer_norm_of, masked
from llmsim_adapters.dialects.assembly.layouts import post_norm, pre_norm
from llmsim_adapters.dialects.types import bert
from llmsim_adapters.spec.components import Adapter
from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Component, Norm
    from llmsim_adapters.spec.model import ModelSpec


def _languages(r: Reader) -> int:
    """Read how many languages there are; a model of none has one adapter."""
    return r.derive("num_languages", len(set(r.words("languages") or ())) or 1)


def read(r: Reader) -> ModelSpec:
    before, hidden = r.flag("pre_norm"), r.size("hidden_size")
    adapter = Adapter(
        input_size=hidden,
        rank=r.derive("adapter_size", hidden // r.size("adapter_reduction_factor")),
        output_size=hidden,
        copies=_languages(r),
        bias=True,
    )
    normed = (layer_norm_of(hidden),) if r.flag("adapter_layer_norm") else ()

    def layout(mixer: Component, feed_forward: Component, norm: Norm, /) -> tuple[Sublayer, ...]:
        usual = (pre_norm if before else post_norm)(mixer, feed_forward, norm)
        return (*usual, Sublayer((adapter,), normed))

    return masked(r, encoder(r, layout=layout, final_norm=before))


DIALECT = bert.DIALECT.like(
    "xmod",
    read=read,
    pre_norm=False,
    adapter_reduction_factor=2,
    adapter_layer_norm=False,
    languages=["en_XX"],
    costless={
        "default_language": "which of the adapters is used",
        "adapter_reuse_layer_norm": "a norm whose weights are there anyway: elementwise",
        "ln_before_adapter": "on which side of a norm the residual is taken: elementwise",
    },
)
