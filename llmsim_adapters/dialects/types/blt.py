"""Byte latent transformer: bytes through a local encoder, patches of them through the model, and bytes again.

A small model of bytes says where a patch begins: where the next byte is hard to predict. Source: `BltConfig`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Literal

from llmsim_adapters.dialects.assembly.components import mlp
from llmsim_adapters.dialects.assembly.decoder import dtype, head, layers
from llmsim_adapters.dialects.assembly.layouts import pre_norm
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.reading.reader import Reader
from llmsim_adapters.dialects.types import llama
from llmsim_adapters.spec.components import Attention, Embedding, HashEmbedding, Norm, PatchAttention, Projection
from llmsim_adapters.spec.model import Block, ModelSpec, Stack, Sublayer
from llmsim_adapters.traced import minimum

_PART: Final = llama.DIALECT.like("blt_part", num_key_value_heads=None, intermediate_size=None, hidden_act="silu")
_PARTS: Final = {
    "patcher": {"vocab_size": 260, "hidden_size": 768, "num_hidden_layers": 14, "num_attention_heads": 12}
    | {"intermediate_size": 2048, "sliding_window": 512},
    "encoder": {"vocab_size": 260, "hidden_size": 1024, "num_hidden_layers": 1, "num_attention_heads": 16}
    | {"cross_attn_all_layers": False, "cross_attn_k": 2},
    "global": {"hidden_size": 2048, "num_hidden_layers": 25, "num_attention_heads": 16, "intermediate_size": 5632},
    "decoder": {"hidden_size": 1024, "num_hidden_layers": 9, "num_attention_heads": 16, "intermediate_size": 2816}
    | {"cross_attn_all_layers": True, "cross_attn_k": 2, "hidden_size_global": 2048},
}
_MODES: Final = ("entropy", "bpe", "bpe_patcher", "space", "static", "byte")
_SIZES: Final = [3, 4, 5, 6, 7, 8]
_MAIN: Final = ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size")


def read(r: Reader) -> ModelSpec:
    states, patch = r.size("cross_attn_k"), _patch_size(r)
    window = r.optional_size("local_attention_window_len")
    enters, thinks, leaves = (_part(r, name) for name in ("encoder", "global", "decoder"))
    for name in _MAIN:
        r.derive(name, thinks.size(name) if name != "intermediate_size" else mlp(thinks).intermediate_size)
    inner, hidden, outer = enters.size("hidden_size"), thinks.size("hidden_size"), leaves.size("hidden_size")
    joined = states * inner
    thinks.no_effect(("encoder_cross_output_size",), "follows from the encoder's size")
    enters.no_effect(("sliding_window",), "local_attention_window_len takes its place")
    enters.no_effect(("hidden_size_global",), "of the decoder's projection only")
    leaves.no_effect(("vocab_size",), "the decoder has no table")
    for part in (enters, leaves):
        part.agree("cross_attn_k", states, "cross_attn_k of the whole")
    leaves.agree("hidden_size_global", hidden, "the size of the patches' hidden states")
    r.check(
        "decoder_config", outer == inner, "has another hidden_size than encoder_config, whose hidden states it takes"
    )
    every = enters.flag("cross_attn_all_layers"), leaves.flag("cross_attn_all_layers")
    into = Projection(input_size=inner, output_size=joined, patch_size=patch)
    pool = (
        Sublayer((into,), skip=False, weight_sets=1 if every[0] else None),
        Sublayer((_between(enters, patch, states, "patches"),)),
    )
    spread = (Sublayer((_between(leaves, patch, states, "tokens"),)),)
    back = Projection(input_size=hidden, output_size=states * outer, patch_size=patch)
    narrow = () if joined == hidden else (Projection(input_size=joined, output_size=hidden),)
    vocab = r.size("vocab_size")
    stacks = (
        _stack(enters, "encoder", window, behind=pool, everywhere=every[0]),
        replace(_stack(thinks, "text"), before=narrow, patch_size=patch),
        replace(
            _stack(leaves, "decoder", window, ahead=spread, everywhere=every[1]), before=(back,), after=(Norm(outer),)
        ),
    )
    return ModelSpec(
        model_type=r.model_type,
        stacks=(*_patcher(r), *stacks),
        inputs=(Embedding(vocab_size=enters.size("vocab_size"), hidden_size=inner), _hashes(r, inner)),
        outputs=head(r, outer, vocab),
        dtype=dtype(r),
    )


def _patch_size(r: Reader) -> int:
    """Read how many bytes a patch has: by entropies, as many on average; without a patcher, one.

    Which bytes begin a patch depends on the text, so that the average is an assumption.
    """
    if r.flag("patch_in_forward") and r.word("patching_mode", _MODES) == "entropy":
        r.inferred("patch_size", "how many patches bytes make depends on the text: `patch_size` bytes each are assumed")
        size, most = r.size("patch_size"), r.optional_size("max_patch_length")
        return size if most is None else minimum(size, most)
    r.no_effect(("patch_size", "max_patch_length"), "without a patcher, transformers makes each byte a patch")
    return r.derive("bytes_per_patch", 1)


def _part(r: Reader, name: str) -> Reader:
    part = r.nested(f"{name}_config", dialect=_PART)
    if part is None:  # refused, so that there is no spec
        return Reader({}, _PART.canonical, _PART.defaults)
    part.mark("model_type", "architectures")
    part.no_effect(("dtype",), "a checkpoint's number format is that of the whole model")
    part.no_effect(("tie_word_embeddings",), "the class ties no table of a part")
    return part


def _attention(r: Reader, window: int | None) -> Attention:
    hidden, heads = r.size("hidden_size"), r.size("num_attention_heads")
    r.check("num_attention_heads", hidden % heads == 0, lambda: f"is {int(heads)}, which does not divide hidden_size")
    kv_heads = r.size_or("num_key_value_heads", lambda: heads)
    r.check(
        "num_key_value_heads", heads % kv_heads == 0, lambda: f"is {int(kv_heads)}, which does not divide the heads"
    )
    r.no_effect(("head_dim",), "the class takes hidden_size / num_attention_heads, whatever it says")
    return Attention(
        hidden_size=hidden,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        head_dim=hidden // heads,
        window=window,
    )


def _between(r: Reader, patch: int, states: int, queries: Literal["patches", "tokens"]) -> PatchAttention:
    usual = _attention(r, None)
    return PatchAttention(
        hidden_size=usual.hidden_size,
        num_attention_heads=usual.num_attention_heads,
        num_key_value_heads=usual.num_key_value_heads,
        head_dim=usual.head_dim,
        patch_size=patch,
        states=states,
        queries=queries,
    )


def _stack(
    r: Reader,
    name: str,
    window: int | None = None,
    *,
    ahead: tuple[Sublayer, ...] = (),
    behind: tuple[Sublayer, ...] = (),
    everywhere: bool = True,
    activation: str | None = None,
) -> Stack:
    """Return a part's layers; `ahead` stand before the first layer, `behind` after the last, or with every one."""
    count, hidden = layers(r), r.size("hidden_size")
    width = r.size_or("intermediate_size", lambda: 8 * hidden // 3)
    network = mlp(r, width=width)
    network = network if activation is None else replace(network, activation=activation)
    plain = pre_norm(_attention(r, window), network, Norm(hidden))
    counted_by = f"{name}_num_hidden_layers"
    crossed = Block("crossing_layer", (*ahead, *plain, *behind))
    if not (ahead or behind):
        return Stack(name, (Block("layer", plain),), (0,) * count, counted_by=counted_by)
    if everywhere or count == 1:
        return Stack(name, (crossed,), (0,) * count, counted_by=counted_by)
    order = (0,) + (1,) * (count - 1) if ahead else (1,) * (count - 1) + (0,)
    return Stack(name, (crossed, Block("layer", plain)), order, counted_by=counted_by)


def _patcher(r: Reader) -> tuple[Stack, ...]:
    """Read the model whose entropies say where patches begin: it has logits for every byte."""
    part = _part(r, "patcher")
    if not r.flag("patch_in_forward"):
        part.set_aside("patch_in_forward is false")
        return ()
    hidden, vocab = part.size("hidden_size"), part.size("vocab_size")
    stack = _stack(part, "patcher", part.optional_size("sliding_window"), activation="silu")
    part.no_effect(("hidden_act",), "the class fixes it")
    logits = Projection(input_size=hidden, output_size=vocab)
    return (replace(stack, before=(Embedding(vocab_size=vocab, hidden_size=hidden),), after=(Norm(hidden), logits)),)


def _hashes(r: Reader, hidden: int) -> HashEmbedding:
    said = r.integers("encoder_hash_byte_group_size")
    sizes = _SIZES if said is None else said
    count = r.size("encoder_hash_byte_group_nb_functions") * r.derive("byte_group_sizes", len(sizes))
    return HashEmbedding(rows=r.size("encoder_hash_byte_group_vocab") * count, hidden_size=hidden, count=count)


DIALECT = Dialect(
    "blt",
    read,
    defaults={
        "vocab_size": 260,
        "patch_in_forward": True,
        "patch_size": 4,
        "patching_mode": "entropy",
        "max_patch_length": None,
        "local_attention_window_len": 512,
        "cross_attn_k": 2,
        "encoder_hash_byte_group_size": None,
        "encoder_hash_byte_group_vocab": 500002,
        "encoder_hash_byte_group_nb_functions": 1,
        "tie_word_embeddings": False,
        **{f"{part}_config.{name}": value for part, said in _PARTS.items() for name, value in said.items()},
    },
    costless={
        "patching_threshold": "which bytes begin a patch; how many a patch has is said by patch_size",
        "patching_batch_size": "how the same patches are computed",
    },
)
