"""Qwen 4: Qwen3.5-MoE with hyper-connections, n-gram tables in some layers, and attention to chosen blocks of tokens.

Source: transformers `Qwen4ExpTextConfig`; its prediction modules, SGLang's `qwen4_exp_mtp.py`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from math import isqrt
from typing import TYPE_CHECKING, Final

from llmsim_adapters.dialects.assembly.components import attention
from llmsim_adapters.dialects.assembly.decoder import decoder, layers, next_token_stack, prediction_modules
from llmsim_adapters.dialects.assembly.layers import with_layers
from llmsim_adapters.dialects.assembly.linear_attention import (
    ATTENTION_PARAMETERS,
    gated_delta_net,
    last_of_every,
    linear_or_full,
)
from llmsim_adapters.dialects.assembly.options import gated
from llmsim_adapters.dialects.types import qwen2_moe, qwen3_5_moe_text
from llmsim_adapters.spec.components import (
    GatedDeltaNet,
    Indexer,
    LowRankHyperConnection,
    NextTokenInput,
    NgramInput,
    Norm,
)
from llmsim_adapters.spec.model import Block, Sublayer
from llmsim_adapters.traced import ceil_div

if TYPE_CHECKING:
    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.spec.components import Attention
    from llmsim_adapters.spec.model import ModelSpec, Stack

_CHOICE: Final = ("indexer_n_heads", "indexer_kv_heads", "indexer_head_dim", "indexer_budget", "indexer_compress_ratio")
_TABLES: Final = ("ngram_size", "heads_per_ngram", "ngram_vocab_size_base", "make_ngram_vocab_size_divisible_by")
_NGRAMS: Final = (*_TABLES, "ple_embed_dim", "ple_conv_kernel_size")
_MOST_HEADS: Final = 4096


def read(r: Reader) -> ModelSpec:
    hidden, streams, rank = r.size("hidden_size"), r.size("hc_count"), r.size("hc_lowrank")
    count = prediction_modules(r)
    mixers = linear_or_full(
        r,
        lambda: gated_delta_net(r),
        lambda: _attention(r),
        lambda: last_of_every(r, "full_attention_interval"),
        full_parameters=() if count else (*ATTENTION_PARAMETERS, *_CHOICE),
        names=("indexed_attention", "full_attention"),
    )
    experts = qwen2_moe.experts_with_shared(r)
    spec = decoder(r, mixers, experts, final_norm=False)
    connection = LowRankHyperConnection(hidden_size=hidden, streams=streams, rank=rank)
    (text,) = spec.stacks
    plain = tuple(
        Block(block.name, tuple(replace(s, pre_norms=(), residual=connection) for s in block.sublayers))
        for block in text.blocks
    )
    found = [plain[index] for index in text.order]
    for layer, ngrams in _ngrams(r).items():
        block = found[layer]
        linear = any(isinstance(mixer, GatedDeltaNet) for s in block.sublayers for mixer in s.mixers)
        r.check("ple_layer_ids", linear, f"has {layer + 1}, which is no layer of linear attention")
        found[layer] = Block(f"{block.name}_ngrams_{layer}", (Sublayer((ngrams,)), *block.sublayers))
    last = replace(connection, injects=False)
    spec = with_layers(spec, found, last)
    module = next_token_stack(r, count, _attention(r), experts) if count else None
    return spec if module is None else replace(spec, stacks=(*spec.stacks, _connected(module, connection, last)))


def _connected(stack: Stack, connection: LowRankHyperConnection, last: LowRankHyperConnection) -> Stack:
    """Return prediction modules of as many streams as the model, which are normalised together (`qwen4_exp_mtp.py`)."""
    hidden, streams = connection.hidden_size, connection.streams
    join = Sublayer((NextTokenInput(hidden_size=hidden, streams=streams, joint=True),), skip=False)
    (block,) = stack.blocks
    _, *layer, predict = block.sublayers
    middle = [replace(sublayer, pre_norms=(), residual=connection) for sublayer in layer]
    parts = (join, *middle, Sublayer((last,), skip=False), replace(predict, pre_norms=()))
    return replace(stack, blocks=(replace(block, sublayers=parts),))


def _attention(r: Reader) -> Attention:
    hidden, head_dim = r.size("hidden_size"), r.size("indexer_head_dim")
    base = attention(r, bias=r.flag("attention_bias"), qk_norm=True)
    block, budget = r.size("indexer_compress_ratio"), r.size("indexer_budget")
    r.check(
        "indexer_budget", budget % block == 0, lambda: f"is {int(budget)}, which is no number of blocks of {int(block)}"
    )
    r.agree("indexer_kv_heads", 1, "the type's indexer has one key")
    norm = Norm(head_dim)
    indexer = Indexer(
        hidden_size=hidden,
        query_size=hidden,
        num_heads=r.size("indexer_n_heads"),
        head_dim=head_dim,
        k_norm=norm,
        q_norm=norm,
        head_weights=False,
        pool=block,
    )
    return replace(
        gated(base, bias=base.qkv_bias),
        top_k=budget,
        top_k_block=block,
        top_k_tail=True,
        indexer=indexer,
    )


def _ngrams(r: Reader) -> dict[int, NgramInput]:
    """Read which layers have tables of n-grams, by their numbers from 0, and their sizes."""
    numbers = sorted(set(r.integers("ple_layer_ids", most=int(layers(r))) or ()))
    if not numbers:
        r.no_effect(_NGRAMS, "no layer has n-grams")
        return {}
    hidden, size = r.size("hidden_size"), r.size("ngram_size")
    heads, base = (size - 1) * r.size("heads_per_ngram"), r.size("ngram_vocab_size_base")
    width, divisor = r.size_or("ple_embed_dim", lambda: hidden), r.size("make_ngram_vocab_size_divisible_by")
    kernel = r.size("ple_conv_kernel_size")
    if not 0 < heads * len(numbers) <= _MOST_HEADS or width % heads:
        r.refuse("heads_per_ngram", heads, f"at most {_MOST_HEADS} heads of all tables, a divisor of ple_embed_dim")
        return {}
    primes = _primes(int(base), int(heads) * len(numbers))
    found = {}
    for i, number in enumerate(numbers):
        rows = sum(primes[i * heads : (i + 1) * heads])
        found[number - 1] = NgramInput(
            hidden_size=hidden,
            streams=r.size("hc_count"),
            table_rows=r.derive(f"ngram_rows_{i + 1}", ceil_div(rows, divisor) * divisor),
            heads=heads,
            width=width,
            ngram_size=size,
            conv_kernel=kernel,
        )
    return found


@cache
def _primes(least: int, count: int) -> list[int]:
    """Return the first `count` primes from `least` on: each head of each table has one of its own as its size."""
    found: list[int] = []
    number = max(least, 2)
    while len(found) < count:
        if all(number % divisor for divisor in range(2, isqrt(number) + 1)):
            found.append(number)
        number += 1
    return found


DIALECT = qwen3_5_moe_text.DIALECT.like(
    "qwen4_exp_text",
    read=read,
    text_only=("Qwen4ExpForCausalLM",),
    costless={
        "output_gate_type": "an activation: elementwise",
        "seed": "of the hashes: which rows tokens choose, not how many there are",
        "split_ngram_parts": "into how many parts a table is cut in the checkpoint's files",
        "number_of_conv_states": "follows from whether there are n-grams",
    },
    num_experts=512,
    num_experts_per_tok=10,
    partial_rotary_factor=None,
    ple_layer_ids=None,
    ple_embed_dim=None,
    ple_conv_kernel_size=4,
    ngram_size=3,
    heads_per_ngram=8,
    ngram_vocab_size_base=20_000_000,
    make_ngram_vocab_size_divisible_by=128,
    hc_count=4,
    hc_lowrank=320,
)
