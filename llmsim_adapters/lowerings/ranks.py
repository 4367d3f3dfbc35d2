"""The ranks that a model is spread over, and what part of a tensor one of them has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.graph.schedule import ScheduleError
from llmsim_adapters.traced import ceil_div, formula, leaves, maximum, minimum

if TYPE_CHECKING:
    from llmsim_adapters.graph.operator import Sharding


class Ranks:
    """`tensor` ranks share the work on the same sequences, in each of `data` groups; all together are the `world`.

    The experts lie on `expert` groups of the world. A group's `copies` ranks have the same experts in full, and share
    their tokens; or, where `split_experts`, a part of each. With `deepep`, tokens are sent to the ranks of their
    experts; what is no routed expert in such a layer is whole on every rank.
    """

    __slots__ = ("copies", "data", "deepep", "expert", "split_experts", "tensor", "world")

    def __init__(
        self, *, tensor: int, data: int, expert: int, split_experts: bool = False, deepep: bool = False
    ) -> None:
        self.tensor = tensor
        self.data = data
        self.expert = expert
        self.world = tensor * data
        self.copies = self.world // expert
        self.split_experts = split_experts
        self.deepep = deepep

    def ways(self, sharding: Sharding, kv_ways: int) -> int:
        """Return in how many different parts a tensor is, where key/value heads are in `kv_ways`."""
        if sharding == "replicated":
            return 1
        if sharding == "experts":
            return self.expert * self.copies if self.split_experts else self.expert
        return kv_ways if sharding == "kv_heads" else self.tensor

    def heads(self, heads: int) -> None:
        """Check that every rank can have as many of the heads."""
        self.part(heads, self.tensor, "tp_size")

    def kv_ways(self, kv_heads: int) -> int:
        """Return in how many parts key/value heads are: one a rank, and copies of them, where there are too few.

        A rank then has max(1, kv_heads / tensor) of them, as in Megatron-LM and SGLang.
        """
        self.require(maximum(kv_heads, self.tensor), minimum(kv_heads, self.tensor), "tp_size", kv_heads, multiple=True)
        return minimum(kv_heads, self.tensor)

    def experts(self, experts: int, rows: int, width: int) -> tuple[int, int, int]:
        """Return one rank's experts, its mean share of `rows` that one data-parallel group routes, and their width."""
        self.require(self.world, self.expert, "ep_size", self.world)
        local = self.part(experts, self.expert, "ep_size")
        if self.split_experts:
            return local, ceil_div(rows * self.data, self.expert), self.part(width, self.copies, "moe_tp")
        return local, ceil_div(rows * self.data, self.world), width

    def part(self, size: int, ways: int, field: str) -> int:
        """Return the part of a size that one of so many ranks has.

        Raises:
            ScheduleError: the ranks can't have equal parts; the message names the schedule's field and the size.
        """
        self.require(size, ways, field, size)
        return size // ways

    def require(self, size: int, divisor: int, field: str, of: int, *, multiple: bool = False) -> None:
        """Refuse a schedule where `divisor` does not divide `size`; `of` is what the schedule's field collides with."""
        if size % divisor:
            raise uneven(field, divisor if field == "moe_tp" else self._value(field), of, multiple=multiple)

    def _value(self, field: str) -> int:
        return self.expert if field == "ep_size" else self.tensor


def uneven(field: str, value: int, of: int, *, multiple: bool = False) -> ScheduleError:
    """Return the error of a field that does not divide a size."""
    name = formula(of)
    shown = f"{of:d}" if name == f"{of:d}" else f"{name} = {of:d}"
    keys = {
        leaf.origin for leaf in leaves(of) if leaf.origin.startswith("key ") and f"`{leaf.name}`" not in leaf.origin
    }
    if keys:
        shown += f" ({', '.join(sorted(keys))})"
    expected = f"a divisor or a multiple of {shown}" if multiple else f"a divisor of {shown}"
    if field == "moe_tp":
        return ScheduleError(f"schedule field `moe_tp` splits experts over {value:d} ranks; expected {expected}")
    return ScheduleError(f"schedule field `{field}` is {value:d}; expected {expected}")
