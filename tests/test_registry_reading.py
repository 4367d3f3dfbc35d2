"""Registries as they are read from engines' sources: by syntax alone, from trees that stand for releases."""

from __future__ import annotations

import json
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from llmsim_adapters.cli.main import main
from llmsim_adapters.registries.read import read_registry
from llmsim_adapters.registries.registry import RegistryError, load_registry

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SETTINGS = """
BOTH = ("OldForCausalLM", "NewForCausalLM")

class ModelConfig:
    def _config_draft_model(self):
        is_draft_model = self.is_draft_model
        if is_draft_model and self.hf_config.architectures[0] in ["LlamaForCausalLM", *BOTH]:
            self.hf_config.architectures[0] = "LlamaForCausalLMNextN"
            self.hf_config.num_nextn_predict_layers = 1
        if is_draft_model and self.hf_config.architectures[0] == "WholeForConditionalGeneration":
            self.hf_config = self.hf_text_config
            if self.bundled:
                self.hf_config.architectures[0] = "WholeForCausalLMSpark"
            else:
                self.hf_config.architectures = ["WholeForCausalLMMTP"]

def is_generation_model(architectures):
    return not ("EncodingModel" in architectures or "Retriever" in architectures)

multimodal_model_archs = ["SeeingForCausalLM"]
multimodal_model_archs.append(external)
"""

LLAMA = '''
import torch  # which is not installed

class LlamaForCausalLM(torch.nn.Module):
    def forward(self): ...

class MistralForCausalLM(LlamaForCausalLM):
    """The same under another name."""
    pass

class GraniteForCausalLM(LlamaForCausalLM):
    scale = 2

EntryClass = [LlamaForCausalLM, MistralForCausalLM, GraniteForCausalLM]
'''


@pytest.fixture
def release(tmp_path: Path) -> Callable[..., Path]:
    """Write a checkout of SGLang with models that are given as source; return its path."""

    def write(settings: str = SETTINGS, **modules: str) -> Path:
        package = tmp_path / "checkout" / "python" / "sglang"
        for path, text in {
            "__init__.py": "",
            "version.py": "__version__ = version = '9.9'",
            "srt/configs/model_config.py": settings,
            **{f"srt/models/{name}.py": text for name, text in modules.items()},
        }.items():
            (package / path).parent.mkdir(parents=True, exist_ok=True)
            (package / path).write_text(text, encoding="utf-8")
        return tmp_path / "checkout"

    return write


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def rows(path: Path, engine: str = "sglang") -> dict[str, Any]:
    return {row.name: row for row in read_registry(engine, str(path)).models}


class TestSGLang:
    def test_what_modules_register_is_read_without_running_them(self, release: Any) -> None:
        found = read_registry("sglang", str(release(llama=LLAMA, helpers="raise SystemExit")))
        assert {row.name for row in found.models} == {"LlamaForCausalLM", "MistralForCausalLM", "GraniteForCausalLM"}
        assert {row.module for row in found.models} == {"sglang.srt.models.llama"}
        assert (found.version, found.source) == ("9.9", "a checkout of sglang")

    @pytest.mark.parametrize("inner", ["python/sglang", ".", "wheel"])
    def test_from_a_checkout_the_package_or_a_wheel(self, release: Any, tmp_path: Path, inner: str) -> None:
        folder = release(llama=LLAMA) / "python" / "sglang"
        source = folder if inner == "python/sglang" else folder.parent.parent
        if inner == "wheel":
            source = tmp_path / "sglang-9.8-py3-none-any.whl"
            with zipfile.ZipFile(source, "w") as archive:
                archive.writestr("sglang-9.8.dist-info/METADATA", "Metadata-Version: 2.1\nName: sglang\nVersion: 9.8\n")
                for path in folder.rglob("*.py"):
                    archive.write(path, f"sglang/{path.relative_to(folder).as_posix()}")
        found = read_registry("sglang", str(source))
        assert len(found.models) == 3
        assert found.version == ("9.8" if inner == "wheel" else "9.9")
        assert inner != "wheel" or "sha256" in str(found.source)

    def test_from_what_is_installed(self, release: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.syspath_prepend(release(llama=LLAMA) / "python")
        found = read_registry("sglang")
        assert (len(found.models), found.version, found.source) == (3, "9.9", "the installed sglang")
        assert "sglang" not in sys.modules

    def test_what_its_own_code_warns_of_is_not_said(self, release: Any) -> None:
        assert list(rows(release(model="class A:\n    x = '\\d'\nEntryClass = A"))) == ["A"]

    def test_other_names_of_a_class_and_what_is_derived_from_it(self, release: Any) -> None:
        found = rows(release(llama=LLAMA))
        said = {name: (row.base, row.alias) for name, row in found.items()}
        assert said == {
            "LlamaForCausalLM": (None, None),
            "MistralForCausalLM": ("LlamaForCausalLM", True),
            "GraniteForCausalLM": ("LlamaForCausalLM", None),
        }

    @pytest.mark.parametrize(
        ("source", "name"),
        [
            ("class A: ...\nEntryClass = A", "A"),
            ("from elsewhere import B\nEntryClass = [B]", "B"),
            ("from elsewhere import B as C\nEntryClass = C", "B"),
            ("class A: ...\nD = A\nEntryClass = [D]", "A"),
            ("try:\n    class A: ...\nexcept ImportError: ...\nEntryClass: list = [A]", "A"),
        ],
    )
    def test_an_entry_by_another_name(self, release: Any, source: str, name: str) -> None:
        assert list(rows(release(model=source))) == [name]

    @pytest.mark.parametrize(
        ("modules", "said"),
        [
            ({"model": "EntryClass = make()"}, "model: cannot tell which class"),
            ({"model": "EntryClass = A\nA = EntryClass"}, "not given by one assignment"),
            ({"model": "class A: ...\nif A:\n    EntryClass = A"}, "not given by one assignment"),
            ({"model": "from x import EntryClass"}, "not given by one assignment"),
            ({"model": "from x import *"}, "star import"),
            ({"model": "A = B\nB = A\nEntryClass = A"}, "cannot tell which class"),
            ({"one": "class A: ...\nEntryClass = A", "two": "class A: ...\nEntryClass = A"}, "by one and by two"),
            ({"model": "def"}, "is no Python"),
            ({"model": "x = 1"}, "registers nothing"),
            ({}, "registers nothing"),
        ],
    )
    def test_what_cannot_be_read_is_one_error(self, release: Any, modules: dict[str, str], said: str) -> None:
        with pytest.raises(RegistryError, match=said):
            rows(release(**modules))

    def test_drafts_take_the_config_of_a_target(self, release: Any) -> None:
        models = ["LlamaForCausalLM", "LlamaForCausalLMNextN", "WholeForCausalLMSpark", "WholeForCausalLMMTP"]
        source = "\n".join(f"class {name}: ..." for name in models) + f"\nEntryClass = [{', '.join(models)}]"
        found = rows(release(model=source))
        draft = found["LlamaForCausalLMNextN"]
        assert (draft.kind, draft.targets) == ("draft", ("LlamaForCausalLM", "OldForCausalLM", "NewForCausalLM"))
        assert draft.model_type == "llama"
        assert draft.config is not None
        target = found["LlamaForCausalLM"].config
        assert target is not None
        assert (draft.config.kind, draft.config.of, draft.config.keys) == (
            "derived",
            target.of,
            {"num_nextn_predict_layers": 1},
        )
        config = draft.config.config(draft.name)
        assert config is not None
        assert config.data["architectures"] == ["LlamaForCausalLMNextN"]
        assert config.provenance.source == "derived"
        assert config.provenance.repo_id is None
        for name in models[2:]:
            assert (found[name].kind, found[name].targets) == ("draft", ("WholeForConditionalGeneration",))

    def test_a_config_class_may_name_its_draft(self, release: Any) -> None:
        path = release(model="class OneForCausalLMNextN: ...\nEntryClass = OneForCausalLMNextN")
        method = "class C:\n    def configure_draft_model(self):\n        return 'OneForCausalLMNextN'\n"
        (path / "python/sglang/srt/configs/one.py").write_text(method, encoding="utf-8")
        assert rows(path)["OneForCausalLMNextN"].targets == ("OneForCausalLM",)

    @pytest.mark.parametrize(
        ("name", "kind"),
        [
            ("FreshForCausalLM", "causal_lm"),
            ("FreshLMHeadModel", "causal_lm"),
            ("SeeingForCausalLM", "multimodal"),
            ("FreshForConditionalGeneration", "multimodal"),
            ("EncodingModel", "encoder"),
            ("Retriever", "encoder"),
            ("FreshModel", "encoder"),
            ("FreshForSequenceClassification", "classifier"),
            ("FreshForRewardModel", "classifier"),
            ("FreshForCausalLMEagle3", "draft"),
            ("FreshDraftModel", "draft"),
            ("FreshMTP", "draft"),
        ],
    )
    def test_kinds_are_told_by_sglangs_lists_and_by_names(self, release: Any, name: str, kind: str) -> None:
        assert rows(release(model=f"class {name}: ...\nEntryClass = {name}"))[name].kind == kind

    def test_other_implementations_are_wrappers(self, release: Any) -> None:
        found = rows(release(transformers="class AnyForCausalLM: ...\nEntryClass = AnyForCausalLM"))
        assert found["AnyForCausalLM"].kind == "wrapper"

    def test_an_architecture_that_nobody_knows_has_no_config(self, release: Any) -> None:
        row = rows(release(model="class FreshForCausalLM: ...\nEntryClass = FreshForCausalLM"))["FreshForCausalLM"]
        assert (row.config, row.huggingface, row.model_type, row.family) == (None, None, None, "model")


VLLM = """
_TEXT_GENERATION_MODELS = {
    "LlamaForCausalLM": ("llama", "LlamaForCausalLM"),
    "AquilaModel": ("llama", "LlamaForCausalLM"),
    "GPT2LMHeadModel": ("gpt2", "GPT2LMHeadModel"),
}
_EMBEDDING_MODELS = {
    "BertModel": ("bert", "BertEmbeddingModel"),
    **{k: (m, a) for k, (m, a) in _TEXT_GENERATION_MODELS.items() if a == "LlamaForCausalLM"},
}
_LATE_INTERACTION_MODELS = {"HF_ColBERT": ("colbert", "ColBERTModel")}
_SPECULATIVE_DECODING_MODELS = {"DeepSeekMTPModel": ("deepseek_mtp", "DeepSeekMTP")}
_MULTIMODAL_MODELS = {"FreshForCausalLM": ("vllm.models.fresh", "FreshForCausalLM")}
_VLLM_MODELS = {**_TEXT_GENERATION_MODELS, **_EMBEDDING_MODELS}
_PREVIOUSLY_SUPPORTED_MODELS = {"BartModel": "0.10.2"}
"""


class TestVLLM:
    @pytest.fixture
    def write(self, tmp_path: Path) -> Callable[[str], Path]:
        def write(text: str) -> Path:
            package = tmp_path / "vllm"
            (package / "model_executor/models").mkdir(parents=True)
            (package / "__init__.py").touch()
            (package / "model_executor/models/registry.py").write_text(text, encoding="utf-8")
            return package

        return write

    def test_its_dictionaries_are_read(self, write: Any) -> None:
        found = rows(write(VLLM), "vllm")
        assert {name: (row.kind, row.base) for name, row in found.items()} == {
            "LlamaForCausalLM": ("causal_lm", None),
            "AquilaModel": ("causal_lm", "LlamaForCausalLM"),
            "GPT2LMHeadModel": ("causal_lm", None),
            "BertModel": ("encoder", "BertEmbeddingModel"),
            "HF_ColBERT": ("encoder", "ColBERTModel"),
            "DeepSeekMTPModel": ("draft", "DeepSeekMTP"),
            "FreshForCausalLM": ("multimodal", None),
        }
        assert found["BertModel"].module == "vllm.model_executor.models.bert"
        assert found["FreshForCausalLM"].module == "vllm.models.fresh"

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("_EMBEDDING_MODELS = {'A': make()}", "cannot tell what _EMBEDDING_MODELS has"),
            ("_EMBEDDING_MODELS = {**others()}", "cannot tell what _EMBEDDING_MODELS takes"),
            ("x = 1", "lists no models"),
        ],
    )
    def test_what_cannot_be_read_is_one_error(self, write: Any, text: str, said: str) -> None:
        with pytest.raises(RegistryError, match=said):
            rows(write(text), "vllm")


class TestCommand:
    def test_what_is_written_is_a_registry(self, release: Any, tmp_path: Path) -> None:
        path = tmp_path / "new.json"
        assert run("registry", "sglang", "--from", release(llama=LLAMA), "-o", path).exit_code == 0
        assert run("registry", "sglang", "--from", release(llama=LLAMA)).stdout == path.read_text(encoding="utf-8")
        assert load_registry(path).version == "9.9"
        report = json.loads(run("coverage", path, "--offline", "--format", "json").stdout)
        assert report["counts"]["fully"] == 3
        assert [row["config"] for row in report["models"]] == ["published"] * 3

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["sglang", "--from", "/nowhere"], "expected a wheel, a checkout or the folder of sglang"),
            (["vllm"], "vllm is not installed here: name its wheel or checkout by `--from`"),
            (["diff", "sglang", "sglnag"], "no registry 'sglnag'"),
        ],
    )
    def test_misuse_is_one_line(self, arguments: list[str], said: str) -> None:
        result = run("registry", *arguments)
        assert result.exit_code == 2
        assert said in result.stderr
        assert len(result.stderr.splitlines()) == 1

    def test_a_file_that_is_no_wheel(self, tmp_path: Path) -> None:
        path = tmp_path / "sglang.whl"
        path.write_text("no", encoding="utf-8")
        assert "can't be read" in run("registry", "sglang", "--from", path).stderr

    def test_what_a_release_changes(self, release: Any, tmp_path: Path) -> None:
        old, new = tmp_path / "old.json", tmp_path / "new.json"
        run("registry", "sglang", "--from", release(llama=LLAMA), "-o", old)
        later = LLAMA.replace("MistralForCausalLM", "Qwen2ForCausalLM").replace("    scale = 2", "    pass")
        gone = "class Glm4ForCausalLM: ...\nEntryClass = Glm4ForCausalLM"
        run("registry", "sglang", "--from", release(llama=later, glm=gone), "-o", new)
        found = json.loads(run("registry", "diff", old, new, "--format", "json").stdout)
        assert found["added"] == ["Glm4ForCausalLM"]
        assert found["removed"] == []
        assert found["renamed"] == [{"old": "MistralForCausalLM", "new": "Qwen2ForCausalLM"}]
        evaluated = {row["name"]: row["coverage"]["status"] for row in found["report"]["models"]}
        assert evaluated == {"Glm4ForCausalLM": "fully_supported", "Qwen2ForCausalLM": "fully_supported"}
        back = json.loads(run("registry", "diff", new, old, "--format", "json").stdout)
        assert back["removed"] == ["Glm4ForCausalLM"]
        shown = run("registry", "diff", old, new, "--format", "markdown").stdout
        assert "renamed from MistralForCausalLM" in shown
        assert "They register the same." in run("registry", "diff", old, old).stdout
