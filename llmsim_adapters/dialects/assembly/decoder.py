"""From components to a decoder: layers, their blocks and order, the ends and the number format."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace  # by which the options of attention follow
from itertools import cycle, islice
from typing import TYPE_CHECKING, Final, Literal

from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.assembly.scores import SCORES, scores
from llmsim_adapters.spec.components import (
    Attention,
    Component,
    Embedding,
    Head,
    LatentAttention,
    MixtureOfExperts,
    NextTokenInput,
    Norm,
)
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer
from llmsim_adapters.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmsim_adapters.dialects.assembly.layouts import Layout
    from llmsim_adapters.dialects.reading.reader import Reader

FULL: Final = "full_attention"
SLIDING: Final = "sliding_attention"


def layers(r: Reader) -> int:
    """Read how many layers the decoder has."""
    return r.size("num_hidden_layers")


def windowed(
    r: Reader, base: Attention, sliding: Sequence[bool], *, both_sides: bool = False
) -> Attention | list[Attention]:
    """Return the attention of each layer, where `sliding` says which ones have the window of the config.

    An explicit `layer_types` in the config takes the place of `sliding`. With `both_sides` the config's window is that
    of earlier and later tokens together.
    """
    kinds = r.words("layer_types", (FULL, SLIDING), len(sliding))
    if kinds is not None:
        sliding = [kind == SLIDING for kind in kinds]
    if not any(sliding):
        r.no_effect(("sliding_window",), "no layer has sliding attention")
        return base
    window = r.optional_size("sliding_window")
    if window is None:
        if kinds is not None:
            r.contradicts("sliding_window", f"{r.prefix}layer_types", SLIDING, f"{r.prefix}sliding_window", None)
        return base
    narrow = replace(base, window=window // 2 + 1 if both_sides else window)
    return narrow if all(sliding) else [narrow if slides else base for slides in sliding]


def decoder(
    r: Reader,
    mixer: Component | Sequence[Component],
    feed_forward: Component | Sequence[Component],
    *,
    layout: Layout = pre_norm,
    norm: Norm | None = None,
    final_norm: bool = True,
    inputs: tuple[Component, ...] = (),
    head_bias: bool = False,
    mtp: Stack | None = None,
    softcap: float | None = None,
) -> ModelSpec:
    """Return a decoder whose layers have a mixer and a feed-forward network, one for all layers or one each.

    Layers with the same parts are one block. `norm` is the model's usual one, by default an RMS norm, and `layout`
    says where a layer has it; `final_norm` is the one before the head. `inputs` stand after the token embedding.
    """
    hidden, vocab, count = r.size("hidden_size"), r.size("vocab_size"), layers(r)
    norm = norm or Norm(hidden)
    distinct, order = blocks(mixer, feed_forward, norm, layout, count)
    text = Stack("text", distinct, order, after=(norm,) if final_norm else ())
    return ModelSpec(
        model_type=r.model_type,
        stacks=(text,) if mtp is None else (text, mtp),
        inputs=(Embedding(vocab_size=vocab, hidden_size=hidden), *inputs),
        outputs=head(r, hidden, vocab, softcap, head_bias),
        dtype=dtype(r),
    )


def layer_norm(r: Reader, *, bias: bool = True) -> Norm:
    """Return the layer norm over the hidden size."""
    return Norm(r.size("hidden_size"), "layer", bias=bias)


def blocks(
    mixer: Component | Sequence[Component],
    feed_forward: Component | Sequence[Component],
    norm: Norm,
    layout: Layout,
    count: int,
) -> tuple[tuple[Block, ...], tuple[int, ...]]:
    """Return the distinct blocks of `count` layers, and which of them each layer is."""
    mixers = (mixer,) if isinstance(mixer, Component) else mixer
    feed_forwards = (feed_forward,) if isinstance(feed_forward, Component) else feed_forward
    if len(mixers) == len(feed_forwards) == 1:
        return (Block("layer", layout(mixers[0], feed_forwards[0], norm)),), (0,) * count
    # Layers with the same parts share the objects, so that identity tells them apart, at no cost.
    ids = [islice(cycle(map(id, parts)), count) for parts in (mixers, feed_forwards) if len(parts) > 1]
    keys: list[object] = list(ids[0] if len(ids) == 1 else zip(*ids, strict=True))
    distinct = dict.fromkeys(keys)
    found: list[Block] = []
    called: Counter[str] = Counter()
    for first in map(keys.index, distinct):
        mixer, feed_forward = mixers[first % len(mixers)], feed_forwards[first % len(feed_forwards)]
        sublayers = layout(mixer, feed_forward, norm)
        name = _name(mixer, feed_forward) if sublayers else "empty"
        if sublayers and sublayers[0].from_encoder:
            name = "cross"
        alike = sum(times for other, times in called.items() if other.startswith(name))
        called[name] += 1
        found.append(Block(f"{name}_{alike + 1}" if alike else name, sublayers))
    index = dict(zip(distinct, range(len(distinct)), strict=True))
    return tuple(found), tuple(map(index.__getitem__, keys))


def _name(mixer: Component, feed_forward: Component) -> str:
    if mixer is feed_forward:
        return mixer.kind
    if isinstance(mixer, Attention):
        attends = "full" if mixer.window is None else "sliding"
    else:
        attends = "latent" if isinstance(mixer, LatentAttention) else mixer.kind
    return f"{attends}_moe" if isinstance(feed_forward, MixtureOfExperts) else f"{attends}_dense"


def prediction_modules(r: Reader) -> int:
    """Read how many multi-token prediction modules there are: one in a model that is such a module alone."""
    count = r.count("num_nextn_predict_layers")
    if r.predicts_alone and count != 1:
        return r.derive("num_nextn_predict_layers", 1)
    return count


def next_token_stack(
    r: Reader, count: int, *mixers: Component, final_norm: bool = True, layout: Layout | None = None
) -> Stack | None:
    """Return the multi-token prediction stack of `count` modules, or None where there is none.

    Each module joins the next token's embedding to the hidden state, runs one more layer of these mixers, normalises,
    and uses the main model's head (DeepSeek-V3, arXiv:2412.19437, section 2.2). `layout` says where a layer of two
    mixers has its norms; without one, they stand before each mixer.
    """
    if not count:
        return None
    hidden, vocab = r.size("hidden_size"), r.size("vocab_size")
    norm = Norm(hidden)
    norms = (norm,) if final_norm else ()
    if layout is None:
        layer = tuple([Sublayer((mixer,), (norm,)) for mixer in mixers])
    else:
        mixer, feed_forward = mixers
        layer = layout(mixer, feed_forward, norm)
    join = Sublayer((NextTokenInput(hidden_size=hidden),), skip=False)
    predict = Sublayer((Head(hidden_size=hidden, vocab_size=vocab, weight_of="head"),), norms, skip=False)
    block = Block("module", (join, *layer, predict))
    return Stack("mtp", (block,), (0,) * count, optional=True, counted_by="num_nextn_predict_layers")


def head(r: Reader, hidden: int, vocab: int, softcap: float | None = None, bias: bool = False) -> tuple[Component, ...]:
    """Read which head the architecture has, and whether it is tied to the token embedding."""
    tied = r.flag("tie_word_embeddings")
    if r.architecture in SCORES:
        r.no_effect(("tie_word_embeddings",), f"{printable(r.architecture)} has no language-model head")
        return scores(r, hidden)
    projected = None if r.architecture.endswith("ForCausalLM") else _to_embeddings(r, hidden)
    if projected is not None or not r.has_language_head():
        r.no_effect(("tie_word_embeddings",), f"{printable(r.architecture)} has no language-model head")
        return projected or ()
    weight_of: Literal["embedding", "itself"] = "embedding" if tied else "itself"
    return (Head(hidden_size=hidden, vocab_size=vocab, weight_of=weight_of, bias=bias, softcap=softcap),)


def _to_embeddings(r: Reader, hidden: int) -> tuple[Component, ...] | None:
    """Read what makes embeddings of the hidden states, where the architecture is one that has such layers."""
    from llmsim_adapters.dialects.assembly.embeddings import EMBEDDINGS  # not for a language model

    return EMBEDDINGS[r.architecture](r, hidden) if r.architecture in EMBEDDINGS else None


_DTYPES: Final[dict[str, Literal["float32", "float16", "bfloat16"]]] = {
    "float32": "float32",
    "float": "float32",
    "float16": "float16",
    "half": "float16",
    "bfloat16": "bfloat16",
}


def dtype(r: Reader) -> str:
    """Read the checkpoint's number format; without one it is torch's default, float32."""
    said = r.text("dtype")
    if said is None:
        return r.default("dtype", "float32")
    name = _DTYPES.get(said.removeprefix("torch."))
    if name is None:
        r.refuse("dtype", said, f"one of {', '.join(_DTYPES)}")
        return "float32"
    return name
