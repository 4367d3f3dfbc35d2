"""SGLang's rules on small configs: what one rank stores, keeps and refuses, worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la

if TYPE_CHECKING:
    from llmsim_adapters.graph import OperatorGraph, Weight

DECODER: Final[dict[str, Any]] = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "dtype": "bfloat16",
    "hidden_size": 256,
    "intermediate_size": 512,
    "num_hidden_layers": 2,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
    "vocab_size": 1000,
}
FP8: Final = {"quant_method": "fp8", "activation_scheme": "dynamic", "weight_block_size": [128, 128]}
NEXT: Final[dict[str, Any]] = {
    **DECODER,
    "model_type": "qwen3_next",
    "architectures": ["Qwen3NextForCausalLM"],
    "head_dim": 64,
    "num_experts": 16,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 128,
    "shared_expert_intermediate_size": 128,
    "decoder_sparse_step": 1,
    "linear_num_key_heads": 4,
    "linear_num_value_heads": 8,
    "linear_key_head_dim": 32,
    "linear_value_head_dim": 32,
    "linear_conv_kernel_dim": 4,
    "layer_types": ["linear_attention", "full_attention"],
}


def graph(config: dict[str, Any], **schedule: Any) -> OperatorGraph:
    return la.load(config).build(la.Schedule(engine="sglang", **schedule))


def weights(graph: OperatorGraph, name: str) -> list[Weight]:
    found = [weight for weight in graph.weights if weight.name == name]
    assert found, f"no weight {name}"
    return found


def rank_bytes(graph: OperatorGraph, name: str) -> int:
    return sum(weight.rank_bytes for weight in weights(graph, name))


@pytest.mark.parametrize(
    ("architecture", "scales"), [("LlamaForCausalLM", 2 * 2 * 4), ("Qwen3ForCausalLM", 0)], ids=["told", "not told"]
)
def test_attention_that_knows_fp8_has_a_scale_of_keys_and_one_of_values(architecture: str, scales: int) -> None:
    built = graph({**DECODER, "architectures": [architecture], "quantization_config": FP8})
    stored = [weight for weight in built.weights if weight.role == "stored"]
    assert sum(weight.rank_bytes for weight in stored) == scales
    assert built.parameters == graph(DECODER).parameters


@pytest.mark.parametrize(
    ("schedule", "rows"),
    [
        ({}, 128),
        ({"tp_size": 4}, 32),  # one more expert, whose width all ranks share
        ({"tp_size": 4, "ep_size": 4}, 128),  # one more expert on each rank, whole
        ({"tp_size": 4, "ep_size": 2}, 64),
        ({"tp_size": 4, "ep_size": 4, "engine_options": {"disable_shared_experts_fusion": True}}, 32),
        ({"tp_size": 4, "ep_size": 4, "deepep": True}, 128),  # a network of its own, on every rank
    ],
)
def test_qwen3_next_stores_its_shared_expert_among_the_routed_ones(schedule: dict[str, Any], rows: int) -> None:
    built = graph(NEXT, **schedule)
    assert rank_bytes(built, "mixture_of_experts.shared_experts.up_proj") == 2 * rows * 256 * 2


def test_a_shared_expert_of_another_width_is_a_network_of_its_own() -> None:
    built = graph({**NEXT, "shared_expert_intermediate_size": 256}, tp_size=4, ep_size=4)
    assert rank_bytes(built, "mixture_of_experts.shared_experts.up_proj") == 2 * (256 // 4) * 256 * 2


def test_states_of_linear_attention_are_float32_and_those_of_its_convolution_leave_out_the_present_token() -> None:
    convolution, state = [cache for cache in graph(NEXT).caches if cache.kind == "state"]
    channels = 2 * 4 * 32 + 8 * 32
    assert (convolution.elements_per_entry, convolution.dtype) == (channels * 3, "bfloat16")
    assert (state.elements_per_entry, state.dtype) == (8 * 32 * 32, "float32")


def test_mxfp4_experts_are_padded_on_each_rank() -> None:
    config = {
        **DECODER,
        "model_type": "gpt_oss",
        "architectures": ["GptOssForCausalLM"],
        "head_dim": 32,
        "num_local_experts": 4,
        "num_experts_per_tok": 2,
        "intermediate_size": 320,
        "quantization_config": {"quant_method": "mxfp4"},
    }
    built = graph(config, tp_size=4)  # 80 of the width a rank, padded to 128
    for name, shape in (
        ("gate_up_proj", (4, 2 * 128, 256)),
        ("gate_up_proj_scale", (4, 2 * 128, 256 // 32)),
        ("up_proj.bias", (4, 2 * 128)),
        ("down_proj", (4, 256, 128)),
        ("down_proj_scale", (4, 256, 128 // 32)),
    ):
        assert {w.rank_shape for w in weights(built, f"mixture_of_experts.experts.{name}")} == {shape}
    assert any("multiple of 64" in note for note in built.notes)


@pytest.mark.parametrize(("architecture", "windowed"), [("GptOssForCausalLM", True), ("MistralForCausalLM", False)])
def test_windows_are_reserved_apart_where_sglang_has_a_pool_for_them(architecture: str, windowed: bool) -> None:
    config = {**DECODER, "model_type": "mistral", "architectures": [architecture], "sliding_window": 16}
    caches = graph(config).caches
    assert {cache.windowed for cache in caches} == {windowed}
    assert {cache.entries(100, reserve=True) for cache in caches} == {16 if windowed else 100}
    assert any("window" in note for note in graph(config).notes) is not windowed


@pytest.mark.parametrize(
    ("architecture", "schedule", "said"),
    [
        ("LlamaForCausalLM", {"tp_size": 16}, "num_attention_heads = 8"),
        ("MiniCPMForCausalLM", {"dp_size": 2}, "`dp_size` is 2; expected 1"),
        ("PhiMoEForCausalLM", {"tp_size": 2, "dp_size": 2}, "`tp_size` is 2 and `dp_size` 2"),
        ("Exaone4ForCausalLM", {"dp_size": 16}, "expected a divisor of `num_attention_heads` = 8"),
        ("Phi3SmallForCausalLM", {"tp_size": 8}, "expected a divisor of `num_key_value_heads` = 4"),
        ("MyForCausalLM", {"tp_size": 8}, "expected a divisor of `num_key_value_heads` = 4"),
    ],
)
def test_layouts_that_sglang_refuses_are_refused_with_the_field(
    architecture: str, schedule: dict[str, Any], said: str
) -> None:
    config = {**DECODER, "architectures": [architecture]}
    with pytest.raises(la.ScheduleError, match="schedule field") as error:
        graph(config, **schedule)
    assert said in str(error.value)


def test_more_ranks_than_experts_are_refused_though_each_expert_could_be_split() -> None:
    config = {**NEXT, "num_experts": 2, "num_experts_per_tok": 1}
    with pytest.raises(la.ScheduleError, match="no more than `num_experts` = 2"):
        graph(config, tp_size=4)


DSPARK: Final = "SpecForge/qwen3-8b-dspark"


def test_a_draft_that_says_the_rank_of_its_head_where_the_class_does_not_look_is_refused() -> None:
    """As SGLang's class refuses the published file, in every layout: `markov_rank > 0 … got markov_rank=0`."""
    draft = la.load(DSPARK, offline=True)
    with pytest.raises(la.ScheduleError, match=r"`dflash_config.markov_rank` is not read; .*build_markov_head"):
        draft.build()
    moved = {**draft.config.data, "markov_rank": 256}
    assert la.build(moved).parameters == draft.build(la.Schedule(engine="checkpoint")).parameters
