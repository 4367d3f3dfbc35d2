"""Operators: what the ranks compute for the work of one block, with the weights that it takes."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from llmsim_adapters.graph.operator import Operator
from llmsim_adapters.lowerings.storage import Storage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from llmsim_adapters.graph.operator import OperatorKind, Sharding
    from llmsim_adapters.spec.components import Norm
    from llmsim_adapters.spec.media.media import Run

# A named tuple's own constructor takes three times as long, and there are dozens of these in every graph.
_operator: Final[Callable[[tuple[Any, ...]], Operator]] = partial(tuple.__new__, Operator)


class Operators(Storage):
    """A place, and what its ranks run."""

    __slots__ = ()

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
        if quantized or self.quantizes_all:
            dtype = self.matrix(name, (outputs, inputs), sharding, copied=copied)
        else:
            dtype = self.weight(name, (outputs, inputs), sharding)
        if bias:
            self.weight(f"{name}.bias", (outputs,), "replicated" if sharding == "row" else sharding, copied=copied)
        own = None
        if self._tower:
            from llmsim_adapters.lowerings.stored_parts import stored_part  # not for a model without encoders

            own = stored_part(self, name, outputs, inputs, sharding, rows)
        if own is not None:
            outputs, inputs = own
        elif sharding != "replicated" and (self._ranks is not None or self._padded_heads is not None):
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
        kind: OperatorKind = "linear",
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

    @property
    def source_rows(self) -> int | None:
        """The rows that keys and values are made of: an encoder's output where they are of that; None: the tokens."""
        return self.step.batch_size * self.step.encoder_len if self._from_encoder else None

    @contextmanager
    def of_encoder(self) -> Iterator[None]:
        """What is put here is of an encoder's output."""
        before, self._from_encoder = self._from_encoder, True
        yield
        self._from_encoder = before

    @contextmanager
    def source(self) -> Iterator[None]:
        """What is put here is of keys and values: of an encoder's output only an earlier step makes them, if any."""
        with self.run_if(not (self._from_encoder and bool(self.step.context_len))):
            yield

    def attend(
        self,
        *,
        heads: int,
        kv_heads: int,
        key_dim: int,
        value_dim: int,
        window: int | None = None,
        causal: bool = True,
        chunks: int = 0,
        top_k: int | None = None,
        top_k_block: int = 1,
        top_k_tail: bool = False,
        pairs: int | None = None,
        queries: int = 0,
        asks_queries: bool = False,
        block: int = 0,
        beside: int = 0,
        name: str = "",
    ) -> None:
        """Emit the core of attention: the scores of each query head with all keys, and their sums of values.

        Where each token attends to `top_k` chosen ones, a decode step multiplies with those only; a prefill, which has
        other ones for each token, is counted with all, as masks do it. A window may be of `chunks` in place of one that
        slides. `pairs` are given where they are others than causality and the window leave. In an encoder, `queries`
        ask in each sequence in place of all of it, and where it `asks_queries`, they are asked too; hidden states that
        come in blocks of `block` see none of a later one. So many keys `beside` those of the tokens are seen by each. A
        further core has a `name`.
        """
        step = self.step
        if step.run is not None:
            self._attend_within(
                step.run, heads, kv_heads, key_dim, value_dim, window is not None, queries, asks_queries, block
            )
            return
        kv_length = step.encoder_len if self._from_encoder else step.kv_length(window, chunks)
        new = step.seq_len * step.streams if self._from_encoder and step.streams != 1 else step.seq_len
        if self._from_encoder:
            pairs = new * kv_length
        elif pairs is None:
            pairs = step.all_pairs(window, causal, chunks)
        if top_k is not None:
            kv_length = step.chosen_length(kv_length, top_k, top_k_block, top_k_tail) if step.decode else kv_length
            pairs = step.chosen_pairs(top_k, top_k_block, top_k_tail)
        if not (beside.__class__ is int and beside == 0):
            kv_length, pairs = kv_length + beside, pairs + step.seq_len * beside
        if self._ranks is not None:
            heads, kv_heads = self.local(heads, "heads"), self.local(kv_heads, "kv_heads")
        m, batch, full = new, step.batch_size * heads, new * kv_length
        stored = step.batch_size * kv_heads * kv_length
        for part, n, k, width in (
            ("scores", kv_length, key_dim, key_dim),
            ("values", value_dim, kv_length, value_dim),
        ):
            self.product(
                f"{name}.{part}" if name else part,
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

    def _attend_within(
        self,
        run: Run,
        heads: int,
        kv_heads: int,
        key_dim: int,
        value_dim: int,
        in_windows: bool,
        queries: int,
        asks_queries: bool,
        block: int,
    ) -> None:
        """Emit the core of attention of an encoder: each sequence of a picture or sound attends within itself."""
        step = self.step
        heads, kv_heads = self.local(heads, "heads"), self.local(kv_heads, "kv_heads")
        pieces = run.windows if in_windows else run.pieces
        if asks_queries:
            pieces = tuple([(length + queries, count) for length, count in pieces])
        full = pairs = None
        if run.media.joined:
            length = step.batch_size * sum([length * count for length, count in pieces])
            full, pairs = length * length, step.batch_size * sum([n * n * count for n, count in pieces])
            pieces = ((length, 1),)
        for length, count in pieces:
            apart = count if run.media.joined else step.batch_size * count
            if block:
                full, pairs = length * length, _pairs_in_blocks(length, block)
            suffix = f"_{length:d}" if len(pieces) > 1 else ""
            for name, n, k, width in (
                ("scores", length, key_dim, key_dim),
                ("values", value_dim, length, value_dim),
            ):
                self.product(
                    name + suffix,
                    queries or length,
                    n,
                    k,
                    apart * kv_heads * length * width,
                    step.dtype,
                    batch=apart * heads,
                    kind="attention",
                    pairs=pairs,
                    full_pairs=1 if full is None else full,
                )

    def norm(
        self,
        name: str,
        norm: Norm,
        rows: int | None = None,
        *,
        width: int = 0,
        sharding: Sharding = "replicated",
        tokens: int | None = None,
    ) -> None:
        """Emit a normalisation over `rows` rows of this rank, by default one for each of `tokens`, or new tokens.

        Where ranks have parts of `width` features of a token, each normalises as many rows as are in its own; a row
        that is on several ranks is normalised in parts, for which they add up a number of each.
        """
        tokens = self.step.tokens if tokens is None else tokens
        size, split = norm.size, width > 0 and (norm.sets > 1 or norm.size == width)
        if width:
            own = self.local(width, sharding)
            if own < size:
                size, rows = own, tokens
                self._joint(name, tokens)
            else:
                rows = tokens * own // size
        numbers = (norm.size,) if norm.sets == 1 else (norm.sets, norm.size)
        split_as: Sharding = sharding if split else "replicated"
        if norm.gain:
            self.weight(name, numbers, split_as)
        if norm.bias:
            self.weight(f"{name}.bias", numbers, split_as)
        elements = size if norm.gain else 0
        if norm.sets > 1:
            elements = elements * self.local(norm.sets, split_as)
        self.product(name, tokens if rows is None else rows, size, 0, elements, kind="norm")
        if norm.gate_rank:
            self.linear(f"{name}.gate_down_proj", norm.size, norm.gate_rank, "replicated", rows=rows)
            self.linear(f"{name}.gate_up_proj", norm.gate_rank, norm.size, "replicated", rows=rows)
        if norm.condition_rank:
            self.linear(f"{name}.condition_down_proj", norm.size, norm.condition_rank, "replicated", rows=1)
            self.linear(f"{name}.condition_up_proj", norm.condition_rank, norm.size, "replicated", rows=1)


def _pairs_in_blocks(length: int, block: int) -> int:
    """Return how many (query, key) pairs of so many hidden states none of which sees one of a later block."""
    whole, rest = divmod(length, block)
    return block * block * whole * (whole + 1) // 2 + rest * length
