"""What refusals say: what bears on them first, few reasons, and what a misspelt name was meant to be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from click.testing import CliRunner

import llmsim_adapters as la
from llmsim_adapters.cli.main import main
from llmsim_adapters.spelling import meant

if TYPE_CHECKING:
    from pathlib import Path

REFUSED: Final[dict[str, Any]] = {"model_type": "brand_new", "hidden_size": "x", "num_hidden_layers": -1}
LLAMA: Final = {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments)
    return " ".join((result.stdout + result.stderr).split())


@pytest.fixture
def refused(tmp_path: Path) -> str:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(REFUSED))
    return str(path)


class TestReasons:
    def test_what_bears_on_a_refusal_comes_first(self) -> None:
        kinds = [str(gap.kind) for gap in la.evaluate(REFUSED).gaps]
        decisive = [kind for kind in kinds if kind in ("invalid_config", "missing_parameter")]
        assert kinds[: len(decisive)] == decisive
        assert kinds.count("inferred") > 1
        assert set(kinds[-kinds.count("inferred") :]) == {"inferred"}

    def test_an_error_names_three_and_the_number_of_the_others(self) -> None:
        with pytest.raises(la.BuildError) as caught:
            la.build(REFUSED)
        gaps = caught.value.coverage.gaps
        first, *reasons = str(caught.value).splitlines()
        assert first.startswith("no builder can model")
        assert reasons == [*(f"  {gap}" for gap in gaps[:3]), f"  and {len(gaps) - 3} more"]

    def test_assumptions_of_a_refused_model_are_one_line(self, refused: str) -> None:
        count = sum(gap.kind is la.GapKind.INFERRED for gap in la.evaluate(refused).gaps)
        said = run("explain", refused, "--full")
        assert f"inferred, {count} assumptions" in said
        assert "inferred head" not in said

    def test_a_registry_names_three_problems(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.json"
        path.write_text(json.dumps({"models": [{}] * 9}))
        with pytest.raises(la.RegistryError) as caught:
            la.coverage(path)
        assert str(caught.value).splitlines()[1:] == [
            *(f"  models.{n}.name: Field required" for n in range(3)),
            "  and 6 more",
        ]


class TestMeant:
    """A name that is much like a known one."""

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("coverage", "reprot"), "did you mean report?"),
            (("build", "Qwen/Qwen3-8B", "--offline", "--builder", "qwen_3"), "did you mean qwen3?"),
            (("schema", "explanatoin"), "did you mean explanation?"),
            (("build", "Qwen/Qwen3-8BB", "--offline"), "did you mean Qwen/Qwen3-8B?"),
            (("explain", "Qwen/Qwn3-8B", "--offline"), "config.json: bundled: Qwen/Qwn3-8B is not among"),
            (("build", "Qwen/Qwen3-8B", "--offline", "--engine", "sglnag"), "did you mean sglang?"),
            (("build", "Qwen/Qwen3-8B", "--offline", "--dtype", "bfloat61"), "did you mean bfloat16?"),
            (("explain", "Qwen/Qwen3-8B", "--offline", "--why", "flopz"), "did you mean flops?"),
            (
                ("build", "Qwen/Qwen3-8B", "--offline", "--engine-option", "enable_dp_lm_haed=true"),
                "did you mean enable_dp_lm_head?",
            ),
        ],
    )
    def test_the_command_says_it(self, hub_home: Path, arguments: tuple[str, ...], said: str) -> None:
        assert said in run(*arguments)

    def test_of_a_type_and_of_a_builder(self) -> None:
        (gap, *_) = (gap for gap in la.evaluate({"model_type": "llamma"}).gaps if gap.name == "model_type")
        assert "did you mean llama?" in gap.detail
        with pytest.raises(la.BuildError, match=r"did you mean qwen3\?"):
            la.build(LLAMA, builder="qwen33")

    def test_of_a_field_of_a_sweep(self) -> None:
        with pytest.raises(la.ScheduleError, match=r"did you mean seq_len\?"):
            la.load(LLAMA).sweep(seq_lem=[1, 2])

    @pytest.mark.parametrize("word", ["", "x", "zzzzzz", "q" * 10_000])
    def test_nothing_is_said_of_what_is_like_nothing(self, word: str) -> None:
        assert meant(word, ["qwen3", "llama"]) == ""
