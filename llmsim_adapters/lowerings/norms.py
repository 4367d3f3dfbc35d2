"""The lowering of normalisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llmsim_adapters.lowerings.site import Site
    from llmsim_adapters.spec.components import BatchNorm, Norm, Scale


def lower_norm(norm: Norm, site: Site) -> None:
    site.norm("weight", norm)


def lower_batch_norm(norm: BatchNorm, site: Site) -> None:
    """Only encoders that no step of text runs have one: what is stored."""
    for name in ("weight", "bias"):
        site.weight(name, (norm.size,), "replicated")
    for name in ("mean", "variance"):
        site.weight(name, (norm.size,), "replicated", "buffer")
    site.weight("batches", (), "replicated", "buffer", dtype="int64")


def lower_scale(scale: Scale, site: Site) -> None:
    """Elementwise: what is stored is all that it costs."""
    for name in ("weight", "shift") if scale.shifted else ("weight",):
        site.weight(name, (scale.size,), "replicated", "parameter" if scale.trained else "buffer")
