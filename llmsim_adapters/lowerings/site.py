"""The site: where a lowering puts the weights, operators and caches of one component.

A site stands for one block of a stack (or for what stands around the stacks) under one schedule. It knows how
often the block runs and how many sets of weights and caches it has; a lowering knows the shapes.
"""

from __future__ import annotations

from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from llmsim_adapters.graph.cache import Cache
from llmsim_adapters.graph.operator import Operator, Weight
from llmsim_adapters.graph.schedule import ScheduleError
from llmsim_adapters.graph.transfer import Transfer
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.graph.operator import Sharding
    from llmsim_adapters.lowerings.step import Step
    from llmsim_adapters.spec.components import Component, Norm
    from llmsim_adapters.spec.quantization import Side

# A named tuple's own constructor takes three times as long, and there are dozens of these in every graph.
_operator: Final[Callable[[tuple[Any, ...]], Operator]] = partial(tuple.__new__, Operator)
_weight: Final[Callable[[tuple[Any, ...]], Weight]] = partial(tuple.__new__, Weight)


class Lowering(Protocol):
    """Puts what one component costs at a site: its weights, operators and caches."""

    def __call__(self, component: Any, site: Site, /) -> None: ...


class Draft:
    """What the sites of one graph emit, in the order in which they do."""

    __slots__ = ("caches", "operators", "routing", "sums", "transfers", "weights")

    def __init__(self) -> None:
        self.sums: dict[tuple[int, int], Transfer] = {}
        self.transfers: list[Transfer] = []
        self.operators: list[Operator] = []
        self.weights: list[Weight] = []
        self.caches: list[Cache] = []
        self.routing: list[tuple[str, int, int]] = []


class Site:
    """Takes what the lowerings of one block emit.

    The block is run `repeat` times a step, with as many sets of weights and caches; not at all unless it `runs`. What
    attends to an encoder's output keeps what it makes of that, `from_encoder`, and is not run without one.
    """

    __slots__ = (
        "_draft",
        "_from_encoder",
        "_keeps",
        "_kv_ways",
        "_label",
        "_lowerings",
        "_ranks",
        "_runs",
        "block",
        "caches",
        "repeat",
        "stack",
        "step",
        "weight_sets",
    )

    def __init__(
        self,
        draft: Draft,
        step: Step,
        lowerings: Mapping[type, Lowering],
        stack: str,
        block: str,
        runs: bool = True,
        repeat: int = 1,
        weight_sets: int = 1,
        caches: int = 1,
        from_encoder: bool = False,
    ) -> None:
        self._draft = draft
        self.step = step
        self._lowerings = lowerings
        self.stack = stack
        self.block = block
        self._runs = runs and not from_encoder
        self._keeps = runs
        self._from_encoder = from_encoder
        self.repeat = repeat
        self.weight_sets = weight_sets
        self.caches = caches
        self._label = ""
        self._ranks = step.ranks
        self._kv_ways = 1

    def lower(self, component: Component, label: str, *, whole: bool = False) -> None:
        """Lower a component under a label that is unique in its block; `whole`: every rank has and runs all of it."""
        outer, ranks, kv_ways = self._label, self._ranks, self._kv_ways
        self._label = f"{outer}{label}."
        if whole:
            self._ranks = None
        self._lowerings[component.__class__](component, self)
        self._label, self._ranks, self._kv_ways = outer, ranks, kv_ways

    def split_heads(self, heads: int, kv_heads: int | None = None) -> None:
        """Say how many heads the component has, before anything that is split by them.

        Each rank has as many; of key/value heads at least one. Every rank has all of those that no step runs and that
        can't be split so.

        Raises:
            ScheduleError: the ranks can't have equal numbers of them.
        """
        if self._ranks is None:
            return
        try:
            self._ranks.heads(heads)
            if kv_heads is not None:
                self._kv_ways = self._ranks.kv_ways(kv_heads)
        except ScheduleError:
            if self._runs:
                raise
            self._ranks = None

    def local(self, size: int, sharding: Sharding, copied: int = 0) -> int:
        """Return what one rank has of a size that is split like a tensor of this sharding, but for what is `copied`.

        Raises:
            ScheduleError: the ranks can't have equal parts.
        """
        if self._ranks is None or sharding == "replicated" or not self._runs:
            return size
        if copied:
            return self.local(size - copied, sharding) + copied
        if sharding == "vocabulary":
            return ceil_div(size, self._ranks.tensor)
        field = "ep_size" if sharding == "experts" else "tp_size"
        return self._ranks.part(size, self._ranks.ways(sharding, self._kv_ways), field)

    def local_experts(self, experts: int, rows: int, width: int) -> tuple[int, int, int]:
        """Return one rank's experts, its mean share of the routed `rows`, and what it has of an expert's width.

        Raises:
            ScheduleError: the ranks can't have equal parts.
        """
        if self._ranks is None or not self._runs:
            return experts, rows, width
        return self._ranks.experts(experts, rows, width)

    def _ways(self, sharding: Sharding) -> int:
        return 1 if self._ranks is None else self._ranks.ways(sharding, self._kv_ways)

    def weight(
        self,
        name: str,
        shape: tuple[int, ...],
        sharding: Sharding,
        role: Literal["parameter", "buffer", "scale"] = "parameter",
        dtype: str | None = None,
        copied: int = 0,
    ) -> None:
        """Emit a tensor that is stored as it is; `copied` elements of it are on every rank."""
        ranks = self._ranks
        self._draft.weights.append(
            _weight(
                (
                    self._label + name,
                    shape,
                    self.weight_sets,
                    dtype or self.step.weight_dtype,
                    role,
                    sharding,
                    self.stack,
                    self.block,
                    1 if ranks is None else ranks.ways(sharding, self._kv_ways),
                    copied,
                )
            )
        )

    def matrix(self, name: str, shape: tuple[int, ...], sharding: Sharding, parts: int = 1, copied: int = 0) -> str:
        """Emit the matrix of a linear layer, quantized where the checkpoint's is; return its format.

        The last two of `shape` are rows and columns, stacked where there are more; the rows are those of `parts`
        matrices of the checkpoint, one after the other, and `copied` of them are on every rank.
        """
        quantization, dtype = self.step.quantization, self.step.weight_dtype
        sides: tuple[Side, ...] = ()
        if quantization is not None:
            scheme = quantization.scheme_of(self.stack, self.block, self._label + name)
            if scheme is not None:
                dtype, sides = scheme.dtype, scheme.sides
                parts = 1 if scheme.fused else parts
        self.weight(name, shape, sharding, dtype=dtype, copied=copied * shape[-1] if copied else 0)
        for side in sides:
            beside = side.shape(shape, parts)
            own = ceil_div(prod(beside) * copied, shape[-2]) if copied else 0
            self.weight(f"{name}_{side.name}", beside, sharding, "scale", side.dtype, own)
        return dtype

    def linear(
        self,
        name: str,
        inputs: int,
        outputs: int,
        sharding: Sharding,
        *,
        rows: int | None = None,
        bias: bool = False,
        quantized: bool = True,
        copied: int = 0,
    ) -> None:
        """Emit y = x Wᵀ + b over `rows` rows of x, by default one for each new token.

        A matrix that is split by rows gives each rank a summand of y; the ranks add them up. `copied` outputs are on
        every rank.
        """
        if quantized:
            dtype = self.matrix(name, (outputs, inputs), sharding, copied=copied)
        else:
            dtype = self.step.weight_dtype
            self.weight(name, (outputs, inputs), sharding)
        if bias:
            self.weight(f"{name}.bias", (outputs,), "replicated" if sharding == "row" else sharding, copied=copied)
        if self._ranks is not None and sharding != "replicated":
            if sharding == "row":
                self.add_up(name, outputs, rows)
                inputs = self.local(inputs, "row")
            else:
                outputs = self.local(outputs, sharding, copied)
        self.product(name, self.step.tokens if rows is None else rows, outputs, inputs, inputs * outputs, dtype)

    def product(
        self,
        name: str,
        m: int,
        n: int,
        k: int,
        operand_elements: int,
        operand_dtype: str | None = None,
        *,
        batch: int = 1,
        kind: Literal["linear", "attention", "convolution", "recurrence", "lookup", "norm"] = "linear",
        pairs: int | None = None,
        full_pairs: int = 1,
        sharding: Sharding = "replicated",
    ) -> None:
        """Emit `batch` products of (m, k) with (k, n); of so many with as many operands a rank has its part.

        Sizes that are split otherwise are given as one rank's.
        """
        if not self._runs:
            return
        if self._ranks is not None and sharding != "replicated":
            batch = self.local(batch, sharding)
            operand_elements = self.local(operand_elements, sharding)
        step = self.step
        dtype = step.dtype
        taken = step.input_dtype(operand_dtype) if operand_dtype is not None and kind == "linear" else dtype
        self._draft.operators.append(
            _operator(
                (
                    self._label + name,
                    kind,
                    self.stack,
                    self.block,
                    m,
                    n,
                    k,
                    batch,
                    self.repeat,
                    operand_elements,
                    taken,
                    operand_dtype or step.weight_dtype,
                    dtype,
                    pairs,
                    full_pairs,
                    step.tracer,
                )
            )
        )

    def attend(
        self,
        *,
        heads: int,
        kv_heads: int,
        key_dim: int,
        value_dim: int,
        window: int | None = None,
        causal: bool = True,
        chunked: bool = False,
        top_k: int | None = None,
        top_k_block: int = 1,
        top_k_tail: bool = False,
    ) -> None:
        """Emit the core of attention: the scores of each query head with all keys, and their sums of values.

        Where each token attends to `top_k` chosen ones, a decode step multiplies with those only; a prefill, which has
        other ones for each token, is counted with all, as masks do it.
        """
        step = self.step
        kv_length, pairs = step.kv_length(window, chunked), step.pairs(window, causal, chunked)
        if top_k is not None:
            kv_length = step.chosen_length(kv_length, top_k, top_k_block, top_k_tail) if step.decode else kv_length
            pairs = step.chosen_pairs(top_k, top_k_block, top_k_tail)
        if self._ranks is not None:
            heads, kv_heads = self.local(heads, "heads"), self.local(kv_heads, "kv_heads")
        m, batch, full = step.seq_len, step.batch_size * heads, step.seq_len * kv_length
        stored = step.batch_size * kv_heads * kv_length
        for name, n, k, width in (
            ("scores", kv_length, key_dim, key_dim),
            ("values", value_dim, kv_length, value_dim),
        ):
            self.product(
                name,
                m,
                n,
                k,
                stored * width,
                step.cache_dtype,
                batch=batch,
                kind="attention",
                pairs=pairs,
                full_pairs=full,
            )

    def norm(
        self, name: str, norm: Norm, rows: int | None = None, *, width: int = 0, sharding: Sharding = "replicated"
    ) -> None:
        """Emit a normalisation over `rows` rows of this rank, by default one for each new token.

        Where ranks have parts of `width` features of a token, each normalises as many rows as are in its own; a row
        that is on several ranks is normalised in parts, for which they add up a number of each.
        """
        size, split = norm.size, width > 0 and (norm.sets > 1 or norm.size == width)
        if width:
            own = self.local(width, sharding)
            if own < size:
                size, rows = own, self.step.tokens
                self._joint(name, self.step.tokens)
            else:
                rows = self.step.tokens * own // size
        numbers = (norm.size,) if norm.sets == 1 else (norm.sets, norm.size)
        split_as: Sharding = sharding if split else "replicated"
        if norm.gain:
            self.weight(name, numbers, split_as)
        if norm.bias:
            self.weight(f"{name}.bias", numbers, split_as)
        elements = size if norm.gain else 0
        if norm.sets > 1:
            elements = elements * self.local(norm.sets, split_as)
        self.product(name, self.step.tokens if rows is None else rows, size, 0, elements, kind="norm")
        if norm.gate_rank:
            self.linear(f"{name}.gate_down_proj", norm.size, norm.gate_rank, "replicated", rows=rows)
            self.linear(f"{name}.gate_up_proj", norm.gate_rank, norm.size, "replicated", rows=rows)

    def cache(
        self,
        kind: Literal["key_value", "latent", "indexer", "state"],
        elements_per_entry: int,
        sharding: Sharding,
        window: int | None = None,
        dtype: str | None = None,
        stride: int = 1,
        copied: int = 0,
    ) -> None:
        """Emit what each position of the block keeps for one sequence, by default in the cache's number format.

        A state, which does not grow with the sequence, is kept in that of the activations. `copied` elements of each
        entry are on every rank.
        """
        if not self._keeps:
            return
        layers = self.caches
        usual = self.step.dtype if kind == "state" else self.step.cache_dtype
        self._draft.caches.append(
            Cache(
                kind,
                self.stack,
                self.block,
                layers,
                elements_per_entry,
                window,
                dtype or usual,
                sharding,
                self.repeat - layers,
                stride * self.step.patch_size,
                self.step.prompt,
                self._ways(sharding),
                copied,
                self._from_encoder,
            )
        )

    def route(self, experts: int, top_k: int) -> None:
        """Say that the block's expert weights are used by `top_k` of `experts`, all of them where several say so."""
        routing = (f"{self.stack}.{self.block}", experts, top_k)
        if routing not in self._draft.routing:
            self._draft.routing.append(routing)

    def add_up(self, name: str, width: int, rows: int | None = None, *, over_all: bool = False) -> None:
        """Say that each rank has a summand of `rows` rows, by default one for each new token of its group.

        Ranks of the data-parallel group add them up, or, with `over_all`, all ranks those of all groups. Summands of
        the mixers of one sublayer are added to each other first.
        """
        ranks = self._ranks
        if ranks is None or not self._runs:
            return
        tokens = self.step.tokens
        group = ranks.world if over_all else ranks.tensor
        count = rows if rows is not None else tokens * ranks.data if over_all else tokens
        sums = self._draft.sums
        key = width, 0 if rows is None else len(sums) + 1
        if key not in sums or sums[key].ranks < group:
            sums[key] = self._transfer(f"{name}.all_reduce", "all_reduce", count, width, group)

    def added_up(self) -> None:
        """Emit the all-reduces of what was said to be added up since the last time."""
        for transfer in self._draft.sums.values():
            self._emit(transfer)
        self._draft.sums.clear()

    def gather(self, name: str, rows: int, width: int, *, over_data: bool = False) -> None:
        """Emit an all-gather after which every rank has all of `rows` rows of `width`.

        The ranks are those of the data-parallel group, or, with `over_data`, one of each group.
        """
        ranks = self._ranks
        if ranks is not None and self._runs:
            group = ranks.data if over_data else ranks.tensor
            self._emit(self._transfer(f"{name}.all_gather", "all_gather", rows, width, group))

    def hand_out(self, name: str, width: int, top_k: int, dtype: str | None = None, *, apart: bool = False) -> None:
        """Emit what brings tokens to the ranks of their experts, whose weights are of a format.

        With DeepEP, each rank sends its tokens to the experts of each. Without, every rank gets the tokens of all
        data-parallel groups. Where they are `apart`, a token has a row for each of its experts.
        """
        ranks, step = self._ranks, self.step
        if ranks is None or not self._runs:
            return
        if ranks.deepep:
            sent = step.dtype if dtype is None else step.input_dtype(dtype)
            self._exchange(f"{name}.dispatch", "dispatch", width, top_k, sent)
        else:
            rows = step.tokens * ranks.data
            self.gather(name, rows * top_k if apart else rows, width, over_data=True)

    def bring_back(self, name: str, width: int, top_k: int, *, apart: bool = False) -> None:
        """Emit what brings the results of experts back: with DeepEP those of each, without it all ranks' sums."""
        ranks = self._ranks
        if ranks is None or not self._runs:
            return
        if ranks.deepep:
            self._exchange(f"{name}.combine", "combine", width, top_k, self.step.dtype)
        else:
            self.add_up(name, width, self.step.tokens * ranks.data * top_k if apart else None, over_all=True)

    def _exchange(self, name: str, kind: Literal["dispatch", "combine"], width: int, top_k: int, dtype: str) -> None:
        ranks = self._ranks
        if ranks is not None:
            rows = ceil_div(self.step.tokens, ranks.tensor)
            self._emit(self._transfer(name, kind, rows, width, ranks.expert, top_k, dtype))

    def _joint(self, name: str, rows: int) -> None:
        """Emit the all-reduce of one number of each row that is on several ranks."""
        if self._ranks is not None and self._runs:
            group = self._ranks.tensor
            self._emit(self._transfer(f"{name}.all_reduce", "all_reduce", rows, 1, group, dtype="float32"))

    def _transfer(
        self,
        name: str,
        kind: Literal["all_reduce", "all_gather", "dispatch", "combine"],
        rows: int,
        width: int,
        group: int,
        copies: int = 1,
        dtype: str | None = None,
    ) -> Transfer:
        sent = dtype or self.step.dtype
        return Transfer(self._label + name, kind, self.stack, self.block, rows, width, copies, sent, group, self.repeat)

    def _emit(self, transfer: Transfer) -> None:
        if not isinstance(transfer.ranks, int) or transfer.ranks > 1 or transfer.kind in ("dispatch", "combine"):
            self._draft.transfers.append(transfer)
