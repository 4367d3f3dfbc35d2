"""Which rows each part around an encoder's blocks runs on, where its stack names them and where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.spec.components import Norm

if TYPE_CHECKING:
    from llmsim_adapters.spec.components import Component
    from llmsim_adapters.spec.model import Stack


def rows_of(stack: Stack, before: bool) -> list[str]:
    """Return the name of the rows that each of the components before or after the blocks of an encoder runs on."""
    if before:
        return [*stack.before_rows, *_before(stack.before)[len(stack.before_rows) :]]
    said = stack.after_rows
    if said:
        return [*said, *["tokens"] * (len(stack.after) - len(said))]
    return _after(stack.after, _width(stack))


def _before(components: tuple[Component, ...]) -> list[str]:
    first = next((i for i, each in enumerate(components) if each.kind in ("convolution", "projection")), -1)
    return ["patches" if i <= first else "rows" for i in range(len(components))]


def _after(components: tuple[Component, ...], width: int) -> list[str]:
    inner = 0
    while inner < len(components) and _is_norm_of(components[inner], width):
        inner += 1
    return ["rows" if i < inner else "tokens" for i in range(len(components))]


def _is_norm_of(component: Component, width: int) -> bool:
    return isinstance(component, Norm) and (not width or component.size == width)


def _width(stack: Stack) -> int:
    """Return the size of an encoder's hidden states; 0: it has no blocks that say."""
    mixers = [mixer for block in stack.blocks[-1:] for mixer in block.mixers()]
    return next((size for mixer in mixers if (size := getattr(mixer, "hidden_size", 0))), 0)
