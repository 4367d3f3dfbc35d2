"""The files beside a config: found where the config is, asked for once, read a second time, and never passed over."""

from __future__ import annotations

import json
import pickle
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.dialects.read import read
from llmsim_adapters.dialects.reading.find import dialect
from llmsim_adapters.sources import Sidecars, find
from llmsim_adapters.traced import Traced
from tests.hub.server import COMMIT

if TYPE_CHECKING:
    from pathlib import Path

    from llmsim_adapters.dialects.reading.reader import Reader
    from llmsim_adapters.dialects.reading.reading import Reading
    from llmsim_adapters.spec.model import ModelSpec
    from tests.hub.server import FakeHub

CONFIG = json.loads(
    '{"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 64, "intermediate_size": 128,'
    '"num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 256,'
    '"tie_word_embeddings": false, "dtype": "bfloat16"}'
)
DECLARED = {"quantization": {"quant_algo": "NVFP4"}}
HUBS = pytest.mark.parametrize("on", ["huggingface", "modelscope"])


def in_folder(folder: Path, **files: Any) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in {"config": CONFIG, **files}.items():
        (folder / f"{name}.json").write_text(data if isinstance(data, str) else json.dumps(data))
    return folder


def names_of(hub: FakeHub) -> list[str]:
    return [request.file for request in hub.requests if request.method == "GET"]


class TestFound:
    def test_in_a_folder(self, tmp_path: Path) -> None:
        found = find(in_folder(tmp_path / "model", hf_quant_config=DECLARED, generation_config={}))
        assert found.files == {"hf_quant_config.json": DECLARED}
        assert found.sidecars.complete

    def test_beside_a_path_to_the_config_itself(self, tmp_path: Path) -> None:
        assert find(in_folder(tmp_path, quant_config=DECLARED) / "config.json").files == {"quant_config.json": DECLARED}

    def test_not_beside_a_file_of_another_name(self, tmp_path: Path) -> None:
        found = find(in_folder(tmp_path, other=CONFIG, quant_config=DECLARED) / "other.json")
        assert (found.files, found.sidecars.complete) == ({}, False)

    def test_a_layer_behind_the_model_is_a_gap(self, tmp_path: Path) -> None:
        folder = in_folder(tmp_path, modules=[])
        (folder / "2_Dense").mkdir()
        (folder / "1_Pooling").mkdir()
        assert [gap.name for gap in la.evaluate(folder).gaps] == ["2_Dense"]

    @HUBS
    def test_a_layer_behind_the_model_is_one_on_a_hub(self, hub: FakeHub, on: str) -> None:
        hub.add(on, "org/name", CONFIG)
        hub.beside(on, "org/name", **{"2_Dense/config": {}, "2_Dense/model": {}, "1_Pooling/config": {}})
        (gap,) = la.evaluate("org/name").gaps
        assert gap.name == "2_Dense"
        assert "sentence-transformers" in gap.detail

    def test_as_given(self) -> None:
        assert find(CONFIG, files={"quantize_config.json": {"bits": 4}}).files == {"quantize_config.json": {"bits": 4}}

    @pytest.mark.parametrize("files", [{"quant_config.json": 4}, {7: {}}])
    def test_given_ones_are_objects_by_name(self, files: Any) -> None:
        with pytest.raises(la.ConfigUnavailable, match="`files` are objects by the name of their file"):
            la.load(CONFIG, files=files)

    @HUBS
    def test_on_a_hub_by_one_listing(self, hub: FakeHub, on: str) -> None:
        hub.add(on, "org/name", CONFIG)
        hub.beside(on, "org/name", hf_quant_config=DECLARED, generation_config={}, model={})
        found = find("org/name")
        assert (found.files, found.sidecars.complete) == ({"hf_quant_config.json": DECLARED}, True)
        assert sum(request.is_listing for request in hub.requests) == 1
        assert {name for name in names_of(hub) if name} == {"config.json", "hf_quant_config.json"}

    @HUBS
    def test_in_the_cache_the_next_time(self, hub: FakeHub, on: str) -> None:
        hub.add(on, "org/name", CONFIG)
        hub.beside(on, "org/name", hf_quant_config=DECLARED)
        find("org/name")
        hub.requests.clear()
        found = find("org/name")
        assert found.provenance.source == f"{on}_cache"
        assert (found.files, found.sidecars.complete) == ({"hf_quant_config.json": DECLARED}, True)
        assert hub.requests == []

    @HUBS
    def test_a_hub_without_listings_leaves_them_unknown(self, hub: FakeHub, on: str) -> None:
        hub.add(on, "org/name", CONFIG, listing=False)
        assert find("org/name").sidecars.complete is False

    @HUBS
    def test_one_that_the_cache_lost_is_told(self, hub: FakeHub, on: str, hub_home: Path) -> None:
        hub.add(on, "org/name", CONFIG)
        hub.beside(on, "org/name", hf_quant_config=DECLARED)
        find("org/name")
        for path in hub_home.rglob("hf_quant_config.json"):
            path.unlink()
        assert find("org/name").sidecars.unread == {
            "hf_quant_config.json": "the hub has it, and it is not in the cache"
        }

    @pytest.mark.parametrize("weights", ["model.safetensors", "pytorch_model.bin"])
    def test_a_cache_with_weights_is_a_whole_copy(self, hub_home: Path, weights: str) -> None:
        snapshot = hub_home / "hf" / "hub" / "models--org--name" / "snapshots" / COMMIT
        snapshot.mkdir(parents=True)
        in_folder(snapshot)
        (snapshot.parents[1] / "refs").mkdir()
        (snapshot.parents[1] / "refs" / "main").write_text(COMMIT)
        assert find("org/name", offline=True).sidecars.complete is False
        (snapshot / weights).touch()
        assert find("org/name", offline=True).sidecars.complete is True

    def test_bundled_configs_have_none(self, hub_home: Path) -> None:
        assert find("Qwen/Qwen3-8B").sidecars == ({}, {}, True)


ADAPTER: Final = {"peft_type": "LORA", "base_model_name_or_path": "meta-llama/Meta-Llama-3-8B", "r": 16}
ASK: Final = "this is a LORA adapter of meta-llama/Meta-Llama-3-8B: ask for that"


class TestWithoutAConfig:
    """What is told, and taken, where there is no `config.json`."""

    CASES: Final = pytest.mark.parametrize(
        ("name", "content", "told"),
        [
            ("adapter_config", ADAPTER, ASK),
            ("adapter_config", {"peft_type": 3}, "this is an adapter which does not say of which model"),
            ("model-Q4_K_M.gguf", None, "there are GGUF files and no config.json: name the model"),
            ("model-00001-of-00002.safetensors", None, "there are weights (.safetensors) and no config.json"),
        ],
    )

    @CASES
    def test_in_a_folder(self, tmp_path: Path, name: str, content: Any, told: str) -> None:
        if content is None:
            (tmp_path / name).touch()
        else:
            (tmp_path / f"{name}.json").write_text(json.dumps(content))
        with pytest.raises(la.ConfigUnavailable) as caught:
            la.load(tmp_path)
        assert told in str(caught.value)

    @CASES
    @HUBS
    def test_on_a_hub(self, hub: FakeHub, on: str, name: str, content: Any, told: str) -> None:
        model = hub.add(on, "org/name", fault="no_file")
        model.files[name if content is None else f"{name}.json"] = json.dumps(content or {}).encode()
        with pytest.raises(la.ConfigUnavailable) as caught:
            la.load("org/name")
        assert told in next(answer.message for answer in caught.value.answers if answer.source == on)
        assert not any(file.endswith((".gguf", ".safetensors")) for file in names_of(hub))

    def test_a_dictionary_and_a_file_of_weights(self, tmp_path: Path) -> None:
        with pytest.raises(la.ConfigUnavailable, match=ASK):
            la.load(ADAPTER)
        weights = tmp_path / "model.gguf"
        weights.touch()
        with pytest.raises(la.ConfigUnavailable, match="there are GGUF files"):
            la.load(weights)


class TestParams:
    """Mistral's `params.json`: taken where there is no `config.json`, and read in its own words."""

    PARAMS: Final = {
        "dim": 4096,
        "n_layers": 32,
        "head_dim": 128,
        "hidden_dim": 14336,
        "n_heads": 32,
        "n_kv_heads": 8,
        "norm_eps": 1e-05,
        "vocab_size": 32768,
        "rope_theta": 1000000.0,
    }

    @pytest.mark.parametrize(
        ("more", "parameters", "cached"),
        [
            ({}, 7_248_023_552, 536_870_912),  # Mistral-7B-v0.3
            ({"sliding_window": [None, 4096, 4096, 4096]}, 7_248_023_552, 335_544_320),
            # Mixtral-8x7B-v0.1, whose total is published
            ({"vocab_size": 32000, "moe": {"num_experts": 8, "num_experts_per_tok": 2}}, 46_702_792_704, 536_870_912),
        ],
    )
    def test_figures(self, more: dict[str, Any], parameters: int, cached: int) -> None:
        graph = la.build({**self.PARAMS, **more})
        assert (graph.parameters, graph.kv_cache_elements(8192)) == (parameters, cached)
        assert [gap.name for gap in graph.gaps] == ["dtype"]  # which no such file says

    def test_beside_a_config_it_is_not_taken(self, tmp_path: Path) -> None:
        assert find(in_folder(tmp_path, params=self.PARAMS)).data == CONFIG

    def test_in_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "params.json").write_text(json.dumps(self.PARAMS))
        assert find(tmp_path).data == self.PARAMS

    @HUBS
    def test_on_a_hub_and_then_in_its_cache(self, hub: FakeHub, on: str) -> None:
        model = hub.add(on, "org/name", fault="no_file")
        model.files["params.json"] = json.dumps(self.PARAMS).encode()
        found = find("org/name")
        assert (found.data, found.provenance.source) == (self.PARAMS, on)
        assert found.provenance.location.endswith("/params.json")
        assert find("org/name", offline=True).provenance.source == f"{on}_cache"

    @pytest.mark.parametrize("windows", [[4096, 8192], [4096] * 5, ["x"], [0]])
    def test_windows_that_cannot_be_are_named(self, windows: list[Any]) -> None:
        gaps = [gap for gap in la.evaluate({**self.PARAMS, "sliding_window": windows}).gaps if gap.name != "dtype"]
        assert {(str(gap.kind), gap.name) for gap in gaps} == {("invalid_config", "sliding_window")}


class TestRead:
    def test_one_that_can_not_be_read_is_a_gap(self, tmp_path: Path) -> None:
        answer = la.evaluate(in_folder(tmp_path, quant_config="[]"))
        (gap,) = answer.gaps
        assert (str(answer.status), str(gap.kind), gap.name) == (
            "partially_supported",
            "unread_key",
            "quant_config.json",
        )
        assert "holds an array, not an object" in gap.detail

    def test_a_key_that_nobody_read_is_a_gap(self, tmp_path: Path) -> None:
        said = {"zero_point": True, "q_group_size": 128, "w_bit": 4, "version": "GEMM", "a_new_form": 1}
        (gap,) = la.evaluate(in_folder(tmp_path, quant_config=said)).gaps
        assert gap.name == "quant_config.json:a_new_form"

    def test_where_they_cannot_be_known_a_note_says_so(self) -> None:
        answer = la.evaluate(CONFIG)
        assert str(answer.status) == "fully_supported"
        assert "files beside the config are not known" in answer.notes[0]
        assert answer.to_dict()["notes"] == list(answer.notes)

    def test_no_note_where_they_are_known(self, tmp_path: Path) -> None:
        assert la.evaluate(in_folder(tmp_path)).notes == la.evaluate(CONFIG, files={}).notes == ()

    def test_no_note_where_the_config_declares_a_quantization(self) -> None:
        stored = {"quant_method": "fp8", "weight_block_size": [128, 128]}
        assert la.evaluate({**CONFIG, "quantization_config": stored}).notes == ()

    def test_a_pickled_model_keeps_them(self) -> None:
        model = la.load(CONFIG, files={"quant_config.json": DECLARED})
        assert pickle.loads(pickle.dumps(model)).coverage == model.coverage


def by_a_file(r: Reader) -> ModelSpec:
    """Read a llama whose number of layers stands in a file beside the config."""
    beside = r.file("layers.json")
    counts = None if beside is None else beside.nested("counts")
    assert counts is not None
    r.derive("num_hidden_layers", counts.size("num_hidden_layers"))
    return dialect("llama").read(r)


class TestReader:
    """What a dialect makes of them."""

    FILES: Final = {"layers.json": {"counts": {"num_hidden_layers": 3, "odd": 1}}}
    KEY: Final = "layers.json:counts.num_hidden_layers"

    def reading(self, *, traced: bool = False) -> Reading:
        config = {key: value for key, value in CONFIG.items() if key != "num_hidden_layers"}
        plugged = {"by_a_file": dialect("llama").like("by_a_file", read=by_a_file)}
        sidecars = Sidecars(self.FILES, complete=True)
        return read({**config, "model_type": "by_a_file"}, plugged, traced=traced, sidecars=sidecars)

    def test_keys_are_named_after_their_file(self) -> None:
        reading = self.reading()
        assert reading.parameters[self.KEY] == ("num_hidden_layers", 3, self.KEY, "given")
        assert [gap.name for gap in reading.gaps] == ["layers.json:counts.odd"]

    def test_formulas_name_them_too(self) -> None:
        traced = self.reading(traced=True)
        assert traced.spec == self.reading().spec
        layers = traced.parameters["num_hidden_layers"].value
        assert isinstance(layers, Traced)
        assert layers.origin == "derived: num_hidden_layers"
