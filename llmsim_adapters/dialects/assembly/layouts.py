"""Where the norms of a layer stand: from a mixer and a feed-forward network to the sublayers of a block."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from llmsim_adapters.spec.components import MixtureOfExperts, Scale
from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.spec.components import Component, Norm


class Layout(Protocol):
    """Returns the sublayers of a layer."""

    def __call__(self, mixer: Component, feed_forward: Component, norm: Norm, /) -> tuple[Sublayer, ...]: ...


def pre_norm(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
    """A norm before each mixer (Llama)."""
    return Sublayer((mixer,), (norm,)), Sublayer((feed_forward,), (norm,))


def layer_scaled(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
    """A norm before each mixer, and trained factors of what it adds (CaiT, arXiv:2103.17239)."""
    return tuple(replace(each, residual=Scale(size=norm.size)) for each in pre_norm(mixer, feed_forward, norm))


def sandwich_norm(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
    """A norm before and one after each mixer, both inside the residual (Gemma 2)."""
    return Sublayer((mixer,), (norm,), (norm,)), Sublayer((feed_forward,), (norm,), (norm,))


def post_norm(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
    """A norm after each mixer only (OLMo 2, BERT)."""
    return Sublayer((mixer,), (), (norm,)), Sublayer((feed_forward,), (), (norm,))


def parallel(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
    """Both mixers over the same normalised input (GPT-J, Cohere)."""
    return (Sublayer((mixer, feed_forward), (norm,)),)


def parallel_two_norms(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
    """Both mixers side by side, each over its own norm of the input (GPT-NeoX)."""
    return (Sublayer((mixer, feed_forward), (norm, norm)),)


def alone(mixer: Component, _: Component, norm: Norm) -> tuple[Sublayer, ...]:
    """One mixer a layer, with a norm before it (Mamba, Nemotron-H): `decoder` gets it in both places."""
    return (Sublayer((mixer,), (norm,)),)


def beside(other: Component) -> Layout:
    """Another mixer beside the first, over the same normalised input (Falcon-H1)."""

    def layout(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
        return Sublayer((mixer, other), (norm,)), Sublayer((feed_forward,), (norm,))

    return layout


def norm_after_experts(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
    """A norm before each mixer, and one after a mixture of experts (A.X K1)."""
    after = (norm,) if isinstance(feed_forward, MixtureOfExperts) else ()
    return Sublayer((mixer,), (norm,)), Sublayer((feed_forward,), (norm,), after)


def gated_norms(gated: Norm) -> Layout:
    """A norm before each mixer, gated but before dense feed-forward networks (A.X K2)."""

    def layout(mixer: Component, feed_forward: Component, norm: Norm, /) -> tuple[Sublayer, ...]:
        before = gated if isinstance(feed_forward, MixtureOfExperts) else norm
        return Sublayer((mixer,), (gated,)), Sublayer((feed_forward,), (before,))

    return layout


def crossing(layout: Layout, attention: Component | None) -> Layout:
    """Return a layout with attention to an encoder's output after the first mixer, where there is such attention."""
    if attention is None:
        return layout

    def crossed(mixer: Component, feed_forward: Component, norm: Norm, /) -> tuple[Sublayer, ...]:
        first, *rest = layout(mixer, feed_forward, norm)
        return (first, replace(first, mixers=(attention,), from_encoder=True), *rest)

    return crossed
