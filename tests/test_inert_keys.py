"""Keys that are taken for costless, proven by changing them on transformers' and on SGLang's classes.

Those that are costless in every type are each proven so, or a statement says what reads them (`inert_sources.json`).
"""

from __future__ import annotations

from typing import Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.dialects.keys.costless import COSTLESS
from llmsim_adapters.dialects.keys.neutral import NEUTRAL
from llmsim_adapters.dialects.reading.find import built_in
from tests.facts import CASES, checkpoint, facts
from tests.sglang import CONFIGS

INERT: Final[dict[str, dict[str, Any]]] = {name: row for name, row in facts("inert")["types"].items() if "same" in row}
SGLANG: Final = facts("sglang/inert")
STATED: Final[dict[str, dict[str, str]]] = facts("inert_sources")["keys"]
TOKENS_DECIDE: Final = {"longcat_flash"}
"""Types whose FLOPs depend on which experts tokens choose, hence on how scores are scaled (tests/conventions.py)."""
TINY: Final = {name: case["config"] for name, case in CASES if case["name"] == "tiny-full"}
EVERYWHERE: Final = {*COSTLESS, *NEUTRAL}


def read(model: la.Model) -> set[str | None]:
    return {parameter.key for parameter in model.coverage.parameters.values()} | model.coverage.without_effect.keys()


def at(config: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the config with another value at a dotted path."""
    key, _, rest = path.partition(".")
    return {**config, key: at(config[key], rest, value) if rest else value}


def test_most_types_and_keys_are_tried() -> None:
    tried = {key for row in INERT.values() for key in row["same"]}
    assert len(INERT) > 190
    assert len(tried) > 200
    assert len(SGLANG["configs"]) > 350


def test_each_key_is_proven_or_stated() -> None:
    """Changed where a class declares it, or in a config that has it; else there is a statement with its source."""
    by_transformers = {key for row in INERT.values() for key in row["same"]}
    paths = [path for row in SGLANG["configs"].values() for path in row.get("same", "").split()]
    by_sglang = {path.rpartition(".")[2] for path in paths}
    assert EVERYWHERE - by_transformers - by_sglang == STATED.keys() & EVERYWHERE
    assert STATED.keys() <= EVERYWHERE
    assert all(row["source"] and row["says"] for row in STATED.values())


@pytest.mark.parametrize("model_type", sorted(INERT))
def test_a_class_has_the_same_weights_and_runs_the_same_whatever_they_say(model_type: str) -> None:
    """But for keys that the type's dialect reads, such as `max_position_embeddings` where positions have a table."""
    row = INERT[model_type]
    if model_type in TINY:
        assert row["differing"].keys() <= read(la.load({**TINY[model_type], **row["differing"]}))
    assert row["run_differs"] == [] or model_type in TOKENS_DECIDE


@pytest.mark.parametrize("model_type", sorted(name for name, row in INERT.items() if row["added_differing"]))
def test_what_a_class_looks_at_without_declaring_it_is_read(model_type: str) -> None:
    for key in INERT[model_type]["added_differing"]:
        assert key in read(la.load({**TINY[model_type], key: NEUTRAL[key][0] if key in NEUTRAL else True}))


@pytest.mark.parametrize("model_type", sorted(INERT.keys() & TINY.keys()))
def test_so_has_the_product(model_type: str) -> None:
    """Of those that no dialect reads: what one reads may bear on the figures of its type."""
    before = la.load(TINY[model_type])
    dialect = built_in(model_type)
    assert dialect is not None
    costless = {*COSTLESS, *dialect.costless} - dialect.neutral.keys() - read(before)
    changed = {key: value for key, value in INERT[model_type]["same"].items() if key in costless}
    after = la.load({**TINY[model_type], **changed})
    assert after.coverage.gaps == before.coverage.gaps
    graph, other = before.build(checkpoint()), after.build(checkpoint())
    assert (graph.parameters, graph.flops, graph.weights) == (other.parameters, other.flops, other.weights)


@pytest.mark.parametrize("name", sorted(name for name, row in SGLANG["configs"].items() if "differing" in row))
def test_what_bears_on_sglangs_layout_is_read_or_its_part_is_left_out(name: str) -> None:
    for path, value in SGLANG["configs"][name]["differing"].items():
        model = la.load(at(dict(CONFIGS[name]["config"]), path, value))
        assert path in read(model) or model.coverage.status == "partially_supported"


LATENT: Final = {"model_type": "deepseek_v3", "architectures": ["DeepseekV3ForCausalLM"], "num_hidden_layers": 4}
MAMBA: Final = {"model_type": "nemotron_h", "architectures": ["NemotronHForCausalLM"]}
LLAMA: Final = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "num_hidden_layers": 2}


@pytest.mark.parametrize(
    ("config", "key", "inert", "other"),
    [
        (LATENT, "topk_method", "noaux_tc", "greedy"),
        ({**LATENT, "model_type": "deepseek_v2", "num_experts_per_tok": 6}, "topk_method", "greedy", "noaux_tc"),
        (MAMBA, "tie_word_embeddings", False, True),
        (
            {"model_type": "bailing_moe", **{k: LATENT[k] for k in ("num_hidden_layers",)}},
            "router_dtype",
            "fp32",
            "bf16",
        ),
        ({"model_type": "mimo_v2_flash"}, "moe_router_dtype", "float32", "bfloat16"),
        ({"model_type": "inkling_text"}, "shared_expert_sink", True, False),
        (LLAMA, "cross_attention_hidden_size", None, 512),
        (LLAMA, "qk_layer_norms", False, True),
    ],
    ids=lambda value: value["model_type"] if isinstance(value, dict) else None,
)
def test_what_only_another_class_reads_is_inert_under_one_value_alone(
    config: dict[str, Any], key: str, inert: object, other: object
) -> None:
    """SGLang's, or remote code's: under another value it is nobody's key."""

    def unread(value: object) -> bool:
        return (str(la.GapKind.UNREAD_KEY), key) in {
            (str(gap.kind), gap.name) for gap in la.evaluate({**config, key: value}).gaps
        }

    assert unread(other)
    assert not unread(inert)


@pytest.mark.parametrize(
    "key", ["is_llama_config", "rope_interleaved", "neftune_noise_alpha", "unsloth_fixed", "transformers.js_config"]
)
def test_keys_of_training_software_change_nothing(key: str) -> None:
    assert la.evaluate({**LLAMA, key: {"a": 1} if "js" in key else True}).status == "fully_supported"


def test_the_whole_says_what_keys_of_its_language_model_repeat() -> None:
    """SmolVLM2-500M, whose files hold 507,482,304 parameters."""
    text = {
        "model_type": "llama",
        "hidden_size": 960,
        "intermediate_size": 2560,
        "num_hidden_layers": 32,
        "num_attention_heads": 15,
        "num_key_value_heads": 5,
        "head_dim": 64,
        "vocab_size": 49280,
        "pixel_shuffle_factor": 4,
        "qk_layer_norms": False,
        "use_resampler": False,
        "perceiver_config": {"model_type": "vllama3", "resampler_depth": 6},
    }
    vision = {
        "model_type": "smolvlm_vision",
        "hidden_size": 768,
        "image_size": 512,
        "num_attention_heads": 12,
        "num_hidden_layers": 12,
        "patch_size": 16,
        "use_base_siglip": True,
    }
    whole = {
        "model_type": "smolvlm",
        "architectures": ["SmolVLMForConditionalGeneration"],
        "scale_factor": 4,
        "tie_word_embeddings": False,
        "text_config": text,
        "vision_config": vision,
    }
    model = la.load(whole)
    assert model.coverage.gaps == ()
    assert model.build(checkpoint()).parameters == 507_482_304
    alone = la.evaluate({**text, "architectures": ["LlamaForCausalLM"]})
    assert "pixel_shuffle_factor" in {gap.name for gap in alone.gaps}
