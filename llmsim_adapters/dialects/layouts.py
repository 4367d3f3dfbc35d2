"""Where the norms of a layer stand: from a mixer and a feed-forward network to the sublayers of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from llmsim_adapters.spec.model import Sublayer

if TYPE_CHECKING:
    from llmsim_adapters.spec.components import Component, Norm


class Layout(Protocol):
    """Returns the sublayers of a layer."""

    def __call__(self, mixer: Component, feed_forward: Component, norm: Norm, /) -> tuple[Sublayer, ...]: ...


def pre_norm(mixer: Component, feed_forward: Component, norm: Norm) -> tuple[Sublayer, ...]:
    """A norm before each mixer (Llama)."""
    return Sublayer((mixer,), (norm,)), Sublayer((feed_forward,), (norm,))


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
