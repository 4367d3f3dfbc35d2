"""The step: the sizes of what one schedule runs, and how many pairs of tokens attention has in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmsim_adapters.traced import minimum

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.graph.operator import Operator
    from llmsim_adapters.spec.quantization import Quantization


class Step:
    """The sizes of one step, shared by all sites of a graph; `tokens` are the new ones of all sequences.

    `prompt` tokens of the model's own are among the new ones of a sequence that begins, else among the cached ones.
    """

    __slots__ = (
        "all_logits",
        "batch_size",
        "cache_dtype",
        "context_len",
        "decode",
        "dtype",
        "prompt",
        "quantization",
        "seq_len",
        "tokens",
        "tracer",
        "weight_dtype",
    )

    def __init__(
        self,
        *,
        batch_size: int,
        seq_len: int,
        context_len: int,
        decode: bool,
        all_logits: bool,
        dtype: str,
        weight_dtype: str,
        cache_dtype: str,
        quantization: Quantization | None,
        tracer: Callable[[], Mapping[str, Operator]] | None = None,
        prompt: int = 0,
    ) -> None:
        if prompt and context_len:
            context_len = context_len + prompt
        elif prompt:
            seq_len = seq_len + prompt
        self.prompt = prompt
        self.batch_size = batch_size
        self.seq_len = seq_len
        self.context_len = context_len
        self.decode = decode
        self.all_logits = all_logits
        self.dtype = dtype
        self.weight_dtype = weight_dtype
        self.cache_dtype = cache_dtype
        self.quantization = quantization
        self.tracer = tracer
        self.tokens = batch_size * seq_len

    def kv_length(self, window: int | None, chunked: bool = False) -> int:
        """Return how many keys each new token is multiplied with: the cached ones in reach, and the new ones.

        The products are with all of them; what causality and the window leave of the pairs is `pairs`.
        """
        if window is None:
            return self.context_len + self.seq_len
        if chunked:
            return self.context_len - self.context_len // window * window + self.seq_len
        return minimum(self.context_len, window - 1) + self.seq_len

    def pairs(self, window: int | None, causal: bool, chunked: bool = False) -> int:
        """Return how many (query, key) pairs of one sequence causality and the window leave.

        New token i of 1 … seq_len sees the min(context_len + i, window) latest keys, its own among them, and, where
        attention is not causal, as many later ones less one as there are. In chunks of `window` it sees the keys of its
        own chunk up to itself.
        """
        cached, new = self.context_len, self.seq_len
        if chunked and window is not None:
            return _stairs(cached + new, window) - _stairs(cached, window)
        earlier = _staircase(cached + new, window) - _staircase(cached, window)
        if causal:
            return earlier
        return earlier + _staircase(new - 1, None if window is None else window - 1)

    def chosen_pairs(self, top_k: int, block: int) -> int:
        """Return how many (query, key) pairs of one sequence there are where a token attends to `top_k` chosen ones.

        They are chosen in whole blocks; of its own block, which is one of them, a token sees the keys up to itself.
        """
        cached, new = self.context_len, self.seq_len
        if block == 1:
            return _staircase(cached + new, top_k) - _staircase(cached, top_k)
        blocks = top_k // block - 1
        return _blocks(cached + new, block, blocks) - _blocks(cached, block, blocks)

    def entries(self, rate: int) -> int:
        """Return how many entries the tokens of one sequence make, `rate` of them one."""
        return (self.context_len + self.seq_len) // rate

    def new_entries(self, rate: int) -> int:
        """Return how many of them the new tokens complete."""
        return self.entries(rate) - self.context_len // rate

    def entry_pairs(self, rate: int, top_k: int | None) -> int:
        """Return how many (query, entry) pairs of one sequence there are: the complete ones, `top_k` at most."""
        cached, new = self.context_len, self.seq_len
        most = self.entries(rate) if top_k is None else top_k
        return _earlier(cached + new + 1, rate, most) - _earlier(cached + 1, rate, most)


def _blocks(steps: int, block: int, most: int) -> int:
    """Return the sum of 1 + (i - 1) mod block + block · min((i - 1) // block, most) for i from 1 to `steps`."""
    return _stairs(steps, block) + block * _earlier(steps, block, most)


def _earlier(steps: int, block: int, most: int) -> int:
    """Return the sum of min((i - 1) // block, most) for i from 1 to `steps`."""
    whole = steps // block
    return block * _staircase(whole - 1, most) + (steps - whole * block) * minimum(whole, most)


def _staircase(steps: int, height: int | None) -> int:
    """Return the sum of min(i, height) for i from 1 to `steps`."""
    if height is None:
        return steps * (steps + 1) // 2
    rising = minimum(steps, height)
    return rising * (rising + 1) // 2 + (steps - rising) * height


def _stairs(steps: int, height: int) -> int:
    """Return the sum of 1 + (i - 1) mod height for i from 1 to `steps`."""
    whole = steps // height
    return whole * _staircase(height, None) + _staircase(steps - whole * height, None)
