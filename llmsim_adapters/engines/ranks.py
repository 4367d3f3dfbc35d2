"""The ranks that a model is spread over, their groups, and what part of a size one of them has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from llmsim_adapters.graph.schedule import ScheduleError
from llmsim_adapters.traced import ceil_div, formula, leaves, maximum, minimum

if TYPE_CHECKING:
    from llmsim_adapters.graph.operator import Sharding


class Group(NamedTuple):
    """Ranks that share one part of a model: `ways` of them have a part of each tensor.

    They work on the tokens of `gathered` data-parallel groups together, of which each is handed out to `scattered`
    ranks. `field` names what of a schedule says how many ranks there are, and `uneven` what becomes of heads of a part
    that no step runs and that they can't have equal numbers of. Those that are padded become a multiple of `padded_to`.
    """

    ways: int
    gathered: int = 1
    scattered: int = 1
    field: str = "tp_size"
    uneven: Literal["whole", "padded", "refused"] = "whole"
    padded_to: int = 1

    def require(self, size: int, *, of: int | None = None, multiple: bool = False) -> None:
        """Refuse the ranks if they don't divide a size; `of` is what the field collides with, by default the size.

        Raises:
            ScheduleError: they don't.
        """
        if size % self.ways:
            raise uneven(self.field, self.ways, size if of is None else of, multiple=multiple)

    def part(self, size: int) -> int:
        """Return the part of a size that one of the ranks has.

        Raises:
            ScheduleError: they can't have equal parts.
        """
        self.require(size)
        return size // self.ways

    def kv_ways(self, kv_heads: int) -> int:
        """Return in how many parts key/value heads are: one a rank, and copies of them, where there are too few.

        A rank then has max(1, kv_heads / ways) of them, as in Megatron-LM and SGLang.

        Raises:
            ScheduleError: neither divides the other.
        """
        fewer, more = minimum(kv_heads, self.ways), maximum(kv_heads, self.ways)
        if more % fewer:
            raise uneven(self.field, self.ways, kv_heads, multiple=True)
        return fewer


class Ranks:
    """`tensor` ranks share the work on the same sequences, in each of `data` groups; all together are the `world`.

    The experts lie on `expert` groups of the world. A group's `copies` ranks have the same experts in full, and share
    their tokens; or, where `split_experts`, a part of each. `redundant` experts are stored a second time. With
    `deepep`, tokens are sent to the ranks of their experts.
    """

    __slots__ = ("copies", "data", "deepep", "expert", "redundant", "split_experts", "tensor", "world")

    def __init__(
        self,
        *,
        tensor: int,
        data: int,
        expert: int,
        split_experts: bool = False,
        deepep: bool = False,
        redundant: int = 0,
    ) -> None:
        self.tensor = tensor
        self.data = data
        self.expert = expert
        self.world = tensor * data
        self.copies = self.world // expert
        self.split_experts = split_experts
        self.deepep = deepep
        self.redundant = redundant

    @property
    def of_tokens(self) -> Group:
        """The ranks that work on the same sequences."""
        return Group(self.tensor)

    @property
    def of_all(self) -> Group:
        """All ranks, on the tokens of all data-parallel groups."""
        return Group(self.world, self.data, field="tp_size * dp_size")

    @property
    def of_all_apart(self) -> Group:
        """All ranks, on the tokens of each data-parallel group by itself."""
        return Group(self.world, field="tp_size * dp_size")

    @property
    def alone(self) -> Group:
        """Each rank by itself, on all tokens of its group."""
        return Group(1)

    @property
    def handed_out(self) -> Group:
        """Each rank by itself, on its share of the group's tokens."""
        return Group(1, scattered=self.tensor)

    @property
    def of_experts(self) -> Group:
        """The ranks that share the width of each expert, on their share of all tokens."""
        return Group(self.width_ways, self.data, self.expert, field="moe_tp")

    @property
    def width_ways(self) -> int:
        """In how many parts the width of each expert is.

        Raises:
            ScheduleError: the groups of experts are not of equal size.
        """
        self._require_groups()
        return self.copies if self.split_experts else 1

    def expert_ways(self) -> int:
        """Return in how many different parts the experts of a layer are."""
        return self.expert * self.width_ways

    def local_experts(self, experts: int) -> int:
        """Return how many experts one rank stores.

        Raises:
            ScheduleError: the ranks can't have equal numbers of them.
        """
        stored = experts + self.redundant if self.redundant else experts
        if stored % self.expert:
            raise uneven("ep_size", self.expert, stored)
        return stored // self.expert

    def experts(self, experts: int, rows: int, width: int) -> tuple[int, int, int]:
        """Return one rank's experts, its mean share of `rows` that one data-parallel group routes, and their width.

        Raises:
            ScheduleError: the ranks can't have equal parts.
        """
        self._require_groups()
        local = self.local_experts(experts)
        if self.split_experts:
            if width % self.copies:
                raise uneven("moe_tp", self.copies, width)
            return local, ceil_div(rows * self.data, self.expert), width // self.copies
        return local, ceil_div(rows * self.data, self.world), width

    def _require_groups(self) -> None:
        if self.world % self.expert:
            raise uneven("ep_size", self.expert, self.world)


def ways(sharding: Sharding, group: Group, ranks: Ranks, kv_ways: int) -> int:
    """Return in how many different parts a tensor is, where key/value heads are in `kv_ways`."""
    if sharding == "replicated":
        return 1
    if sharding == "experts":
        return ranks.expert_ways()
    return kv_ways if sharding == "kv_heads" else group.ways


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
