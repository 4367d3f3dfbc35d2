"""Echo models: the laws of every builder, and figures that are computed here from the shapes of the tensors."""

from __future__ import annotations

from typing import Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.testing import BuilderConformance, Example

# Sizes that are all different, so that no figure is right by chance.
VOCAB, HIDDEN, WIDTH, LAYERS, HEADS, KV_HEADS, HEAD_DIM, WINDOW, STRIDE = 500, 64, 160, 3, 6, 2, 24, 10, 4
PLAIN: Final[dict[str, Any]] = {
    "model_type": "echo",
    "architectures": ["EchoForCausalLM"],
    "vocab_size": VOCAB,
    "hidden_size": HIDDEN,
    "intermediate_size": WIDTH,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "num_key_value_heads": KV_HEADS,
    "head_dim": HEAD_DIM,
    "echo_window": WINDOW,
    "echo_stride": STRIDE,
    "torch_dtype": "bfloat16",
}
QUERIES, KEYS = HIDDEN * HEADS * HEAD_DIM, HIDDEN * KV_HEADS * HEAD_DIM
LINEAR = QUERIES + KEYS + KEYS + QUERIES + 3 * HIDDEN * WIDTH  # q, k, v, o, and the gated MLP
ECHO = KV_HEADS * HEAD_DIM * STRIDE * HEAD_DIM  # of keys; as many of values
NORMS = 2 * HIDDEN
TABLE = VOCAB * HIDDEN
PARAMETERS = TABLE + LAYERS * (LINEAR + 2 * ECHO + NORMS) + HIDDEN + TABLE
GATE = HIDDEN * HEADS

TOKENS = 18
ECHOES = 4  # of 18 tokens: four times four, and two that are no echo yet
SCORES = HEADS * TOKENS * TOKENS * HEAD_DIM  # torch multiplies all with all; so many again with the values
ECHO_SCORES = HEADS * TOKENS * ECHOES * HEAD_DIM
MULTIPLIED = LAYERS * (TOKENS * LINEAR + 2 * ECHOES * ECHO + 2 * SCORES + 2 * ECHO_SCORES) + TOKENS * TABLE


EXAMPLES: Final = {
    "plain": Example(PLAIN, PARAMETERS, flops=2 * MULTIPLIED, seq_len=TOKENS),
    "gated": Example(
        {**PLAIN, "echo_gate": True},
        PARAMETERS + LAYERS * GATE,
        flops=2 * (MULTIPLIED + LAYERS * TOKENS * GATE),
        seq_len=TOKENS,
    ),
    "tied": Example({**PLAIN, "tie_word_embeddings": True}, PARAMETERS - TABLE),
}


class TestEcho(BuilderConformance):
    builder = "echo"
    examples = EXAMPLES


@pytest.mark.parametrize(("tokens", "entries"), [(3, 3 + 0), (10, 10 + 2), (1000, 10 + 250)])
def test_a_sequence_keeps_its_window_and_its_echoes(tokens: int, entries: int) -> None:
    assert la.build(PLAIN).kv_cache_elements(tokens) == LAYERS * 2 * KV_HEADS * HEAD_DIM * entries


def test_the_gate_is_modelled() -> None:
    gated = la.load({**PLAIN, "echo_gate": True})
    assert gated.coverage.status == la.Status.FULLY_SUPPORTED
    assert gated.build().parameters - la.build(PLAIN).parameters == LAYERS * GATE


def test_older_configs_say_every_instead_of_stride() -> None:
    older = {("echo_every" if key == "echo_stride" else key): value for key, value in PLAIN.items()}
    assert la.build(older).parameters == PARAMETERS


def test_a_stride_beyond_the_window_is_an_error_of_the_config() -> None:
    (gap,) = la.evaluate({**PLAIN, "echo_stride": WINDOW + 1}).gaps
    assert (gap.kind, gap.name) == (la.GapKind.INVALID_CONFIG, "echo_stride")
