"""What SGLang makes of declared quantizations: methods that it refuses, modules that it takes for others, formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from tests.facts import facts
from tests.sglang import CONFIGS

if TYPE_CHECKING:
    from collections.abc import Mapping

REFUSED: Final[Mapping[str, Mapping[str, Any]]] = facts("sglang/refused_methods")["configs"]
"""Configs whose every layout SGLang refused, for what they declare of quantization."""

TINY: Final = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 256,
    "intermediate_size": 512,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 512,
    "tie_word_embeddings": True,
}


@pytest.mark.parametrize("name", REFUSED)
def test_every_layout_is_refused(name: str) -> None:
    model = la.load(dict(REFUSED[name]["config"]), files=REFUSED[name].get("files", {}))
    for tp, ep, dp in REFUSED[name]["layouts"]:
        with pytest.raises(la.ScheduleError, match=r"expected .* \(sglang: "):
            model.build(la.Schedule(engine="sglang", tp_size=tp // dp, dp_size=dp, ep_size=ep))


@pytest.mark.parametrize("name", REFUSED)
def test_on_disk_it_is_answered(name: str) -> None:
    model = la.load(dict(REFUSED[name]["config"]), files=REFUSED[name].get("files", {}))
    graph = model.build(la.Schedule(engine="checkpoint"))
    assert graph.weight_bytes < 2 * graph.parameters


class TestModulesOfFusedMatrices:
    """A class that doesn't say which matrices it fuses finds nothing that is said of their parts."""

    @pytest.mark.parametrize(
        "name", ["made/Llama-3.1-8B-ct-parts", "made/Qwen3-8B-gptq-modules", "made/Llama-3.1-8B-mixed-pbwo"]
    )
    def test_a_note_says_so(self, name: str) -> None:
        model = la.load(dict(CONFIGS[name]["config"]), files={})
        assert any("don't fit there" in note for note in model.build(la.Schedule(engine="sglang")).notes)
        assert not any("don't fit there" in note for note in model.build(la.Schedule(engine="checkpoint")).notes)

    def test_no_note_where_the_class_finds_them(self) -> None:
        config = dict(CONFIGS["made/Qwen3-30B-W4A16-asym"]["config"])
        assert not any("don't fit there" in note for note in la.build(config, la.Schedule(engine="sglang")).notes)


class TestUnsaidFormat:
    def test_a_default_is_said_with_the_config_and_with_its_figures(self) -> None:
        model = la.load(TINY, files={})
        assert str(model.coverage.parameters["dtype"].origin) == "defaulted"
        assert any("no key names the weights' number format" in note for note in model.coverage.notes)
        graph = model.build(la.Schedule(engine="checkpoint"))
        assert any("counted in float32" in note for note in graph.notes)
        assert graph.weight_bytes == 4 * graph.parameters

    @pytest.mark.parametrize("key", ["dtype", "torch_dtype"])
    def test_one_that_is_said_needs_no_note(self, key: str) -> None:
        model = la.load({**TINY, key: "float32"}, files={})
        assert not model.coverage.notes
        assert not model.build(la.Schedule(engine="checkpoint")).notes

    @pytest.mark.parametrize("fields", [{"dtype": "bfloat16"}, {"weight_dtype": "bfloat16"}])
    def test_a_schedule_that_says_it_needs_none(self, fields: dict[str, str]) -> None:
        graph = la.build(TINY, la.Schedule(engine="checkpoint", **fields))  # type: ignore[arg-type]
        assert not any("counted in" in note for note in graph.notes)
        assert graph.weight_bytes == 2 * graph.parameters

    def test_a_server_has_a_note_of_its_own(self) -> None:
        notes = la.build(TINY, la.Schedule(engine="sglang")).notes
        assert any("stored in 16 bits" in note for note in notes)
        assert not any("counted in" in note for note in notes)


QUANTIZED_4_BITS: Final = {"quant_method": "gptq", "bits": 4, "group_size": 32, "desc_act": False, "sym": True}


class TestFilesThatAreAskedFor:
    """AutoGPTQ's and AutoAWQ's files are read where the option `quantization` names a method that looks for them."""

    @staticmethod
    def bytes_of(quantization: str, file: str = "quantize_config.json") -> int:
        model = la.load(dict(TINY), files={file: QUANTIZED_4_BITS})
        return model.build(la.Schedule(engine_options={"quantization": quantization})).weight_bytes

    def test_unasked_the_weights_are_stored_as_if_nothing_said_so(self) -> None:
        assert self.bytes_of("") == la.build(dict(TINY)).weight_bytes

    def test_asked_they_are_those_of_the_declaration_in_the_config(self) -> None:
        inside = la.build({**TINY, "quantization_config": QUANTIZED_4_BITS}).weight_bytes
        assert self.bytes_of("gptq_marlin") == inside < self.bytes_of("")

    def test_another_method_is_refused_and_the_file_is_named(self) -> None:
        with pytest.raises(
            la.ScheduleError, match=r"a method that reads `quantize_config.json`, which declares `gptq`"
        ):
            self.bytes_of("fp8")

    def test_there_is_no_class_for_gptq_alone(self) -> None:
        with pytest.raises(la.ScheduleError, match="expected `gptq_marlin`"):
            self.bytes_of("gptq")


class TestBlocksOfMergedMatrices:
    def test_one_rank_has_whole_blocks_too(self) -> None:
        """Keys of 64 rows beside queries: no block of 128, which on disk is one that isn't full."""
        config = {**TINY, "num_key_value_heads": 1, "quantization_config": {"quant_method": "fp8"}}
        config["quantization_config"]["weight_block_size"] = [128, 128]
        model = la.load(config)
        assert model.build(la.Schedule(engine="checkpoint")).weight_bytes > 0
        with pytest.raises(la.ScheduleError, match=r"64 of the 64 rows .* \(sglang: layers/quantization/fp8.py"):
            model.build(la.Schedule())
