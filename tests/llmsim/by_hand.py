"""Six models on 16 ranks (tp 4, dp 4), by hand: parameters, the bytes that one rank keeps, and its cache.

Plain arithmetic on the published sizes, part by part; nothing of the package. The whole model's parameters are there to
be compared with the published count first.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from tests.facts import facts

TP: Final = 4
LENGTH: Final = 4096


class ByHand(NamedTuple):
    """`cache` is that of one sequence of `LENGTH` tokens on one rank; weights and cache in bytes."""

    source: str | dict[str, Any]
    ep_size: int
    published: int
    parameters: int
    weights: int
    cache: int


def _mixtral() -> ByHand:
    hidden, inner, layers, heads, kv_heads, size, vocab, experts = 4096, 14336, 32, 32, 8, 128, 32000, 8
    split = 2 * hidden * size * (heads + kv_heads)
    whole = hidden * experts + 2 * hidden
    mixture = experts * 3 * hidden * inner
    return ByHand(
        "mistralai/Mixtral-8x7B-v0.1",
        8,
        46_702_792_704,
        layers * (split + whole + mixture) + 2 * vocab * hidden + hidden,
        2 * (layers * (split // TP + whole + mixture // 8) + 2 * vocab * hidden // TP + hidden),
        layers * LENGTH * 2 * (kv_heads // TP) * size * 2,
    )


def _gemma_2() -> ByHand:
    """In float32, as published; embedding and head are one; the window of 4096 is not passed."""
    hidden, inner, layers, heads, kv_heads, size, vocab = 3584, 14336, 42, 16, 8, 256, 256_000
    split = 2 * hidden * size * (heads + kv_heads) + 3 * hidden * inner
    return ByHand(
        "google/gemma-2-9b",
        16,
        9_241_705_984,
        layers * (split + 4 * hidden) + vocab * hidden + hidden,
        4 * (layers * (split // TP + 4 * hidden) + vocab * hidden // TP + hidden),
        layers * LENGTH * 2 * (kv_heads // TP) * size * 4,
    )


def _glm_4() -> ByHand:
    """Two key/value heads on four ranks: one on each."""
    hidden, inner, layers, heads, kv_heads, size, vocab = 4096, 13696, 40, 32, 2, 128, 151_552
    split = (hidden + 1) * heads * size + heads * size * hidden + 3 * hidden * inner
    keys_values = 2 * (hidden + 1) * kv_heads * size
    return ByHand(
        "THUDM/glm-4-9b",
        16,
        9_399_951_360,
        layers * (split + keys_values + 2 * hidden) + 2 * vocab * hidden + hidden,
        2 * (layers * (split // TP + keys_values // 2 + 2 * hidden) + 2 * vocab * hidden // TP + hidden),
        layers * LENGTH * 2 * 1 * size * 2,
    )


def _deepseek_v2_lite() -> ByHand:
    """Every rank projects to the latent and keeps all of it."""
    hidden, layers, heads, vocab, rank, nope, rope, value = 2048, 27, 16, 102_400, 512, 128, 64, 128
    split = hidden * heads * (nope + rope) + rank * heads * (nope + value) + heads * value * hidden
    whole = hidden * (rank + rope) + rank + 2 * hidden
    dense, mixture, shared, router = 3 * hidden * 10944, 64 * 3 * hidden * 1408, 3 * hidden * 2816, 64 * hidden
    ends = 2 * vocab * hidden
    return ByHand(
        "deepseek-ai/DeepSeek-V2-Lite",
        16,
        15_706_484_224,
        layers * (split + whole) + dense + 26 * (mixture + shared + router) + ends + hidden,
        2
        * (
            layers * (split // TP + whole)
            + dense // TP
            + 26 * (mixture // 16 + shared // TP + router)
            + ends // TP
            + hidden
        ),
        layers * LENGTH * (rank + rope) * 2,
    )


def _qwen3_next() -> ByHand:
    """12 layers of attention, whose queries have gates, and 36 of gated delta nets, which have no cache.

    The class's defaults are the published sizes.
    """
    hidden, vocab, linear, full, experts = 2048, 151_936, 36, 12, 512
    keys, values = 16 * 128, 32 * 128
    mixed = 2 * keys + values
    delta = hidden * (mixed + values + 2 * 32) + values * hidden + mixed * 4 + 2 * 32
    heads, kv_heads, size = 16, 2, 256
    split, keys_values = 3 * hidden * heads * size, 2 * hidden * kv_heads * size
    mixture, shared, whole = experts * 3 * hidden * 512, 3 * hidden * 512, experts * hidden + hidden + 2 * hidden
    ends = 2 * vocab * hidden
    default = next(case["config"] for case in facts("qwen3_next")["cases"] if case["name"] == "default")
    return ByHand(
        {**default, "torch_dtype": "bfloat16"},
        16,
        79_674_391_296,
        linear * (delta + 128)
        + full * (split + keys_values + 2 * size)
        + (linear + full) * (mixture + shared + whole)
        + ends
        + hidden,
        2
        * (
            linear * (delta // TP + 128)
            + full * (split // TP + keys_values // 2 + 2 * size)
            + (linear + full) * (mixture // 16 + shared // TP + whole)
            + ends // TP
            + hidden
        ),
        full * LENGTH * 2 * 1 * size * 2,
    )


def _gpt_oss() -> ByHand:
    """Experts in MXFP4: half a byte a number, and a byte of scale for 32; half of the layers keep 128 tokens."""
    hidden, layers, heads, kv_heads, size, vocab, experts = 2880, 36, 64, 8, 64, 201_088, 128
    split = (hidden + 1) * (heads + 2 * kv_heads) * size + heads * size * hidden + heads
    whole = hidden + 2 * hidden + (hidden + 1) * experts
    matrices, biases = 3 * hidden * hidden, 3 * hidden
    ends = 2 * vocab * hidden
    expert = matrices // 2 + matrices // 32 + 2 * biases
    stored = next(e for e in facts("checkpoints")["bytes"] if e["name"] == "openai/gpt-oss-120b")
    assert stored["stored"] == layers * (2 * (split + whole) + experts * expert) + 2 * (ends + hidden)
    base = facts("checkpoints")["bases"][stored["base"]]
    return ByHand(
        {**base, "quantization_config": stored["quantization_config"]},
        16,
        116_829_156_672,
        layers * (split + whole + experts * (matrices + biases)) + ends + hidden,
        layers * (2 * (split // TP + whole) + experts // 16 * expert) + 2 * (ends // TP + hidden),
        (layers // 2) * (LENGTH + 128) * 2 * (kv_heads // TP) * size * 2,
    )


BY_HAND: Final = {
    "Mixtral-8x7B": _mixtral(),
    "Gemma-2-9B": _gemma_2(),
    "GLM-4-9B": _glm_4(),
    "DeepSeek-V2-Lite": _deepseek_v2_lite(),
    "Qwen3-Next-80B-A3B": _qwen3_next(),
    "gpt-oss-120b": _gpt_oss(),
}
