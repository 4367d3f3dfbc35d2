"""Storage: the tensors of one component, as the checkpoint has them and as a rank's engine stores them."""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.engines.rules import Held, Matrix
from llmsim_adapters.graph.operator import Weight
from llmsim_adapters.lowerings.exchanges import Exchanges
from llmsim_adapters.spec.dtypes import BITS
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from llmsim_adapters.engines.rules import Store
    from llmsim_adapters.graph.operator import Role, Sharding
    from llmsim_adapters.spec.quantization import Scheme

# A named tuple's own constructor takes three times as long, and there are dozens of these in every graph.
_weight: Final[Callable[[tuple[Any, ...]], Weight]] = partial(tuple.__new__, Weight)

_NOTHING: Final = Held("", (0,))
"""What an engine that does not store a tensor has of it."""


class Storage(Exchanges):
    """A place whose ranks store tensors."""

    __slots__ = ()

    def weight(
        self,
        name: str,
        shape: tuple[int, ...],
        sharding: Sharding,
        role: Role = "parameter",
        dtype: str | None = None,
        copied: int = 0,
        rank_shape: tuple[int, ...] | None = None,
    ) -> str:
        """Emit a tensor that is stored as it is; return its format on a rank.

        `copied` elements of it are on every rank. `rank_shape` is what a rank has of it where that is no even part.
        """
        rank_dtype = None
        dtype = dtype or self.step.weight_dtype
        ways = self.ways_of(sharding)
        if self._padded_heads is not None:
            rank_shape = self._of_padded_heads(shape, sharding)
        if self._rules is not None and (rule := self._rule(name)) is not None:
            ways, rank_shape, rank_dtype = self._stored(rule, shape, ways, rank_shape, dtype)
        self._draft.weights.append(
            _weight(
                (
                    self._label + name,
                    shape,
                    self.weight_sets,
                    dtype,
                    role,
                    sharding,
                    self.stack,
                    self.block,
                    ways,
                    copied,
                    rank_shape,
                    rank_dtype,
                )
            )
        )
        return rank_dtype or dtype

    def _rule(self, name: str) -> Store | None:
        """Return the rule about a tensor: of its place in the graph, or its stack, else of its component's kind."""
        layout, stored = self._layout, self._layout.stored
        rule = (stored.get(self.place_of(name)) or stored.get(f"{self.stack}/")) if layout.names_places else None
        return rule or stored.get(f"{self._kind}.{name}")

    def place_of(self, name: str) -> str:
        """Return what rules call a tensor by its place."""
        return f"{self.stack}/{self.block}/{self._label}{name}"

    def names_of(self, name: str) -> tuple[str, str]:
        """Return what rules may call a tensor: by its place, and by its component's kind."""
        return self.place_of(name), f"{self._kind}.{name}"

    def rule_of(self, name: str) -> Store | None:
        """Return the rule about a tensor of a tower, what runs of which is what ranks store; None: there is none."""
        return self._rule(name) if self._tower and self._rules is not None else None

    def ways_of(self, sharding: Sharding) -> int:
        """Return in how many parts a tensor of this sharding is, where no rule says otherwise."""
        return 1 if self._ranks is None else self._ways(sharding)

    def _stored(
        self, rule: Store, shape: tuple[int, ...], ways: int, rank_shape: tuple[int, ...] | None, dtype: str
    ) -> tuple[int, tuple[int, ...] | None, str | None]:
        """Return in how many parts a tensor is by a rule, what a rank has of it, and in which other format."""
        layout = self._layout
        if rule.over:
            ways, rank_shape = layout.ways_over(rule.over), None
            if rule.whole_heads is not None:
                heads = shape[0] // rule.whole_heads(layout)
                ways = heads if ways > heads and ways % heads == 0 else ways
        if rule.width_to and rank_shape is None:
            rank_shape = self._widened(rule, self._own((*shape, 1), "experts", 0, False), False)[:-1]
        rank_shape = layout.rank_shape(rule, shape, ways) or rank_shape
        other = self.step.weight_dtype if rule.dtype == "usual" else rule.dtype
        if other is not None or rule.over or (rank_shape is not None and rank_shape != shape):
            layout.use(rule)
        return ways, rank_shape, None if other == dtype else other

    def matrix(
        self,
        name: str,
        shape: tuple[int, ...],
        sharding: Sharding,
        parts: int = 1,
        copied: int = 0,
        *,
        across: bool = False,
    ) -> str:
        """Emit the matrix of a linear layer, quantized where the checkpoint's is; return its format.

        The last two of `shape` are rows and columns, stacked where there are more; the rows are those of `parts`
        matrices of the checkpoint, one after the other, and `copied` of them are on every rank. Where the width of
        experts is split, their columns are, `across`, or their rows.
        """
        quantization, dtype = self.step.quantization, self.step.weight_dtype
        scheme = None
        if quantization is not None:
            scheme = self._scheme or quantization.scheme_of(self.stack, self.block, self._label + name)
            if scheme is not None:
                dtype = scheme.dtype
                parts = 1 if scheme.fused else parts
        own = None
        if sharding == "experts":
            rule = self._layout.stored.get(f"{self._kind}.{name}")
            widened = rule is not None and rule.width_to
            if widened or self._redundant:
                own = self._own(shape, sharding, copied, across)
            if rule is not None and own is not None and widened:
                own = self._widened(rule, own, across)
        count = copied * shape[-1] if copied else 0
        stored = self.weight(name, shape, sharding, dtype=dtype, copied=count, rank_shape=own)
        if scheme is not None and scheme.sides:
            own = own or self._own_by_rule(name, shape, sharding) or self._own(shape, sharding, copied, across)
            self._beside(name, shape, own, scheme, sharding, parts, copied, across)
        return stored

    def _own_by_rule(self, name: str, shape: tuple[int, ...], sharding: Sharding) -> tuple[int, ...] | None:
        """Return what one rank has of a matrix about which a rule says so; its columns, where the bias is whole."""
        rule = None if self._rules is None else self._rule(name)
        if rule is None:
            return None
        ways = self._layout.ways_over(rule.over) if rule.over else self._ways(sharding)
        padded = self._layout.rank_shape(rule, shape, ways)
        if padded is not None or not rule.over:
            return padded
        *stacked, rows, columns = shape
        if self._rule(f"{name}.bias") is rule:
            return (*stacked, ceil_div(rows, ways), columns)
        return (*stacked, rows, ceil_div(columns, ways))

    @property
    def quantizes_all(self) -> bool:
        """Whether the checkpoint quantizes tables and routers as it does linear layers."""
        quantization = self.step.quantization
        return quantization is not None and quantization.everything

    def table(self, name: str, shape: tuple[int, ...], sharding: Sharding) -> None:
        """Emit a table that is looked up, a row for each token or position."""
        if self.quantizes_all:
            self.matrix(name, shape, sharding)
        else:
            self.weight(name, shape, sharding)

    def _beside(
        self,
        name: str,
        shape: tuple[int, ...],
        own: tuple[int, ...],
        scheme: Scheme,
        sharding: Sharding,
        parts: int,
        copied: int,
        across: bool,
    ) -> None:
        """Emit what stands beside a quantized matrix, of which a rank has its `own` part."""
        rule = self._layout.scales_of(scheme.name, self._kind, sharding)
        if rule is not None:
            from llmsim_adapters.lowerings.whole import Split, whole_blocks, whole_words

            self._layout.use(rule)
            merged = f"{self._kind}.{name}" in rule.merged
            field = "moe_tp" if sharding == "experts" else "tp_size" if self._ranks is None else self._group.field
            matrix = Split(field, self._label + name, f"{self._layout.engine.name}: {rule.source}")
            if rule.whole_blocks and (merged or self._ranks is not None):
                for side in scheme.sides:
                    whole_blocks(matrix, side, (shape, own), parts, unsplit=merged)
            place = rule.joined.get(f"{self._kind}.{name}", (0, 1))
            if rule.whole_words:
                whole_words(matrix, own[-2] * place[1], BITS[scheme.dtype])
            if rule.beside is not None:
                across = across or sharding == "row"
                own_parts = rule.parts.get(f"{self._kind}.{name}", parts)
                self._held(name, Matrix(scheme, own, shape, own_parts, across, place), rule.beside, sharding, parts)
                return
        for side in scheme.sides:
            beside = side.shape(shape, parts)
            copies = ceil_div(prod(beside) * copied, shape[-2]) if copied else 0
            rank_shape, dtype = None, side.dtype
            if rule is not None:
                own_parts = parts if side.rows else rule.parts.get(f"{self._kind}.{name}", parts)
                rank_shape, dtype = side.shape(own, own_parts), rule.dtype or dtype
            self.weight(f"{name}_{side.name}", beside, sharding, "scale", dtype, copies, rank_shape)

    def _held(
        self, name: str, matrix: Matrix, beside: Callable[[Matrix], Iterable[Held]], sharding: Sharding, parts: int
    ) -> None:
        """Emit what a rule stores beside a quantized matrix, and the checkpoint's scales, stored or not."""
        held = {each.name: each for each in beside(matrix)}
        for side in matrix.scheme.sides:
            own = held.pop(side.name, _NOTHING)
            whole = side.shape(matrix.whole, parts)
            self._scale(f"{name}_{side.name}", whole, sharding, "scale", side.dtype, own)
        if held:
            for each in beside(matrix._replace(shape=matrix.whole)):
                if each.name in held:
                    own = held[each.name]
                    self._scale(f"{name}_{each.name}", each.shape, sharding, "stored", each.dtype, own)

    def _scale(self, name: str, shape: tuple[int, ...], sharding: Sharding, role: Role, dtype: str, own: Held) -> None:
        """Emit a tensor of which a rank has what is held, in a format that may be another."""
        rule = self._rule(name) if self._rules is not None else None
        if rule is not None and rule.absent:
            own = _NOTHING
        usual = self.step.weight_dtype
        said, stored = dtype or usual, own.dtype or usual
        rank_shape = own.shape
        ways = 1 if self._ranks is None else self._ways(sharding)
        self._draft.weights.append(
            Weight(
                self._label + name,
                shape,
                self.weight_sets,
                said,
                role,
                sharding,
                self.stack,
                self.block,
                ways,
                0,
                rank_shape,
                None if stored == said else stored,
            )
        )

    def _widened(self, rule: Store, own: tuple[int, ...], across: bool) -> tuple[int, ...]:
        """Return a rank's part of experts, whose width is columns, `across`, or rows, padded by a rule."""
        *stacked, rows, columns = own
        if across:
            return (*stacked, rows, self._layout.widened(rule, columns))
        return (*stacked, self._layout.widened(rule, rows), columns)

    def store(self, name: str, shape: tuple[int, ...], sharding: Sharding = "replicated", dtype: str = "") -> None:
        """Emit a tensor that the engine has beside the model's own."""
        self.weight(name, shape, sharding, "stored", dtype or None)

    def part_of(self, size: int, sharding: Sharding) -> int:
        """Return what one rank has of a size that is split like a tensor of this sharding."""
        return self.local(size, sharding)

    def constant(self, size: int, name: str) -> int:
        """Return a size that is the engine's own, with the name that formulas show."""
        return self._layout.constant(size, name)
