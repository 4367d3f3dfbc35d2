"""What LLMSim is told of any model, as data: nothing of the graph is lost, and names read as LLMSim's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.llmsim.describe import Describer
from tests.facts import CASES, LLAMA, MTP_CASES

if TYPE_CHECKING:
    from llmsim_adapters.llmsim.described import Described, Description

EXTEND: Final = {"batch_size": 2, "seq_len": 48, "mtp": True}
DECODE: Final = {"batch_size": 2, "mode": "decode", "context_len": 300, "mtp": True}

MOE: Final = {
    **LLAMA,
    "model_type": "mixtral",
    "architectures": ["MixtralForCausalLM"],
    "num_local_experts": 8,
    "num_experts_per_tok": 2,
}
LATENT: Final = {
    **LLAMA,
    "model_type": "deepseek_v3",
    "architectures": ["DeepseekV3ForCausalLM"],
    "num_key_value_heads": 8,
    "q_lora_rank": 40,
    "kv_lora_rank": 24,
    "qk_nope_head_dim": 20,
    "qk_rope_head_dim": 10,
    "v_head_dim": 12,
    "n_routed_experts": 16,
    "n_shared_experts": 2,
    "num_experts_per_tok": 4,
    "moe_intermediate_size": 32,
    "first_k_dense_replace": 1,
    "n_group": 2,
    "topk_group": 1,
    "num_nextn_predict_layers": 1,
}
WINDOWED: Final = {
    **LLAMA,
    "model_type": "gemma2",
    "architectures": ["Gemma2ForCausalLM"],
    "head_dim": 12,
    "sliding_window": 64,
}
TIED: Final = {**LLAMA, "tie_word_embeddings": True}
MXFP4: Final = {
    **MOE,
    "model_type": "gpt_oss",
    "architectures": ["GptOssForCausalLM"],
    "head_dim": 12,
    "sliding_window": None,
    "layer_types": ["full_attention"] * 3,
    "quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert": ["model.layers.*.self_attn"]},
}


def described(raw: dict[str, Any], **schedule: Any) -> Description:
    model = la.load(raw)
    assert model.spec is not None
    return Describer(model.spec).describe(model.build(la.Schedule(engine="llmsim", **schedule)))


def by_name(raw: dict[str, Any], **schedule: Any) -> dict[str, Described]:
    return {each.name: each for each in described(raw, **schedule).operators}


def buildable() -> dict[str, dict[str, Any]]:
    """Return one config of every model type with facts that some builder claims, the first small one."""
    found: dict[str, dict[str, Any]] = {}
    for model_type, case in CASES:
        if case["name"].startswith("tiny") and model_type not in found:
            found[model_type] = case["config"]
    return found


ANY: Final = buildable()


@pytest.mark.parametrize("schedule", [EXTEND, DECODE], ids=["extend", "decode"])
@pytest.mark.parametrize("model_type", ANY)
def test_nothing_is_lost(model_type: str, schedule: dict[str, Any]) -> None:
    """FLOPs, payloads and weight bytes are the graph's; names are unique."""
    model = la.load(ANY[model_type])
    if model.coverage.builder is None or model.spec is None:
        pytest.skip("no builder")
    graph = model.build(la.Schedule(engine="llmsim", **schedule))
    operators, transfers = Describer(model.spec).describe(graph)
    assert sum(each.flops * each.layers for each in operators) == graph.flops
    assert sum(each.weight_bytes for each in operators) == graph.weight_bytes
    assert sum(each.payload * each.layers for each in transfers) == sum(t.payload * t.repeat for t in graph.transfers)
    names = [each.name for each in (*operators, *transfers)]
    assert len(set(names)) == len(names)
    assert all("." not in name for name in names)


@pytest.mark.parametrize(
    ("raw", "parallel"),
    [
        (LLAMA, {"tp_size": 4, "dp_size": 2}),
        (MOE, {"tp_size": 2, "dp_size": 4, "ep_size": 4}),
        (MOE, {"tp_size": 2, "dp_size": 4, "ep_size": 4, "deepep": True}),
        (MOE, {"tp_size": 2, "dp_size": 2, "ep_size": 2, "moe_tp": True}),
        (LATENT, {"tp_size": 4, "dp_size": 2, "ep_size": 8, "deepep": True, "dense_fully_dp": True}),
        (WINDOWED, {"tp_size": 2}),
        (MXFP4, {"ep_size": 4, "dp_size": 4}),
    ],
)
@pytest.mark.parametrize("schedule", [EXTEND, DECODE], ids=["extend", "decode"])
def test_nothing_is_lost_on_a_rank(raw: dict[str, Any], parallel: dict[str, Any], schedule: dict[str, Any]) -> None:
    model = la.load(raw)
    assert model.spec is not None
    graph = model.build(la.Schedule(engine="llmsim", **schedule, **parallel))
    operators, transfers = Describer(model.spec).describe(graph)
    assert sum(each.flops * each.layers for each in operators) == graph.flops
    assert sum(each.weight_bytes for each in operators) == graph.weight_bytes
    assert sum(each.payload * each.layers for each in transfers) == sum(t.payload * t.repeat for t in graph.transfers)


@pytest.mark.parametrize("case", MTP_CASES, ids=lambda case: str(case["name"]))
def test_mtp_weights_are_there_only_where_it_runs(case: dict[str, Any]) -> None:
    model = la.load(case["config"])
    assert model.spec is not None
    for mtp in (False, True):
        graph = model.build(la.Schedule(engine="llmsim", seq_len=8, mtp=mtp))
        operators, _ = Describer(model.spec).describe(graph)
        assert sum(each.weight_bytes for each in operators) == graph.weight_bytes


class TestNames:
    def test_of_a_dense_model(self) -> None:
        assert list(by_name(LLAMA, seq_len=8)) == [
            *("embedding", "attention_pre_norm", "qkv_proj", "qk", "qkv", "o_proj"),
            *("mlp_pre_norm", "dense_gate_up_proj", "dense_down_proj", "norm", "lm_head"),
        ]

    def test_of_a_mixture(self) -> None:
        assert {"moe_gate", "moe_up", "moe_down"} <= set(by_name(MOE, seq_len=8))

    def test_of_latent_attention(self) -> None:
        extend, decode = set(by_name(LATENT, seq_len=8)), set(by_name(LATENT, mode="decode", context_len=7))
        both = {"q_a_kv_a", "q_b", "o_proj", "qk_nope", "qk_rope", "qkv", "share_up", "share_down"}
        assert both | {"kv_b"} <= extend
        assert both | {"q_absorb", "o_absorb"} <= decode
        assert "kv_b" not in decode
        assert not {"q_absorb", "o_absorb"} & extend

    def test_of_transfers(self) -> None:
        def names(**schedule: Any) -> set[str]:
            return {each.name for each in described(LATENT, seq_len=8, **schedule).transfers}

        assert names() == set()
        around = {"embedding_all_reduce", "attn_all_reduce", "dense_all_reduce", "logits_all_gather"}
        assert names(tp_size=2) == around | {"moe_all_reduce"}
        assert names(tp_size=2, deepep=True) == around | {"dispatch", "combine"}
        assert names(tp_size=2, dp_size=2, ep_size=2) == around | {"moe_all_gather", "moe_all_reduce"}

    def test_equal_operators_of_different_blocks_are_one(self) -> None:
        """The projections of dense layers, of mixtures, and of multi-token prediction."""
        assert by_name(LATENT, seq_len=8)["q_b"].layers == 3
        assert by_name(LATENT, seq_len=8, mtp=True)["q_b"].layers == 4

    def test_operators_that_differ_have_their_block_in_the_name(self) -> None:
        """Below the window all layers do the same, above it they don't."""
        short, long = by_name(WINDOWED, mode="decode", context_len=8), by_name(WINDOWED, mode="decode", context_len=500)
        assert {name for name in short if name.startswith("qk")} == {"qkv_proj", "qk", "qkv"}
        assert {name for name in long if name.startswith("qk")} == {
            *("qkv_proj", "qk_sliding_dense", "qkv_sliding_dense", "qk_full_dense", "qkv_full_dense"),
        }


class TestFusing:
    def test_the_input_is_read_once(self) -> None:
        found = by_name(LLAMA, seq_len=8)["qkv_proj"]
        assert (found.input_shape, found.weight_shape) == ((8, 96), (96, 8 * 12 + 2 * 2 * 12))
        assert found.load == (8 * 96 + 96 * 144) * 2
        assert found.store == 8 * 144 * 2

    def test_what_has_other_rows_or_formats_is_not_fused(self) -> None:
        """Keys and values that are not quantized as the queries are."""
        quantization = {
            "quant_method": "fp8",
            "modules_to_not_convert": [f"model.layers.{i}.self_attn.q_proj" for i in range(3)],
        }
        names = set(by_name({**LLAMA, "quantization_config": quantization}, seq_len=8))
        assert "qkv_proj" not in names
        assert {"attention_q_proj", "attention_k_proj", "attention_v_proj"} <= names


class TestExperts:
    def test_rows_are_those_of_an_expert_and_the_batch_the_experts(self) -> None:
        found = by_name(MOE, seq_len=32)["moe_up"]
        assert (found.batch, found.input_shape, found.weight_shape) == (8, (32 * 2 // 8, 96), (96, 2 * 200))

    def test_rows_that_do_not_divide_are_rounded_up_in_the_shape_only(self) -> None:
        found = by_name(MOE, seq_len=5)["moe_up"]
        assert (found.batch, found.input_shape) == (8, (2, 96))
        assert found.flops == 2 * (5 * 2) * 96 * (2 * 200)

    def test_idle_experts_are_kept_and_not_read(self) -> None:
        found = by_name(MOE, seq_len=1)["moe_up"]
        assert found.batch == 2
        assert found.load == (2 * 96 + 2 * 96 * 400) * 2
        assert found.weight_bytes == 3 * 8 * 96 * 400 * 2

    def test_numbers_below_a_byte_have_exact_bytes(self) -> None:
        found = by_name(MXFP4, seq_len=32)["moe_down"]
        assert found.dtypes == ("bfloat16", "float4_e2m1fn", "bfloat16")
        assert found.load == 64 * 200 * 2 + 8 * 200 * 96 // 2
        assert found.weight_bytes > 3 * 8 * 200 * 96 // 2  # and the scales


class TestConventions:
    """Of LLMSim, kept."""

    def test_routers_and_absorbed_projections_are_computed_in_float32_and_kept_as_stored(self) -> None:
        found = by_name(LATENT, mode="decode", context_len=7)
        assert {found[name].dtypes for name in ("moe_gate", "q_absorb", "o_absorb")} == {("float32",) * 3}
        assert found["moe_gate"].weight_bytes == 2 * 16 * 96 * 2
        absorbed = found["q_absorb"].weight_bytes, found["o_absorb"].weight_bytes
        assert absorbed == (3 * 8 * 20 * 24 * 2, 3 * 8 * 12 * 24 * 2)

    def test_scores_stay_on_the_chip(self) -> None:
        found = by_name(LLAMA, seq_len=8)
        assert (found["qk"].store, found["qk"].load) == (0, (8 * 8 * 12 + 2 * 8 * 12) * 2)
        assert (found["qkv"].store, found["qkv"].load) == (8 * 8 * 12 * 2, 2 * 8 * 12 * 2)


def test_tied_weights_are_kept_once() -> None:
    """By the embedding, whose rows are read; the head reads all of them."""
    found = by_name(TIED, seq_len=8)
    assert found["embedding"].weight_bytes == 1000 * 96 * 2
    assert found["lm_head"].weight_bytes == 0
    assert found["lm_head"].load == (96 + 96 * 1000) * 2


def test_a_look_up_has_no_flops() -> None:
    found = by_name(LLAMA, seq_len=8)["embedding"]
    assert (found.flops, found.load, found.store) == (0, 8 * 96 * 2, 8 * 96 * 2)


SEEING: Final[dict[str, Any]] = {
    "model_type": "qwen2_vl",
    "architectures": ["Qwen2VLForConditionalGeneration"],
    "text_config": {
        "hidden_size": 64,
        "intermediate_size": 160,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "vocab_size": 500,
    },
    "vision_config": {"embed_dim": 48, "hidden_size": 64, "depth": 2, "num_heads": 4},
}


class TestPictures:
    """An encoder's operators have its name; those of the language model are called what they are of a text."""

    def test_add_operators_and_rename_none(self) -> None:
        text, seen = (described(SEEING, **fields) for fields in ({}, {"images": ((84, 112), (56, 56))}))
        before, after = ({each.name for each in found.operators} for found in (text, seen))
        kept = {each for each in before if each != "vision_weights"}
        assert kept <= after
        assert all(each.startswith("vision_") for each in after - kept - {"other_weights"})
        assert {"qkv_proj", "vision_qkv_proj"} <= after

    def test_have_the_graphs_figures(self) -> None:
        fields = {"images": ((84, 112), (56, 56)), "batch_size": 3, "seq_len": 64}
        graph = la.build(SEEING, la.Schedule(engine="llmsim", **fields))
        found = described(SEEING, **fields)
        assert sum(each.flops * each.layers for each in found.operators) == graph.flops
        assert sum(each.weight_bytes for each in found.operators) == graph.weight_bytes
