"""The step: the sizes of what one schedule runs, and how many pairs of tokens attention has in it."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from llmsim_adapters.traced import ceil_div, maximum, minimum

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from llmsim_adapters.engines.layout import Layout
    from llmsim_adapters.engines.ranks import Group
    from llmsim_adapters.graph.operator import Operator
    from llmsim_adapters.spec.components.sparse_attention import StridedBlocks
    from llmsim_adapters.spec.media.media import Mutual, Run
    from llmsim_adapters.spec.quantization import Quantization


class Step:
    """The sizes of one step, shared by all sites of a graph; `tokens` are the new ones of all sequences and streams.

    `prompt` tokens of the model's own are among the new ones of a sequence that begins, else among the cached ones.
    `run` is what an encoder runs of the media of one sequence, `encoder_len` the length of an encoder's output that
    tokens attend to, `mutual` which tokens see later ones, as those of a picture do; `media_tokens` of a sequence's new
    tokens stand for rows of an encoder. An encoder that runs in every step has so many rows `per_token`. Where there is
    a `canvas`, what is decoded sees all of it. `layout` is what the engine makes of the model, `lowerings` what each
    kind of component costs.
    """

    __slots__ = (
        "all_logits",
        "batch_size",
        "cache_dtype",
        "canvas",
        "context_len",
        "decode",
        "dtype",
        "encoder_len",
        "layout",
        "lowerings",
        "media_tokens",
        "mutual",
        "patch_size",
        "per_token",
        "prompt",
        "quantization",
        "run",
        "seq_len",
        "streams",
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
        layout: Layout,
        lowerings: Mapping[type, Callable[[Any, Any], None]],
        tracer: Callable[[], Mapping[str, Operator]] | None = None,
        prompt: int = 0,
        streams: int = 1,
        encoder_len: int = 0,
        mutual: tuple[Mutual, ...] = (),
        canvas: bool = False,
        media_tokens: int = 0,
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
        self.layout = layout
        self.lowerings = lowerings
        self.tracer = tracer
        self.tokens = batch_size * seq_len * streams
        self.streams = streams
        self.patch_size = 1
        self.per_token = 0
        self.encoder_len = encoder_len
        self.mutual = mutual
        self.canvas = canvas
        self.media_tokens = media_tokens
        self.run: Run | None = None

    def input_dtype(self, dtype: str) -> str:
        """Return the format in which a linear layer with weights of a format takes its inputs."""
        if self.quantization is not None:
            for scheme in self.quantization.schemes:
                if scheme.dtype == dtype:
                    return scheme.inputs or self.dtype
        return self.dtype

    def kv_length(self, window: int | None, chunks: int = 0) -> int:
        """Return how many keys each new token is multiplied with: the cached ones in reach, and the new ones.

        The products are with all of them; what causality and the window, or its `chunks`, leave of the pairs is
        `pairs`.
        """
        if window is None:
            return self.context_len + self.seq_len
        if chunks:
            size = window if chunks == 1 else window // chunks
            begun = self.context_len // size * size
            own = self.context_len - begun + self.seq_len
            return own if chunks == 1 else minimum(begun, (chunks - 1) * size) + own
        return minimum(self.context_len, window - 1) + self.seq_len

    def pairs(self, window: int | None, causal: bool, chunks: int = 0) -> int:
        """Return how many (query, key) pairs of one sequence causality and the window leave.

        New token i of 1 … seq_len sees the min(context_len + i, window) latest keys, its own among them, and, where
        attention is not causal, as many later ones less one as there are. In `chunks` that a window is made of it sees
        the keys of its own chunk up to itself, and those of the others before. What is decoded on a canvas sees all
        that is in reach, and all of the canvas.
        """
        cached, new = self.context_len, self.seq_len
        if self.canvas and self.decode:
            return new * self.kv_length(window, chunks)
        if chunks and window is not None:
            if chunks == 1:
                return _stairs(cached + new, window) - _stairs(cached, window)
            size = window // chunks
            return _blocks(cached + new, size, chunks - 1) - _blocks(cached, size, chunks - 1)
        earlier = _staircase(cached + new, window) - _staircase(cached, window)
        if causal:
            return earlier
        return earlier + _staircase(new - 1, None if window is None else window - 1)

    def later_pairs(self, window: int) -> int:
        """Return how many (query, key) pairs of one sequence there are with at most so many later tokens each."""
        return _staircase(self.seq_len - 1, window)

    def all_pairs(self, window: int | None, causal: bool, chunks: int = 0) -> int:
        """Return the pairs with those of tokens of media that see later ones, as all tokens of a prompt may."""
        if self.mutual and (causal or any(each.spans is None for each in self.mutual)):
            return self.pairs(window, True, chunks) + self.mutual_pairs(window)
        return self.pairs(window, causal, chunks)

    def mutual_pairs(self, window: int | None) -> int:
        """Return how many more (query, key) pairs of one sequence there are where tokens of media see later ones.

        In a span of n tokens they are n (n - 1) / 2, and, where it is seen whole, those that are as far apart as the
        window or farther.
        """
        more = 0
        for each in self.mutual:
            if each.in_windows and window is None:
                continue
            for length, count in each.spans or ((self.seq_len, 1),):
                more = more + count * (length * (length - 1) // 2)
                if each.whole and window is not None:
                    beyond = maximum(length - window, 0)
                    more = more + count * (beyond * (beyond + 1) // 2)
        return more

    def pairs_of_blocks(self, block: int) -> int:
        """Return how many (query, key) pairs of one sequence there are where tokens come in blocks of so many.

        A token sees its own block and those before, as far as there are tokens.
        """
        cached, total = self.context_len, self.context_len + self.seq_len
        whole = total // block
        begun = total - whole * block
        missing = minimum(self.seq_len, begun) * ((whole + 1) * block - total)
        return _steps(total, block) - _steps(cached, block) - missing

    def chosen_length(self, length: int, top_k: int, block: int, tail: bool = False) -> int:
        """Return how many of `length` keys a token is multiplied with where it attends to `top_k` chosen ones.

        With a `tail`, all new tokens are with as many as the one of them that has the most: the latest before a block
        is whole, or the last.
        """
        if not tail:
            return minimum(length, top_k)
        before = maximum((length + 1) // block * block - 1, length - self.seq_len + 1)
        return maximum(_with_tail(before, top_k, block), _with_tail(length, top_k, block))

    def chosen_pairs(self, top_k: int, block: int, tail: bool = False) -> int:
        """Return how many (query, key) pairs of one sequence there are where a token attends to `top_k` chosen ones.

        They are chosen in whole blocks; of its own block, which is one of them, a token sees the keys up to itself.
        With a `tail`, a token's block is among those to choose from only once it is whole, and is seen until then.
        """
        cached, new = self.context_len, self.seq_len
        if tail:
            return _blocks(cached + new + 1, block, top_k // block) - _blocks(cached + 1, block, top_k // block) - new
        if block == 1:
            return _staircase(cached + new, top_k) - _staircase(cached, top_k)
        blocks = top_k // block - 1
        return _blocks(cached + new, block, blocks) - _blocks(cached, block, blocks)

    def strided_pairs(self, strides: StridedBlocks) -> int:
        """Return how many (query, key) pairs of one sequence a head has in the mean where it sees blocks by strides.

        A token sees the latest blocks, its own up to itself, and of those before its head's.
        """
        cached, total = self.context_len, self.context_len + self.seq_len
        size, before = strides.size, strides.local - 1
        near = _blocks(total, size, before) - _blocks(cached, size, before)
        far = _strided(total, strides) - _strided(cached, strides)
        return near + ceil_div(far, strides.turns)

    def patches(self, size: int) -> int:
        """Return how many patches of `size` tokens have begun, the one of the next token among them."""
        return self.entries(size) + 1

    def new_patches(self, size: int) -> int:
        """Return how many of them begin in this step."""
        return self.new_entries(size) if self.context_len else self.patches(size)

    def of_patches(self, size: int) -> Step:
        """Return the step of a stack that runs on patches of `size` tokens in place of tokens."""
        step = copy(self)
        step.seq_len = self.new_patches(size)
        step.context_len = self.patches(size) - step.seq_len
        step.tokens = self.batch_size * step.seq_len
        step.patch_size = size
        return step

    def of_frames(self, rows: int) -> Step:
        """Return the step of a stack that runs on so many rows for each token."""
        step = copy(self)
        step.seq_len, step.context_len = self.seq_len * rows, self.context_len * rows
        step.tokens = self.batch_size * step.seq_len
        step.per_token = rows
        return step

    def of_run(self, run: Run) -> Step:
        """Return the step of an encoder, whose sequences are those of one batch's media, without anything cached."""
        step = self.of_rows(run.count("rows"))
        step.run, step.decode = run, False
        step.cache_dtype = step.dtype
        return step

    def of_source(self) -> Step:
        """Return the step of an encoder of words, whose output later tokens attend to: all of them, nothing cached."""
        step = self.of_rows(self.encoder_len)
        step.decode, step.mutual, step.encoder_len = False, (), 0
        step.cache_dtype = step.dtype
        return step

    def of_rows(self, rows: int) -> Step:
        """Return the step of a part of an encoder that runs on so many rows of each sequence."""
        step = copy(self)
        step.streams = 1
        step.seq_len, step.context_len = rows, 0
        step.tokens = self.batch_size * rows
        return step

    def of_tokens(self, tokens: int) -> Step:
        """Return the step of a part of the model that runs on so many of all new tokens, one by one."""
        step = copy(self)
        step.tokens = tokens
        return step

    def shared_by(self, group: Group) -> Step:
        """Return the step of a part of the model that ranks run on more or fewer tokens than their group has."""
        gathers = not (group.gathered.__class__ is int and group.gathered == 1)
        scatters = not (group.scattered.__class__ is int and group.scattered == 1)
        if not gathers and not scatters:
            return self
        step = copy(self)
        if gathers:
            step.batch_size = step.batch_size * group.gathered
            step.tokens = step.tokens * group.gathered
        if scatters:
            step.tokens = ceil_div(step.tokens, group.scattered)
        return step

    def padded(self, multiple: int, above: int) -> Step:
        """Return the step of a stack that pads sequences which begin with more than so many tokens."""
        if self.context_len or self.seq_len <= above:
            return self
        step = copy(self)
        step.seq_len = ceil_div(self.seq_len, multiple) * multiple
        step.tokens = self.batch_size * step.seq_len
        return step

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


def _strided(steps: int, strides: StridedBlocks) -> int:
    """Return the sum over tokens of all heads' strided keys: size · (max((i - 1) // size - local + 1, 0) // stride)."""
    size, stride = strides.size, strides.stride
    whole = steps // size
    far = maximum(whole - strides.local + 1, 0)
    return size * (size * _stairs_of(far, stride) + (steps - whole * size) * (far // stride))


def _stairs_of(steps: int, stride: int) -> int:
    """Return the sum of (i - 1) // stride for i from 1 to `steps`."""
    whole = steps // stride
    return stride * _staircase(whole - 1, None) + (steps - whole * stride) * whole


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


def _steps(tokens: int, block: int) -> int:
    """Return the sum of the last number of i's block of so many, for i from 1 to `tokens`."""
    whole = tokens // block
    return _staircase(whole, None) * block * block + (tokens - whole * block) * (whole + 1) * block


def _with_tail(length: int, top_k: int, block: int) -> int:
    """Return how many of so many keys are chosen in whole blocks, or are of the one that has begun."""
    whole = length // block * block
    return minimum(whole, top_k) + length - whole
