"""Types that nobody declared, read with the headers of their files (`docs/inference.md`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from click.testing import CliRunner

import llmsim_adapters as la
from llmsim_adapters.cli.main import main
from tests.reference.headers import config_of, result, results
from tests.stored import FILES, tensors_of
from tests.test_proof_headers import header, packed

if TYPE_CHECKING:
    from pathlib import Path

CASES: Final = {(case["type"], case["name"]): case for case in FILES}
AGAIN: Final = (
    "afmoe",
    "bloom",
    "falcon",
    "gpt2",
    "gpt_oss",
    "mbart",
    "olmo2",
    "orion",
    "phi",
    "qwen3_moe",
    "starcoder2",
)
"""Types that are measured again here: of different kinds, and soon done."""


@pytest.mark.parametrize("row", [row for row in results() if row["type"] in AGAIN], ids=lambda row: row["type"])
def test_what_the_page_says_is_what_comes_out(row: dict[str, Any]) -> None:
    assert result(CASES[row["type"], row["name"]]) == row


def test_every_type_whose_files_are_known_is_measured() -> None:
    assert [(row["type"], row["name"]) for row in results()] == [(case["type"], case["name"]) for case in FILES]


def test_weights_are_exact_of_95_in_100_types_and_caches_of_83() -> None:
    """Of the latter, fewer than by keys alone: with attention that files don't have as assumed, its cache goes.

    No key or tensor says that layers borrow another's latents, or that an encoder keeps rows of each token.
    """
    rows = [row for row in results() if "refused" not in row]
    assert sum(row["headers"][0] for row in rows) >= 0.95 * len(results())
    assert sum(row["headers"][1] for row in rows) >= 0.83 * len(results())
    assert sum(row["explained"] == 1 for row in rows) > 1.2 * sum(row["keys"][0] for row in rows)


@pytest.fixture
def unknown(tmp_path: Path) -> Path:
    """A checkpoint of a type that nobody declared: OLMo 2's, with norms after its mixers and of queries and keys."""
    case = CASES["olmo2", "tiny-minimal"]
    config = {**config_of(case), "model_type": "acme_one", "architectures": ["AcmeOneForCausalLM"]}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "model.safetensors").write_bytes(packed(header(tensors_of(case))))
    return tmp_path


class TestAModel:
    def test_has_what_its_headers_show(self, unknown: Path) -> None:
        alone = la.load(unknown)
        assert not alone.prove().equal
        model = alone.with_headers()
        assert model.prove().equal
        assert model.build().parameters == sum(tensor.elements for tensor in tensors_of(CASES["olmo2", "tiny-minimal"]))

    def test_has_fewer_gaps_and_keeps_those_that_only_running_would_settle(self, unknown: Path) -> None:
        alone = la.load(unknown)
        model = alone.with_headers()
        before, after = ({gap.name for gap in each.coverage.gaps} for each in (alone, model))
        assert after < before
        assert {"attention_bias", "mlp_bias", "head", "embedding", "norm"}.isdisjoint(after)
        assert {"model_type", "layers"} <= after
        assert model.coverage.status is la.Status.PARTIALLY_SUPPORTED
        assert any("read with the headers of 1 files" in note for note in model.coverage.notes)

    def test_counts_what_nothing_explains_and_says_so(self, unknown: Path) -> None:
        tensors = tensors_of(CASES["olmo2", "tiny-minimal"])
        odd = tensors[0]._replace(name="model.layers.0.odd.cube", shape=(3, 5, 7))
        (unknown / "model.safetensors").write_bytes(packed(header([*tensors, odd])))
        model = la.load(unknown).with_headers()
        (gap,) = [gap for gap in model.coverage.gaps if gap.name == "tensors"]
        assert gap.detail.startswith("no key explains 1 tensors of the files with 105 elements")
        assert "model.layers.0.odd.cube" in gap.detail
        assert model.build().parameters == sum(tensor.elements for tensor in (*tensors, odd))
        assert model.prove().equal

    def test_that_is_declared_stays_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "config.json").write_text(json.dumps(CASES["llama", "tiny-minimal"]["config"]))
        model = la.load(tmp_path)
        assert model.with_headers() is model

    def test_without_files_is_told_so(self, unknown: Path) -> None:
        (unknown / "model.safetensors").unlink()
        with pytest.raises(la.HeaderError, match=r"has no \.safetensors files"):
            la.load(unknown).with_headers()

    def test_is_explained_by_the_command(self, unknown: Path) -> None:
        done = CliRunner().invoke(main, ["explain", str(unknown), "--headers", "--format", "json"])
        assert done.exit_code == 0, done.output
        names = {gap["name"] for gap in json.loads(done.stdout)["coverage"]["gaps"]}
        assert "attention_bias" not in names
        assert CliRunner().invoke(main, ["explain", str(unknown), "--headers", "--full"]).exit_code == 0
