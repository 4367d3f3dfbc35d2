"""Published configs: every key of a declared type is read, costless for a reason, or stands in the list of this module.

The first classes need no files. The last one runs over a folder of published configs, one file each, with their known
totals in `KNOWN_TOTALS.csv`: that of the environment's `PUBLISHED_CONFIGS`, or `shared/reference_configs` beside the
checkout. Without it, it is skipped.
"""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.dialects.keys.neutral import NEUTRAL
from llmsim_adapters.dialects.keys.parts import PART_OF
from llmsim_adapters.dialects.reading.find import built_in
from tests.facts import LLAMA, REPORT, checkpoint, facts

FOLDER: Final = Path(os.environ.get("PUBLISHED_CONFIGS", Path(__file__).parents[2] / "shared" / "reference_configs"))
BUNDLED: Final = Path(__file__).parents[1] / "hf_config"
CONFIGS: Final = sorted(FOLDER.glob("*.json"))

CORRECTED: dict[str, dict[str, int]] = {"microsoft--Phi-4-multimodal-instruct": {"num_hidden_layers": 32}}
"""What files at hand say otherwise than their publishers: one is of a model that was cut to one layer for tests."""

COPIED: Final = [
    path for path in CONFIGS if (BUNDLED / path.name).is_file() and path.stem.replace("--", "/", 1) not in REPORT
]
"""Those that are bundled; the files of the first report's models are other revisions."""


def known_totals() -> list[tuple[str, int]]:
    path = FOLDER / "KNOWN_TOTALS.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["config_file"], int(row["params_total"])) for row in csv.DictReader(file)]


KNOWN: Final = known_totals()

UNREAD: Final[dict[tuple[str, str], str]] = {}
"""Keys of declared types that published configs have and nobody reads: each is a gap of its model."""


def gaps(config: dict[str, Any]) -> list[tuple[str, str]]:
    return [(str(gap.kind), gap.name) for gap in la.evaluate(config).gaps]


def small(model_type: str) -> dict[str, Any]:
    """Return the whole config of a type's tiny model."""
    return next(case["config"] for case in facts(model_type)["cases"] if case["name"] in ("tiny-full", "full"))


class TestKeysThatSayNothing:
    @pytest.mark.parametrize("key", ["bos_token_id", "text_mask_token_id", "audio_token_index", "stop_token_ids"])
    def test_a_key_that_names_token_ids_is_costless(self, key: str) -> None:
        assert gaps({**LLAMA, key: 7}) == []

    @pytest.mark.parametrize("key", NEUTRAL)
    def test_a_key_is_costless_under_its_neutral_value_alone(self, key: str) -> None:
        value, reason = NEUTRAL[key]
        assert len(reason) > 8
        free = {k: v for k, v in LLAMA.items() if k != key}
        assert gaps({**free, key: value}) == []

    @pytest.mark.parametrize(
        ("key", "values"),
        [
            ("altup_lr_multiplier", (1.0, 0.1)),
            ("disable_flash_attention", (True, False)),
            ("index_share_for_mtp_iteration", (True, False)),
            ("moe_router_dtype", ("float32", "fp64", None)),
            ("use_unified_vision_chunk", (True, False)),
            ("video_placeholder", ("<video>", "")),
        ],
    )
    def test_what_only_trains_or_says_how_to_run_a_model_costs_nothing(self, key: str, values: tuple[Any, ...]) -> None:
        plain = la.load(LLAMA)
        for value in values:
            said = la.load({**LLAMA, key: value})
            assert (said.spec, said.coverage.gaps) == (plain.spec, ())

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            *(("pruned_heads", {"1": [0]}), ("use_llm_lora", 16), ("bias", True)),
            *(("lm_head", False), ("rm_head", True), ("moe_layer_freq", 2)),
        ],
    )
    def test_under_another_value_it_is_unread(self, key: str, value: object) -> None:
        assert gaps({**LLAMA, key: value}) == [("unread_key", key)]

    @pytest.mark.parametrize(
        ("name", "expected"), [("mixtral", []), ("qwen2", [("unread_key", "attention_bias")]), ("mamba2", [])]
    )
    def test_a_denial_of_biases_is_held_against_the_model(self, name: str, expected: list[tuple[str, str]]) -> None:
        """The class of Qwen 2 has them whatever a config says; that of Mixtral, and what never attends, has none."""
        config = {key: value for key, value in small(name).items() if key != "attention_bias"}
        assert gaps({**config, "attention_bias": False}) == expected
        assert gaps({**config, "attention_bias": True}) == [("unread_key", "attention_bias")]

    def test_the_second_mamba_has_no_rank_of_time_steps(self) -> None:
        for name in ("bamba", "falcon_h1", "mamba2", "nemotron_h", "zamba2"):
            assert la.load({**small(name), "time_step_rank": 256}).spec == la.load(small(name)).spec
            assert gaps({**small(name), "time_step_rank": 256}) == []

    def test_zero_is_not_false(self) -> None:
        assert gaps({**LLAMA, "add_cross_attention": 0}) == [("unread_key", "add_cross_attention")]


class TestDirection:
    def test_embedding_models_make_a_decoder_bidirectional(self) -> None:
        """transformers reads `is_causal` for any type (masking_utils); the mask alone differs."""
        model = la.load({**LLAMA, "is_causal": False})
        assert model.coverage.gaps == ()
        schedule = checkpoint(seq_len=10)
        both, causal = model.build(schedule), la.build(LLAMA, schedule=schedule)
        assert both.parameters == causal.parameters
        assert both.flops == causal.flops
        assert both.flops_executed > causal.flops_executed

    def test_so_does_the_name_of_their_architecture(self) -> None:
        said = la.load({**LLAMA, "architectures": ["LlamaModel"], "is_causal": False})
        named = la.load({**LLAMA, "architectures": ["LlamaBidirectionalModel"]})
        assert named.spec is not None
        assert replace(named.spec, architecture="LlamaModel") == said.spec
        assert named.coverage.gaps == ()

    def test_so_do_convolutions_of_such_models(self) -> None:
        """LFM2.5's encoders: no state is kept of them, and their padding is another (SGLang's `lfm2.py`)."""
        (config,) = (case["config"] for case in facts("lfm2")["cases"] if case["name"] == "tiny-minimal")
        assert gaps(config) == []
        changed = {**config, "architectures": ["Lfm2BidirectionalModel"]}
        assert gaps(changed) == []
        schedule = la.Schedule(engine="checkpoint", seq_len=9)
        assert {cache.kind for cache in la.build(config, schedule).caches} == {"state", "key_value"}
        assert {cache.kind for cache in la.build(changed, schedule).caches} == {"key_value"}


class TestExpertsInEveryOtherLayer:
    def test_kimi_linear_reads_how_often_they_come(self) -> None:
        """Its remote code and SGLang's `kimi_linear.py`: layers that the frequency divides, after the dense ones."""
        (config,) = (case["config"] for case in facts("kimi_linear")["cases"] if case["name"] == "tiny-minimal")
        layers = ["dense", "dense", "sparse", "dense", "sparse"]
        assert la.load({**config, "moe_layer_freq": 2}).spec == la.load({**config, "mlp_layer_types": layers}).spec
        assert gaps({**config, "moe_layer_freq": 2}) == [("inferred", "moe_layer_freq")]  # transformers' doesn't


class TestSmallestDeepseekVL2:
    TEXT: ClassVar = {
        "model_type": "deepseek_v2",
        "architectures": ["DeepseekV2ForCausalLM"],
        "vocab_size": 129280,
        "hidden_size": 1280,
        "intermediate_size": 6848,
        "moe_intermediate_size": 896,
        "num_hidden_layers": 12,
        "num_attention_heads": 10,
        "num_key_value_heads": 10,
        "n_routed_experts": 64,
        "n_shared_experts": 2,
        "num_experts_per_tok": 6,
        "first_k_dense_replace": 1,
        "kv_lora_rank": None,
        "q_lora_rank": None,
        "qk_nope_head_dim": 0,
        "qk_rope_head_dim": 0,
        "v_head_dim": 0,
        "use_mla": False,
        "lm_head": True,
        "rm_head": False,
    }

    def test_it_has_ordinary_attention(self) -> None:
        """SGLang's `deepseek_vl2.py` makes it a `DeepseekForCausalLM`; the sum is by hand, 3.37 B with the tower."""
        attention, dense, expert = 4 * 1280 * 1280, 3 * 1280 * 6848, 3 * 1280 * 896
        layers = 12 * attention + dense + 11 * (66 * expert + 64 * 1280)
        model = la.load(self.TEXT)
        assert gaps(self.TEXT) == []
        assert model.build().parameters == layers + 25 * 1280 + 2 * 129280 * 1280 == 2_934_734_080
        assert model.build().kv_cache_elements(8192) == 12 * 2 * 1280 * 8192

    def test_its_siblings_have_latents(self) -> None:
        latent = {"kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128}
        said = {key: value for key, value in self.TEXT.items() if key != "use_mla"} | latent
        assert la.load(said).spec == la.load({**said, "use_mla": True}).spec
        assert la.load(said).spec != la.load({**said, "use_mla": False}).spec


class TestLatentAttention:
    def test_how_much_of_its_rotated_part_turns_costs_nothing(self) -> None:
        """GLM-4.7-Flash says that all of it does; what can't be a part is refused."""
        config = facts("glm4_moe_lite")["cases"][0]["config"]
        assert la.load({**config, "partial_rotary_factor": 1.0}).spec == la.load(config).spec
        assert gaps({**config, "partial_rotary_factor": 0.5}) == []
        assert gaps({**config, "partial_rotary_factor": 5}) == [("invalid_config", "partial_rotary_factor")]


INNER: Final = {key: value for key, value in LLAMA.items() if key != "architectures"}
WHOLE: Final = {"model_type": "a_new_one", "architectures": ["NewForConditionalGeneration"], "text_config": INNER}

NEW: Final = ("inferred", "model_type")
"""The gap of a whole of which nobody declared the type."""


class TestComposite:
    def test_the_keys_of_another_part_are_one_gap(self) -> None:
        keys = {"projector_hidden_act": "gelu", "projector_bias": True, "mm_tokens_per_image": 256}
        assert gaps({**WHOLE, **keys}) == [NEW, ("unsupported_feature", "projector")]

    def test_a_config_inside_is_another_part_where_its_name_says_so(self) -> None:
        assert gaps({**LLAMA, "speech_config": {"depth": 3}}) == [("unsupported_feature", "speech_tower")]
        assert gaps({**LLAMA, "new_attention_config": {"depth": 3}}) == [("unread_key", "new_attention_config")]

    def test_every_key_of_a_part_has_one(self) -> None:
        parts = {"draft_inputs", "gen_head", "gen_projector", "projector", "talker_tower", "vision_tower"}
        assert set(PART_OF.values()) == parts

    @pytest.mark.parametrize(
        ("key", "value", "part"),
        [
            ("aligner_config", {"cls": "MlpProjector"}, "projector"),
            ("gen_aligner_config", {"cls": "MlpProjector"}, "gen_projector"),
            ("gen_head_config", {"cls": "vision_head"}, "gen_head"),
            ("spatial_merge_size", 2, "projector"),
        ],
    )
    def test_what_joins_pictures_to_tokens_is_a_part(self, key: str, value: object, part: str) -> None:
        """Janus, which also makes pictures, and Mistral 3."""
        assert gaps({**WHOLE, key: value}) == [NEW, ("unsupported_feature", part)]

    def test_how_images_are_cut_costs_nothing(self) -> None:
        assert gaps({**WHOLE, "tile_size": 512, "use_thumbnail": True}) == [NEW]

    def test_what_the_top_level_repeats_is_read_once(self) -> None:
        assert gaps({**WHOLE, "vocab_size": 1000, "hidden_size": 96}) == [NEW]

    def test_what_it_says_otherwise_is_unread(self) -> None:
        assert gaps({**WHOLE, "vocab_size": 1001}) == [NEW, ("unread_key", "vocab_size")]


class TestSizesThatCannotBe:
    @pytest.mark.parametrize("value", [None, 0, -1, 1, 3, 2.5, "x", [], [{}], {"no_op": True}])
    @pytest.mark.parametrize(
        ("model_type", "key"),
        [
            ("phi-msft", "n_embd"),
            ("phi-msft", "rotary_dim"),
            ("minimax_m1", "hidden_size"),
            ("nemotron-nas", "num_attention_heads"),
            ("nemotron-nas", "block_configs"),
            ("llama_eagle3", "eagle_config"),
            ("qwen3_vl", "vision_config"),
        ],
    )
    def test_they_are_answered(self, model_type: str, key: str, value: object) -> None:
        config = facts(model_type)["cases"][0]["config"]
        assert not [gap for gap in gaps({**config, key: value}) if gap[0] in ("plugin_error", "build_error")]


class TestEncodersOfWholeModels:
    """Whole models that no causal-LM class builds: totals of transformers' own classes at published sizes."""

    WHISPER: ClassVar = {
        "model_type": "whisper",
        "architectures": ["WhisperForConditionalGeneration"],
        "d_model": 512,
        "decoder_layers": 6,
        "decoder_attention_heads": 8,
        "decoder_ffn_dim": 2048,
        "encoder_layers": 6,
        "encoder_attention_heads": 8,
        "encoder_ffn_dim": 2048,
        "num_mel_bins": 80,
    }
    CLIP: ClassVar = {
        "model_type": "clip",
        "architectures": ["CLIPModel"],
        "projection_dim": 768,
        "text_config": {
            "model_type": "clip_text_model",
            "hidden_size": 768,
            "intermediate_size": 3072,
            "num_attention_heads": 12,
            "num_hidden_layers": 12,
            "projection_dim": 768,
        },
        "text_config_dict": {"hidden_size": 768},
        "vision_config": {
            "hidden_size": 1024,
            "intermediate_size": 4096,
            "patch_size": 14,
            "num_attention_heads": 16,
            "num_hidden_layers": 24,
        },
    }

    @pytest.mark.parametrize(
        ("config", "total"),
        [(WHISPER, 72_593_920), (CLIP, 427_616_513)],
        ids=["whisper-base", "clip-vit-large-patch14"],
    )
    def test_its_weights_are_counted_and_what_it_runs_is_held(self, config: dict[str, Any], total: int) -> None:
        model = la.load(config)
        assert model.build(checkpoint()).parameters == total
        assert not [gap for gap in model.coverage.gaps if gap.kind in ("unsupported_feature", "unread_key")]

    def test_a_second_text_config_that_differs_is_unread(self) -> None:
        changed = {**self.CLIP, "text_config_dict": {"hidden_size": 1024}}
        assert ("unread_key", "text_config_dict") in gaps(changed)


class TestEncodersAlone:
    def test_the_answer_to_an_encoder_by_itself_says_so(self) -> None:
        """sudo-ai/zero123plus-v1.1 publishes the config of its picture encoder."""
        coverage = la.evaluate({"model_type": "clip_vision_model", "hidden_size": 1280, "projection_dim": 1024})
        assert coverage.status == "not_supported"
        (gap,) = coverage.gaps
        assert gap.detail.endswith(
            "an encoder of pictures or sound (clip_vision_model) by itself, without a language model"
        )


class TestFirstCheckpointsOfLlava:
    ENCODER: Final = 303_507_456
    """The parameters of `CLIPVisionModel` in openai/clip-vit-large-patch14-336, as transformers counts them."""

    def test_they_name_their_tower_and_have_llamas_keys_at_the_top(self) -> None:
        named = {"model_type": "llava", "architectures": ["LlavaLlamaForCausalLM"]}
        flat = {**LLAMA, **named, "mm_vision_tower": "openai/clip-vit-large-patch14-336"}
        model = la.load({**flat, "mm_hidden_size": 1024})
        assert [gap.name for gap in model.coverage.gaps] == ["projector"]
        assert model.build(checkpoint()).parameters == la.build(LLAMA, checkpoint()).parameters + self.ENCODER

    def test_what_projects_the_towers_results_is_counted_where_its_type_says_how(self) -> None:
        named = {"model_type": "llava", "architectures": ["LlavaLlamaForCausalLM"]}
        flat = {**LLAMA, **named, "mm_vision_tower": "openai/clip-vit-large-patch14-336"}
        model = la.load({**flat, "mm_hidden_size": 1024, "mm_projector_type": "mlp2x_gelu"})
        assert model.coverage.gaps == ()
        hidden = LLAMA["hidden_size"]
        projections = (1024 + 1) * hidden + (hidden + 1) * hidden
        text = la.build(LLAMA, checkpoint()).parameters
        assert model.build(checkpoint()).parameters == text + self.ENCODER + projections


class TestPredictionModules:
    def test_dense_models_may_have_them(self) -> None:
        named = {"model_type": "mimo", "architectures": ["MiMoForCausalLM"]}
        config = {**LLAMA, **named, "attention_bias": True, "num_nextn_predict_layers": 1}
        model = la.load(config)
        assert model.coverage.gaps == ()
        hidden, kv, wide = 96, 24, 200
        layer = 2 * hidden * hidden + 2 * hidden * kv + hidden + 2 * kv + 3 * hidden * wide + 2 * hidden
        assert model.build(checkpoint()).mtp_parameters == layer + 2 * hidden * hidden + 3 * hidden


@pytest.mark.skipif(not CONFIGS, reason="no folder of published configs")
class TestFolder:
    @pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
    def test_a_declared_type_leaves_no_key_unread(self, path: Path) -> None:
        coverage = la.evaluate(path)
        if built_in(coverage.model_type) is None:
            pytest.skip("nobody declared the type")
        unread = {(coverage.model_type, gap.name) for gap in coverage.gaps if gap.kind == "unread_key"}
        assert unread <= UNREAD.keys()

    def test_the_list_has_no_key_that_is_read_by_now(self) -> None:
        left: set[tuple[str, str]] = set()
        for path in CONFIGS:
            coverage = la.evaluate(path)
            left |= {(coverage.model_type, gap.name) for gap in coverage.gaps if gap.kind == "unread_key"}
        assert UNREAD.keys() <= left

    @pytest.mark.parametrize(("name", "total"), KNOWN)
    def test_a_known_total_comes_out(self, name: str, total: int) -> None:
        """Some totals include buffers, or prediction modules."""
        model = la.load(FOLDER / name)
        graph = model.build(checkpoint())
        counted = (graph.parameters, graph.parameters + graph.buffers, graph.parameters + graph.mtp_parameters)
        assert total in counted

    @pytest.mark.parametrize("path", COPIED, ids=lambda path: path.stem)
    def test_what_is_bundled_says_the_same_of_the_architecture(self, path: Path) -> None:
        said = json.loads(path.read_text(encoding="utf-8")) | CORRECTED.get(path.stem, {})
        published, bundled = la.load(said), la.load(BUNDLED / path.name)
        assert bundled.spec == published.spec
        assert set(bundled.coverage.gaps) == set(published.coverage.gaps)
