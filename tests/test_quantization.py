"""Quantized checkpoints: the bytes that published ones hold, and what their configs leave as it is."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.dialects.quantization.assignment import assign
from llmsim_adapters.spec.quantization import SCHEMES, Side
from tests.checkpoints import STORED, config_of, model_of
from tests.facts import CASES, checkpoint, facts, with_value
from tests.test_dialects import changes

DTYPES: Final = {
    "bfloat16": ("BF16", 16),
    "float16": ("F16", 16),
    "float32": ("F32", 32),
    "int64": ("I64", 64),
    "int32": ("I32", 32),
    "int8": ("I8", 8),
    "uint8": ("U8", 8),
    "float8_e4m3fn": ("F8_E4M3", 8),
    **{f"int{bits}": ("I32", bits) for bits in (2, 3, 4, 5, 6)},
    "float4_e2m1fn": ("U8", 4),
}
"""By torch's name of a format: the file's, which may pack several elements into one, and the bits of each."""
WIDTH: Final = {"BF16": 2, "F16": 2, "F32": 4, "I64": 8, "I32": 4, "I8": 1, "U8": 1, "F8_E4M3": 1}
"""Bytes of one number of a file, by its format there."""
WRITTEN: Final = facts("written")
"""What quantization software wrote of a tiny model (tests/reference/written.py)."""
LLAMA: Final[dict[str, Any]] = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "vocab_size": 1000,
    "hidden_size": 256,
    "intermediate_size": 640,
    "num_hidden_layers": 12,
    "num_attention_heads": 8,
    "num_key_value_heads": 2,
    "torch_dtype": "bfloat16",
}
MOE: Final[dict[str, Any]] = {
    **LLAMA,
    "model_type": "qwen3_moe",
    "architectures": ["Qwen3MoeForCausalLM"],
    "num_experts": 4,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 128,
}
FP8: Final = {"quant_method": "fp8", "weight_block_size": [128, 128]}


def quantized(config: dict[str, Any], **block: Any) -> dict[str, Any]:
    return {**config, "quantization_config": block}


def gaps(config: dict[str, Any]) -> list[str]:
    return [gap.name for gap in la.evaluate(config).gaps if gap.name != "evidence"]


def stored(config: dict[str, Any]) -> dict[tuple[str, str], str]:
    """The format of each matrix of the text stack, by block and name."""
    weights = la.build(config, checkpoint()).weights
    return {
        (w.block, w.name): w.dtype
        for w in weights
        if w.stack in ("text", "model") and "proj" in w.name and w.role != "scale"
    } | {("", w.name): w.dtype for w in weights if w.name.startswith("head.") and w.role != "scale"}


def counted(entry: dict[str, Any], graph: la.OperatorGraph) -> Counter[str]:
    """How many numbers of each format the files have.

    `packs` says by torch's name which format narrow integers are packed into; without `scales` nobody counted those.
    """
    numbers: Counter[str] = Counter()
    for weight in graph.weights:
        if weight.role == "scale" and not entry.get("scales", True):
            continue
        name, bits = DTYPES[weight.dtype]
        name = entry.get("packs", {}).get(weight.dtype, name)
        number, rest = divmod(weight.elements * bits, 8 * WIDTH[name])
        assert rest == 0
        numbers[name] += number
        if "biases" in entry and weight.role != "scale" and name == "I32":
            numbers[entry["biases"]] += weight.count * weight.shape[-2]
    return numbers


class TestPublishedCheckpoints:
    """Exact but for what the entry says that the config can't say."""

    @pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["name"]) for entry in STORED])
    def test_the_bytes_are_those_of_the_files(self, entry: dict[str, Any]) -> None:
        model = model_of(entry)
        assert [gap.name for gap in model.coverage.gaps if gap.name != "evidence"] == entry.get("gaps", [])
        graph = model.build(checkpoint(mtp=entry.get("mtp", False)))
        ours = counted({"packs": entry.get("packs", {})}, graph)
        assert sum(count * WIDTH[name] for name, count in ours.items()) == graph.weight_bytes
        ours = counted(entry, graph)
        for part in ("again", "unsaid"):
            ours.update(entry.get(part, {}))
        if "elements" in entry:
            assert sum(ours.values()) == entry["elements"]
            return
        expected = entry["stored"]
        if isinstance(expected, dict):
            assert {name: count for name, count in ours.items() if count} == expected
            return
        total = sum(count * WIDTH[name] for name, count in ours.items())
        if entry.get("header"):  # a header names each tensor, at some hundred bytes
            tensors = sum(weight.count for weight in graph.weights)
            assert 64 * tensors < expected - total < 256 * tensors
        else:
            assert total == expected

    @pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["name"]) for entry in STORED])
    def test_what_the_config_does_not_say_is_little(self, entry: dict[str, Any]) -> None:
        unsaid = sum(count * WIDTH[name] for name, count in entry.get("unsaid", {}).items())
        assert abs(unsaid) < 0.0005 * model_of(entry).build(checkpoint()).weight_bytes

    @pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["name"]) for entry in STORED])
    def test_parameters_do_not_change(self, entry: dict[str, Any]) -> None:
        declared = ("quantization_config", "quantization")
        plain = la.build({key: value for key, value in config_of(entry).items() if key not in declared}, checkpoint())
        graph = model_of(entry).build(checkpoint())
        assert graph.parameters == plain.parameters
        assert graph.weight_bytes < plain.weight_bytes

    @pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["name"]) for entry in STORED])
    def test_every_key_that_is_read_changes_the_spec_or_says_why_not(self, entry: dict[str, Any]) -> None:
        config = config_of(entry)
        before = la.load(config)
        read = {p.key for p in before.coverage.parameters.values() if p.key and p.key.startswith("quantization")}
        assert read or "files" in entry
        for path in sorted(read):
            excepting = path.endswith((".exclude", ".ignore", ".modules_to_not_convert", ".targets"))
            lists = [with_value(config, path, each) for each in ([], ["*"])]
            changed = lists if excepting else changes(config, path.split("."))
            specs = [la.load(each).spec for each in changed]
            if path in before.coverage.without_effect:
                assert all(spec is None or spec == before.spec for spec in specs), path
            else:
                assert any(spec != before.spec for spec in specs), f"{path}: read and dropped"

    def test_every_figure_has_a_source_and_says_what_it_counts(self) -> None:
        for entry in STORED:
            assert entry["sources"]
            assert entry["counts"]
            for part in ("again", "biases", "unsaid"):
                assert (part in entry) == (f"{part}_why" in entry)


class TestWrittenCheckpoints:
    """Tiny ones that each method's own software wrote: exact but for the words that say how a matrix is quantized."""

    @pytest.mark.parametrize("name", WRITTEN["written"])
    def test_the_bytes_are_those_of_the_files(self, name: str) -> None:
        entry = WRITTEN["written"][name]
        model = la.load({**WRITTEN["config"], "quantization_config": entry["quantization_config"]})
        assert [gap.name for gap in model.coverage.gaps if gap.name != "evidence"] == []
        assert model.build(checkpoint()).weight_bytes == entry["bytes"] - entry.get("words", 0)

    def test_words_are_less_than_two_hundred_bytes_a_matrix(self) -> None:
        matrices = 7 * WRITTEN["config"]["num_hidden_layers"]
        assert all(entry.get("words", 0) < 200 * matrices for entry in WRITTEN["written"].values())


@pytest.mark.parametrize(
    ("side", "shape", "parts", "expected"),
    [
        (Side("scale"), (300, 200), 1, (1, 1)),
        (Side("scale", rows=1), (300, 200), 1, (300, 1)),
        (Side("scale", "", 128, 128), (300, 200), 1, (3, 2)),
        (Side("scale", "", 128, 128), (300, 200), 2, (4, 2)),
        (Side("scale", "", 1, 64), (300, 200), 1, (300, 4)),
        (Side("scale"), (5, 300, 200), 2, (5, 2, 1)),
        (Side("index", "int32", 0, 1), (300, 200), 1, (1, 200)),
        (Side("shape", "int64", numbers=2), (300, 200), 1, (1, 2)),
    ],
)
def test_one_number_for_each_block(side: Side, shape: tuple[int, ...], parts: int, expected: tuple[int, ...]) -> None:
    assert side.shape(shape, parts) == expected


def group(form: str, **weights: Any) -> dict[str, Any]:
    return {
        "quant_method": "compressed-tensors",
        "format": form,
        "config_groups": {"group_0": {"targets": ["Linear"], "weights": weights, "input_activations": None}},
        "ignore": ["lm_head"],
    }


EIGHT: Final = {"num_bits": 8, "type": "float", "symmetric": True}
SCHEME_OF: Final = {
    "fp8_block": [FP8, group("float-quantized", **EIGHT, strategy="block", block_structure=[128, 128])],
    "fp8_channel": [{"quant_method": "fbgemm_fp8"}, group("float-quantized", **EIGHT, strategy="channel")],
    "fp8_tensor": [
        {"quant_method": "fp8", "activation_scheme": "static"},
        {"quant_method": "modelopt", "quant_algo": "FP8", "ignore": ["lm_head"]},
        group("float-quantized", **EIGHT, strategy="tensor"),
    ],
    "int8_channel": [
        {"quant_method": "w8a8_int8"},
        {"quant_method": "bitsandbytes", "load_in_8bit": True},
        group("int-quantized", num_bits=8, type="int", strategy="channel", symmetric=True),
    ],
    "packed_int": [
        group("pack-quantized", num_bits=4, type="int", strategy="group", group_size=32, symmetric=True),
        group("pack-quantized", num_bits=8, type="int", strategy="channel", symmetric=False),
    ],
    "awq": [
        {"quant_method": "awq", "bits": 4, "group_size": 128},
        {"quant_method": "auto-round", "bits": 4, "group_size": 128, "packing_format": "auto_round:auto_awq"},
    ],
    "gptq": [
        {"quant_method": "gptq", "bits": 4, "group_size": 128},
        {"quant_method": "gptq", "bits": 8},
        {"quant_method": "auto-round", "bits": 4, "group_size": 128, "model_free": True},
    ],
    "nvfp4": [
        {"quant_method": "modelopt", "quant_algo": "NVFP4", "ignore": ["lm_head"]},
        group("nvfp4-pack-quantized", num_bits=4, type="float", strategy="tensor_group", group_size=16, symmetric=True),
    ],
    "mxfp8": [{"quant_method": "mxfp8"}, {"quant_method": "modelopt", "quant_algo": "MXFP8", "ignore": ["lm_head"]}],
    "int8_block": [{"quant_method": "blockwise_int8", "weight_block_size": [128, 128]}],
    "grouped_int": [
        {"quant_method": "hqq", "quant_config": {"weight_quant_params": {"nbits": 4, "group_size": 64}}},
    ],
    "w4afp8": [{"quant_method": "modelopt", "quant_algo": "MIXED_PRECISION"}, {"quant_method": "w4afp8"}],
    "bnb_4bit": [
        {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_use_double_quant": True},
        {"quant_method": "bitsandbytes", "load_in_4bit": True},
    ],
    "mxfp4": [
        {"quant_method": "mxfp4", "modules_to_not_convert": ["model.layers.*.self_attn", "lm_head"]},
        group("mxfp4-pack-quantized", num_bits=4, type="float", strategy="group", group_size=32, symmetric=True),
    ],
}


class TestSchemes:
    def test_every_scheme_is_read_from_some_config(self) -> None:
        assert SCHEME_OF.keys() == SCHEMES.keys()

    @pytest.mark.parametrize(
        ("scheme", "block"), [(scheme, block) for scheme, blocks in SCHEME_OF.items() for block in blocks]
    )
    def test_a_config_is_read(self, scheme: str, block: dict[str, Any]) -> None:
        config = quantized(MOE, **block)
        assert gaps(config) == []
        spec = la.load(config).spec
        assert spec is not None
        assert spec.quantization is not None
        assert scheme in [each.name for each in spec.quantization.schemes]
        assert la.build(config, checkpoint()).parameters == la.build(MOE, checkpoint()).parameters
        head = stored(config)["", "head.weight"]
        assert head == "bfloat16"

    @pytest.mark.parametrize(
        ("block", "gap"),
        [
            ({"quant_method": "a_new_one"}, "a_new_one"),
            ({"quant_method": "compressed-tensors", "config_groups": {"a": {}, "b": {}}}, "compressed-tensors"),
        ],
    )
    def test_a_method_that_is_not_modelled_is_a_gap(self, block: dict[str, Any], gap: str) -> None:
        assert set(gaps(quantized(LLAMA, **block))) >= {f"quantization_{gap}"}
        spec = la.load(quantized(LLAMA, **block)).spec
        assert spec is not None
        assert spec.quantization is not None
        assert spec.quantization.scheme is None

    @pytest.mark.parametrize(
        ("block", "gap", "bits"),
        [
            ({"bits": 4}, "unknown", 4),
            ({"quant_method": "torchao", "quant_type": "int4wo"}, "quant_type_int4wo", 4),
            (
                {"quant_method": "torchao", "quant_type": "int8_weight_only"},
                "quant_type_int8_weight_only",
                8,
            ),
            ({"quant_method": "vptq", "bits": 2}, "vptq", 2),
            ({"quant_method": "modelopt", "quant_algo": "W4A8_AWQ", "ignore": []}, "quant_algo_W4A8_AWQ", 4),
            ({"quant_method": "modelopt", "quant_algo": "FP8_NEW", "ignore": []}, "quant_algo_FP8_NEW", 8),
            (
                group("marlin-24", num_bits=4, type="int", strategy="group", group_size=128),
                "format_marlin-24_int4",
                4,
            ),
            (
                group("pack-quantized", num_bits=3, type="int", strategy="group", group_size=128),
                "format_pack-quantized_int3",
                3,
            ),
        ],
    )
    def test_one_that_says_its_bits_has_about_its_size(self, block: dict[str, Any], gap: str, bits: int) -> None:
        config = quantized(LLAMA, **block)
        assert gaps(config) == [f"quantization_{gap}"]
        plain = {w.name: w.elements for w in la.build(LLAMA, checkpoint()).weights if "proj" in w.name}
        weights = la.build(config, checkpoint()).weights
        of_matrices = sum(w.rank_bytes for w in weights if "proj" in w.name)
        assert bits / 8 <= of_matrices / sum(plain.values()) < bits / 8 + 0.2

    @pytest.mark.parametrize(
        ("block", "option"),
        [
            ({"quant_method": "awq", "bits": 4, "version": "gemv"}, "version"),
            ({"quant_method": "awq", "bits": 4, "zero_point": False}, "zero_point"),
            ({"quant_method": "gptq", "bits": 4, "checkpoint_format": "marlin"}, "checkpoint_format"),
            ({"quant_method": "auto-round", "bits": 4, "data_type": "mx_fp4"}, "data_type"),
            (
                {
                    **group("pack-quantized", num_bits=4, type="int", strategy="group"),
                    "sparsity_config": {"format": "s"},
                },
                "sparsity_config",
            ),
            ({**FP8, "kv_cache_scheme": {"type": "float", "num_bits": 4}}, "kv_cache_scheme_float_4_tensor"),
        ],
    )
    def test_of_an_option_that_is_not_modelled_the_method_is_computed(self, block: dict[str, Any], option: str) -> None:
        config = quantized(LLAMA, **block)
        assert gaps(config) == [f"quantization_{option}"]
        assert la.build(config, checkpoint()).weight_bytes < 0.7 * la.build(LLAMA, checkpoint()).weight_bytes

    @pytest.mark.parametrize(
        ("block", "key"),
        [
            ({"quant_method": "awq", "bits": 4, "group_size": 0}, "group_size"),
            ({"quant_method": "gptq", "bits": 4, "group_size": "all"}, "group_size"),
            ({"quant_method": "gptq", "bits": 4, "group_size": 7}, "group_size"),
            ({"quant_method": "gptq", "bits": 4.5, "group_size": 128}, "bits"),
            ({"quant_method": "fp8", "weight_block_size": [128]}, "weight_block_size"),
            ({**FP8, "modules_to_not_convert": [1]}, "modules_to_not_convert"),
            ({**FP8, "modules_to_not_convert": "lm_head"}, "modules_to_not_convert"),
        ],
    )
    def test_a_bad_value_is_named(self, block: dict[str, Any], key: str) -> None:
        found = la.evaluate(quantized(LLAMA, **block)).gaps
        assert f"quantization_config.{key}" in [gap.name for gap in found if gap.kind == "invalid_config"]

    def test_without_its_list_of_exceptions_a_config_says_too_little(self) -> None:
        block = group("float-quantized", **EIGHT, strategy="channel")
        del block["ignore"]
        assert gaps(quantized(LLAMA, **block)) == ["quantization_without_a_list_of_exceptions"]
        algorithm = {"quant_method": "modelopt", "quant_algo": "NVFP4"}
        assert gaps(quantized(LLAMA, **algorithm)) == ["quantization_without_a_list_of_exceptions"]
        assert gaps(quantized(LLAMA, **algorithm, exclude_modules=["lm_head"])) == []

    def test_a_key_that_nobody_read_is_a_gap(self) -> None:
        assert gaps(quantized(LLAMA, **FP8, a_new_form=1)) == ["quantization_config.a_new_form"]


WIDE: Final = "bfloat16"
ATTENTION: Final = {f"attention.{name}_proj" for name in "qkvo"}
MLP: Final = {f"mlp.{name}_proj" for name in ("gate", "up", "down")}
UP: Final = "mixture_of_experts.experts.gate_up_proj"
DOWN: Final = "mixture_of_experts.experts.down_proj"


class TestExclusions:
    @pytest.mark.parametrize(
        ("config", "pattern", "kept"),
        [
            (LLAMA, "model.layers.*.self_attn", ATTENTION),
            (LLAMA, "*.self_attn.*", ATTENTION),
            (LLAMA, "*self_attn*", ATTENTION),
            (LLAMA, "self_attn", ATTENTION),
            (LLAMA, "q_proj", {"attention.q_proj"}),
            (LLAMA, "re:.*self_attn.*", ATTENTION),
            (LLAMA, r"re:.*\.self_attn\.(q|k|v)_proj$", ATTENTION - {"attention.o_proj"}),
            (LLAMA, r"re:^model\.layers\.\d+\.mlp\.down_proj$", {"mlp.down_proj"}),
            (LLAMA, "re:.*mlp.gate$", set()),
            (LLAMA, "re:.*mlp.gate_proj", {"mlp.gate_proj"}),
            (LLAMA, "*", ATTENTION | MLP),
            (LLAMA, "*mlp*", MLP),
            (LLAMA, "gate_up_proj", {"mlp.gate_proj", "mlp.up_proj"}),
            (LLAMA, "re:.*qkv.*", {"attention.q_proj", "attention.k_proj", "attention.v_proj"}),
            (LLAMA, "re:.*lm_head", set()),
            (LLAMA, "model.embed_tokens", set()),
            (LLAMA, "model.vision_tower", set()),
            (LLAMA, "visual", set()),
            (LLAMA, "vision_model.model.layers.0.self_attn.q_proj", set()),
            (LLAMA, "model.layers.12.self_attn", set()),
            (LLAMA, "mtp.fc", set()),
            (LLAMA, "mtp.pre_fc_norm_hidden", set()),
            (LLAMA, "model.language_model.layers.*.mlp", MLP),
            (LLAMA, "model.layers.*", ATTENTION | MLP),
            (MOE, "mlp", {UP, DOWN}),
            (MOE, "model.layers.*.mlp.gate", set()),
            (MOE, "re:.*router.*", set()),
            (MOE, "model.layers.*.mlp.experts", {UP, DOWN}),
            (MOE, "model.layers.*.mlp.experts.*.down_proj", {DOWN}),
        ],
    )
    def test_a_pattern_names_modules_as_checkpoints_do(
        self, config: dict[str, Any], pattern: str, kept: set[str]
    ) -> None:
        excluding = quantized(config, **FP8, modules_to_not_convert=[pattern])
        assert gaps(excluding) in ([], ["quantization_except_" + pattern])
        assert {name for (_, name), dtype in stored(excluding).items() if dtype == WIDE} - {"head.weight"} == kept
        assert gaps(excluding) == []

    @pytest.mark.parametrize(
        "pattern", ["model.layers.12.self_attn", "re:.*linear_attn.out_proj", "model.layers.0.mixer.in_proj"]
    )
    def test_a_pattern_that_names_nothing_of_the_model_is_said(self, pattern: str) -> None:
        excluding = la.load(quantized(LLAMA, **FP8, modules_to_not_convert=[pattern]))
        assert excluding.coverage.gaps == ()
        assert excluding.coverage.without_effect[f"quantization_config.{pattern}"] == "names no module of this model"

    def test_a_list_of_every_layer_is_the_same_as_one_pattern(self) -> None:
        listed = [f"model.layers.{n}.self_attn.{name}_proj" for n in range(12) for name in "qkvo"]
        one = la.load(quantized(LLAMA, **FP8, modules_to_not_convert=["model.layers.*.self_attn"])).spec
        all_of_them = la.load(quantized(LLAMA, **FP8, modules_to_not_convert=listed)).spec
        assert one is not None
        assert all_of_them is not None
        assert len(all_of_them.stacks[0].blocks) == 1
        assert stored(quantized(LLAMA, **FP8, modules_to_not_convert=listed)) == stored(
            quantized(LLAMA, **FP8, modules_to_not_convert=["model.layers.*.self_attn"])
        )

    def test_a_layer_that_differs_is_a_block_of_its_own(self) -> None:
        patterns = ["model.layers.0.mlp.down_proj", "model.layers.11.mlp.down_proj", "model.layers.0.self_attn"]
        config = quantized(LLAMA, **FP8, modules_to_not_convert=patterns)
        assert gaps(config) == []
        spec = la.load(config).spec
        assert spec is not None
        assert spec.stacks[0].order == (0, *(1,) * 10, 2)
        kept = sum(w.elements for w in la.build(config, checkpoint()).weights if w.dtype == WIDE and "proj" in w.name)
        attention = 256 * 256 * 2 + 2 * 256 * 64
        assert kept == 2 * 256 * 640 + attention
        assert la.build(config, checkpoint()).parameters == la.build(LLAMA, checkpoint()).parameters
        assert la.build(config, checkpoint()).flops == la.build(LLAMA, checkpoint()).flops

    @pytest.mark.parametrize(("listed", "dtype"), [(None, "bfloat16"), (["lm_head"], "bfloat16"), ([], "int8")])
    def test_bitsandbytes_takes_a_head_that_its_list_leaves_out(self, listed: list[str] | None, dtype: str) -> None:
        block = {"quant_method": "bitsandbytes", "load_in_8bit": True, "llm_int8_skip_modules": listed}
        config = {**quantized(LLAMA, **block), "tie_word_embeddings": False}
        assert stored(config)["", "head.weight"] == dtype

    def test_a_number_glob_means_all_layers_that_begin_so(self) -> None:
        config = quantized(LLAMA, **FP8, modules_to_not_convert=["model.layers.1*"])
        spec = la.load(config).spec
        assert spec is not None
        assert spec.stacks[0].order == (0, 1, *(0,) * 8, 1, 1)

    @pytest.mark.parametrize(
        ("pattern", "order"),
        [
            (r"re:model\.layers\.[0-2]\..*", (1, 1, 1, *(0,) * 9)),
            (r"re:.*layers\.(1[01]|[35])\..*", (0, 0, 0, 1, 0, 1, *(0,) * 4, 1, 1)),
        ],
    )
    def test_a_class_of_characters_is_one_of_them(self, pattern: str, order: tuple[int, ...]) -> None:
        config = quantized(LLAMA, **group("float-quantized", **EIGHT, strategy="channel") | {"ignore": [pattern]})
        spec = la.load(config).spec
        assert spec is not None
        assert [index != spec.stacks[0].order[6] for index in spec.stacks[0].order] == [bool(each) for each in order]

    @pytest.mark.parametrize(
        ("method", "pattern"),
        [
            ("fp8", "model.layers.*.mixer.unheard_of"),
            ("fp8", "re:.*[^kq]_proj"),
            ("fp8", "re:.*mlp.gate"),  # gate_proj, or gate_up_proj
            ("fp8", "*v_proj"),  # v_proj, or qkv_proj
            ("fp8", "re:(?!.*experts).*"),
            ("fp8", "re:(a*)*b"),
            ("fp8", "re:" + "(" * 40),
            ("fp8", "re:" + "(a|b)" * 40),
            ("fp8", "x" * 400),
            ("awq", "mlp.gate"),  # also inside gate_proj
        ],
    )
    def test_what_can_not_be_decided_is_a_gap(self, method: str, pattern: str) -> None:
        block = FP8 if method == "fp8" else {"quant_method": "awq", "bits": 4, "group_size": 64}
        (gap,) = gaps(quantized(LLAMA, **block, modules_to_not_convert=[pattern]))
        assert gap.startswith("quantization_except_")

    def test_half_of_what_is_one_matrix_is_a_gap(self) -> None:
        half = quantized(MOE, **FP8, modules_to_not_convert=["re:.*experts.*gate_proj$"])
        assert gaps(half) == ["quantization_except_half_of_the_experts_up"]
        both = [r"re:.*experts.*\.gate_proj$", r"re:.*experts.*\.up_proj$"]
        assert gaps(quantized(MOE, **FP8, modules_to_not_convert=both)) == []

    def test_a_pattern_may_name_mixers_whose_checkpoint_names_are_not_known(self) -> None:
        config = next(case["config"] for name, case in CASES if name == "recurrent_gemma")
        for pattern, left in (("*.self_attn.*", 1), ("lm_head", 0), ("model.embed_tokens", 0), ("model.layers.0", 0)):
            found = gaps(quantized(config, **FP8, modules_to_not_convert=[pattern]))
            assert len(found) == left, pattern

    def test_many_undecided_patterns_are_few_gaps(self) -> None:
        patterns = [f"model.layers.{n}.mixer_{n}" for n in range(200)]
        assert len(gaps(quantized(LLAMA, **FP8, modules_to_not_convert=patterns))) == 9

    def test_hostile_patterns_take_little_time(self) -> None:
        spec = la.load(LLAMA).spec
        assert spec is not None
        hostile = [
            "*a" * 140,
            "re:" + "(.*)*" * 50,
            "re:" + "(a|a)" * 50,
            "*" * 300,
            "re:" + ".*" * 140 + "x",
            "." * 300,
        ]
        started = time.process_time()
        assign(spec, [[f"{n}{pattern}" for n in range(50) for pattern in hostile]])
        assert time.process_time() - started < 2


MIXED: Final = {
    "quant_method": "modelopt",
    "quant_algo": "MIXED_PRECISION",
    "ignore": ["mtp*"],
    "quantized_layers": {
        **{f"model.layers.{n}.self_attn.{name}_proj": {"quant_algo": "FP8"} for n in range(12) for name in "qkvo"},
        **{
            f"model.layers.{n}.mlp.experts.{expert}.{name}_proj": {"quant_algo": "NVFP4", "group_size": 16}
            for n in range(12)
            for expert in range(4)
            for name in ("gate", "up", "down")
        },
    },
}


class TestSeveralSchemes:
    def test_each_layer_has_its_algorithm(self) -> None:
        config = quantized(MOE, **MIXED)
        assert gaps(config) == []
        formats = {name: dtype for (_, name), dtype in stored(config).items()}
        assert {formats[f"attention.{name}_proj"] for name in "qkvo"} == {"float8_e4m3fn"}
        assert {formats[UP], formats[DOWN]} == {"float4_e2m1fn"}
        assert formats["head.weight"] == WIDE

    def test_a_layer_that_no_algorithm_names_is_not_quantized(self) -> None:
        layers = {name: said for name, said in MIXED["quantized_layers"].items() if "layers.3.self_attn" not in name}
        spec = la.load(quantized(MOE, **{**MIXED, "quantized_layers": layers})).spec
        assert spec is not None
        assert spec.stacks[0].order == (*(0,) * 3, 1, *(0,) * 8)

    def test_an_unknown_algorithm_of_some_layers_is_a_gap_with_its_name(self) -> None:
        layers = {**MIXED["quantized_layers"], "model.layers.0.self_attn.q_proj": {"quant_algo": "FP6"}}
        assert gaps(quantized(MOE, **{**MIXED, "quantized_layers": layers})) == ["quantization_quant_algo_FP6"]

    def test_experts_that_are_named_in_part_are_undecided(self) -> None:
        layers = {name: said for name, said in MIXED["quantized_layers"].items() if "experts.3" not in name}
        found = gaps(quantized(MOE, **{**MIXED, "quantized_layers": layers}))
        assert found
        assert all(name.startswith("quantization_except_model.layers.") for name in found[:-1])

    def test_a_group_that_names_modules_comes_before_that_of_all_linear_layers(self) -> None:
        eight = group("float-quantized", **EIGHT, strategy="channel")
        four = {"num_bits": 4, "type": "int", "strategy": "group", "group_size": 32, "symmetric": True}
        experts = {"targets": ["re:.*experts.*"], "format": "pack-quantized", "weights": four}
        config = quantized(MOE, **{**eight, "config_groups": {**eight["config_groups"], "group_1": experts}})
        assert gaps(config) == []
        formats = {name: dtype for (_, name), dtype in stored(config).items()}
        assert (formats[UP], formats["attention.q_proj"]) == ("int4", "float8_e4m3fn")

    @pytest.mark.parametrize(
        ("rule", "expected"),
        [
            ({"-:.*down_proj": {}}, WIDE),
            ({"+:.*down_proj": {"bits": 8}}, "int8"),
            ({r".*\.down_proj": {"bits": 8, "group_size": 32}}, "int8"),
            ({"-:.*q_proj": {}}, "int4"),
        ],
    )
    def test_gptq_s_rules_are_for_some_modules(self, rule: dict[str, Any], expected: str) -> None:
        config = quantized(LLAMA, quant_method="gptq", bits=4, group_size=128, sym=True, dynamic=rule)
        assert gaps(config) == []
        assert {dtype for (_, name), dtype in stored(config).items() if name == "mlp.down_proj"} == {expected}

    def test_mlx_quantizes_what_is_looked_up_too(self) -> None:
        rules = {"model.layers.3.mlp.down_proj": {"group_size": 64, "bits": 8}, "lm_head": False}
        config = {**LLAMA, "quantization": {"group_size": 64, "bits": 4, **rules}}
        assert gaps(config) == []
        weights = la.build(config, checkpoint()).weights
        assert {w.dtype for w in weights if w.name == "embedding.weight"} == {"int4"}
        assert {w.dtype for w in weights if w.name == "head.weight"} == {WIDE}
        assert {w.dtype for w in weights if w.name == "mlp.down_proj"} == {"int4", "int8"}

    def test_deepseek_v4_says_the_format_of_its_experts_beside_the_method(self) -> None:
        config = next(case["config"] for name, case in CASES if name == "deepseek_v4")
        block = {"quant_method": "fp8", "weight_block_size": [128, 128], "scale_fmt": "ue8m0"}
        four = la.build({**config, "expert_dtype": "fp4", "quantization_config": block}, checkpoint())
        eight = la.build({**config, "expert_dtype": "fp8", "quantization_config": block}, checkpoint())
        assert {w.dtype for w in four.weights if w.name == UP} == {"float4_e2m1fn"}
        assert {w.dtype for w in eight.weights if w.name == UP} == {"float8_e4m3fn"}


class TestDeclarations:
    FP8_FILE: Final = {
        "producer": {"name": "modelopt"},
        "quantization": {"quant_algo": "FP8", "exclude_modules": ["lm_head"]},
    }
    GPTQ_FILE: Final = {"bits": 4, "group_size": 128, "desc_act": False, "sym": True}
    AWQ_FILE: Final = {"zero_point": True, "q_group_size": 128, "w_bit": 4, "version": "GEMM"}

    @pytest.mark.parametrize(
        ("config", "files", "method"),
        [
            ({"quantization_config": FP8}, {}, "fp8"),
            ({"compression_config": group("float-quantized", **EIGHT, strategy="channel")}, {}, "compressed-tensors"),
            ({"quantization": {"group_size": 64, "bits": 4}}, {}, "mlx"),
            ({"quantization_config": {"quant_algo": "FP8", "ignore": ["lm_head"]}}, {}, "modelopt"),
            ({"quantization_config": {"weight_block_size": [128, 128]}}, {}, "fp8"),
            ({}, {"hf_quant_config.json": FP8_FILE}, "modelopt"),
            ({}, {"quantize_config.json": GPTQ_FILE}, "gptq"),
            ({}, {"quant_config.json": AWQ_FILE}, "awq"),
        ],
    )
    def test_stand_in_keys_and_files(self, config: dict[str, Any], files: dict[str, Any], method: str) -> None:
        model = la.load({**LLAMA, **config}, files=files)
        assert [gap.name for gap in model.coverage.gaps if gap.name != "evidence"] == []
        assert model.spec is not None
        assert model.spec.quantization is not None
        assert model.spec.quantization.method == method
        assert model.build(checkpoint()).weight_bytes < la.build(LLAMA, checkpoint()).weight_bytes

    def test_of_the_language_model_alone_count_too(self) -> None:
        config = {"model_type": "llava", "text_config": quantized(LLAMA, **FP8)}
        spec = la.load(config).spec
        assert spec is not None
        assert spec.quantization is not None

    def test_that_say_the_same_are_one(self) -> None:
        config = quantized(LLAMA, quant_method="modelopt", quant_algo="FP8", ignore=["lm_head"])
        assert la.load(config, files={"hf_quant_config.json": self.FP8_FILE}).coverage.gaps == ()

    def test_that_disagree_are_conflicting_keys(self) -> None:
        model = la.load(quantized(LLAMA, **FP8), files={"hf_quant_config.json": self.FP8_FILE})
        (gap,) = model.coverage.gaps
        assert (str(gap.kind), gap.name) == ("conflicting_keys", "hf_quant_config.json:quantization")
        assert model.spec is not None
        assert model.spec.quantization == la.load(quantized(LLAMA, **FP8)).spec.quantization  # type: ignore[union-attr]

    def test_sglang_s_engine_does_not_read_all_of_them(self) -> None:
        graph = la.load(LLAMA, files={"quantize_config.json": self.GPTQ_FILE}).build(la.Schedule())
        assert graph.weight_bytes == la.build(LLAMA).weight_bytes
        assert any("reads no such declaration" in note for note in graph.notes)

    @pytest.mark.parametrize(
        "block",
        [
            {"quant_method": "fbgemm_fp8"},
            {"quant_method": "hqq", "quant_config": {"weight_quant_params": {"nbits": 4, "group_size": 64}}},
            {"group_size": 64, "bits": 4},
            {"quant_method": "gptq", "bits": 3, "group_size": 128, "sym": True},
            {"quant_method": "gptq", "bits": 4, "group_size": 128, "sym": False},
        ],
    )
    def test_what_sglang_has_no_method_for_is_refused(self, block: dict[str, Any]) -> None:
        model = la.load(quantized(LLAMA, **block))
        assert model.build(checkpoint()).weight_bytes > 0
        with pytest.raises(la.ScheduleError, match="`quantization_config` declares"):
            model.build(la.Schedule())

    def test_awq_experts_with_one_group_of_all_inputs_are_refused(self) -> None:
        """Linear layers may have one; SGLang's method for experts divides by the size of a group."""
        block = {"quant_method": "awq", "bits": 4, "group_size": -1}
        assert la.build(quantized(LLAMA, **block)).weight_bytes > 0
        model = la.load(quantized(MOE, **block))
        assert model.build(checkpoint()).weight_bytes > 0
        with pytest.raises(la.ScheduleError, match="one group of all inputs for experts"):
            model.build(la.Schedule())


EIGHT_BIT_CACHE: Final = {"type": "float", "num_bits": 8, "dynamic": False}


class TestCaches:
    @pytest.mark.parametrize(
        "said",
        [
            {"kv_cache_scheme": EIGHT_BIT_CACHE},
            {"kv_cache_scheme": "FP8", "quant_algo": "NVFP4"},
            {"kv_cache_scheme": "FP8", "kv_cache_quant_algo": "FP8"},
            {"kv_cache_quant_algo": "FP8"},
        ],
    )
    @pytest.mark.parametrize("engine", ["sglang", "checkpoint"])
    def test_the_declared_format_is_the_default(self, said: dict[str, Any], engine: str) -> None:
        block = {"quant_method": "modelopt", "quant_algo": "FP8", "ignore": ["lm_head"], **said}
        model = la.load(quantized(LLAMA, **block))
        graph = model.build(la.Schedule(engine=engine))
        assert {cache.dtype for cache in graph.caches} == {"float8_e4m3fn"}
        assert any("the cache is stored in float8_e4m3fn" in note for note in graph.notes)
        other = model.build(la.Schedule(engine=engine, kv_cache_dtype="bfloat16"))
        assert {cache.dtype for cache in other.caches} == {"bfloat16"}
        assert other.kv_cache_bytes(100) == 2 * graph.kv_cache_bytes(100)

    def test_of_a_computed_scale_for_each_token_nothing_follows(self) -> None:
        block = {"quant_method": "fp8", "kv_cache_scheme": {**EIGHT_BIT_CACHE, "dynamic": True}}
        assert {cache.dtype for cache in la.build(quantized(LLAMA, **block)).caches} == {"bfloat16"}
