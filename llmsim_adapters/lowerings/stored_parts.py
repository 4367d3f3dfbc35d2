"""What a rank multiplies with where its engine stores a tower's matrix otherwise than it is split by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.graph.operator import Sharding
    from llmsim_adapters.lowerings.storage import Storage


def stored_part(
    storage: Storage, name: str, outputs: int, inputs: int, sharding: Sharding, rows: int | None = None
) -> tuple[int, int] | None:
    """Return the outputs and inputs of what a rank stores of a matrix by a rule of its engine; None: there is no rule.

    Where ranks have a part of the inputs, they add up the outputs of so many `rows`.
    """
    rule = storage.rule_of(name)
    if rule is None or rule.absent:
        return None
    layout = storage.step.layout
    summed = sharding == "row" or any(each in rule.summed for each in storage.names_of(name))
    ways = layout.ways_over(rule.over) if rule.over else storage.ways_of(sharding)
    own = layout.rank_shape(rule, (outputs, inputs), ways)
    if own is None and not (ways.__class__ is int and ways == 1):
        own = (outputs, ceil_div(inputs, ways)) if summed else (ceil_div(outputs, ways), inputs)
    if summed:
        storage.add_up(name, outputs, rows, over=ways)
    return (outputs, inputs) if own is None else (own[0], own[1])
