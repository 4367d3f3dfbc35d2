"""Hyper-connections: from a decoder with plain residuals to one with several streams (DeepSeek-V4, Hy 4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import HyperConnection, HyperHead
from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.model import ModelSpec


def hyper_connected(r: Reader, spec: ModelSpec, *, mixes: bool, weighs: bool = True) -> ModelSpec:
    """Return a decoder of `hc_mult` streams, collapsed before the final norm: `weighs` them, else their mean."""
    hidden, streams = r.size("hidden_size"), r.size("hc_mult")
    connection = HyperConnection(hidden_size=hidden, streams=streams, mixes=mixes)
    spec = spec.transform(Sublayer, lambda s: replace(s, residual=connection))
    if not weighs:
        return spec
    (text,) = spec.stacks
    head = HyperHead(hidden_size=hidden, streams=streams)
    return replace(spec, stacks=(replace(text, after=(head, *text.after)),))
