"""Proofs that are kept in a registry: evidence `proven`, offline, while the graph is the one that was proven."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import llmsim_adapters as la
from llmsim_adapters.cli.main import main
from tests.stored import tensors_of
from tests.test_proof_headers import CASE, CONFIG, folder, header, packed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.server import FakeHub


def run(*arguments: object) -> Any:
    return CliRunner().invoke(main, [*map(str, arguments)])


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "model").mkdir()
    return folder(tmp_path / "model", model=packed(header()))


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    return tmp_path / "registry.json"


def evidence(registry: Path) -> str:
    (row,) = la.coverage(registry, offline=True).rows
    return str(row.coverage.evidence)


def test_a_proof_is_kept_and_is_evidence_offline(model: Path, registry: Path) -> None:
    done = run("prove", model, "--record", registry, "--format", "json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["evidence"] == "proven"
    (row,) = json.loads(registry.read_text())["models"]
    proof = row["proof"]
    assert row["huggingface"] == str(model)
    assert proof["tensors"] == len(tensors_of(CASE))
    assert proof["total"] == sum(tensor.elements for tensor in tensors_of(CASE))
    assert proof["bytes"] == sum(tensor.bytes for tensor in tensors_of(CASE))
    (model / "model.safetensors").unlink()
    assert evidence(registry) == "proven"
    assert str(la.evaluate(model, registry=registry).evidence) == "proven"
    assert str(la.evaluate(model).evidence) == "verified"


def test_proven_is_above_counted() -> None:
    assert [*la.Evidence][-2:] == [la.Evidence.COUNTED, la.Evidence.PROVEN]


def test_a_registry_keeps_what_else_is_in_it(model: Path, registry: Path) -> None:
    data = {
        "name": "mine",
        "models": [
            {"name": "Ours", "family": "Llama", "huggingface": str(model)},
            {"name": "Other", "huggingface": "org/other", "note": "ä"},
        ],
    }
    registry.write_text(json.dumps(data))
    assert run("prove", model, "--record", registry).exit_code == 0
    now = json.loads(registry.read_text())
    assert now["models"][0].pop("proof")
    assert now == data


def test_a_graph_with_other_tensors_than_were_proven_is_a_gap(model: Path, registry: Path) -> None:
    assert run("prove", model, "--record", registry).exit_code == 0
    (model / "config.json").write_text(json.dumps({**CONFIG, "num_hidden_layers": CONFIG["num_hidden_layers"] + 1}))
    (row,) = la.coverage(registry, offline=True).rows
    assert str(row.coverage.evidence) == "verified"
    assert [(str(gap.kind), gap.name) for gap in row.coverage.gaps] == [("count_mismatch", "tensors")]


def test_a_proof_of_the_same_bytes_in_other_shapes_is_to_be_made_again(model: Path, registry: Path) -> None:
    assert run("prove", model, "--record", registry).exit_code == 0
    data = json.loads(registry.read_text())
    data["models"][0]["proof"]["graph"] = "0" * 64
    registry.write_text(json.dumps(data))
    (row,) = la.coverage(registry, offline=True).rows
    assert (str(row.coverage.evidence), row.coverage.gaps) == ("verified", ())
    assert any("prove it again" in note for note in row.coverage.notes)


def test_what_is_not_proven_is_not_kept(model: Path, registry: Path) -> None:
    folder(model, model=packed(header(tensors_of(CASE)[1:])))
    assert run("prove", model, "--record", registry).exit_code == 1
    assert not registry.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [("[]", "not an object"), ('{"models": 1}', "is not valid"), ('{"models": [{"nam": "x"}]}', "is not valid")],
)
def test_a_file_that_is_no_registry_stays_as_it_is(content: str, message: str, model: Path, registry: Path) -> None:
    registry.write_text(content)
    done = run("prove", model, "--record", registry)
    assert (done.exit_code, registry.read_text()) == (2, content)
    assert message in done.output


def test_a_registry_of_the_package_is_not_written(model: Path) -> None:
    done = run("prove", model, "--record", "report")
    assert done.exit_code == 2
    assert "ships with the package" in done.output


class TestAWholeRegistry:
    def test_is_proven_from_hubs_and_then_offline(self, hub: FakeHub, registry: Path) -> None:
        files = {"model.safetensors": packed(header())}
        hub.add("huggingface", "org/right", CONFIG, files=files, ranges=True)
        less = {"model.safetensors": packed(header(tensors_of(CASE)[1:]))}
        hub.add("huggingface", "org/less", CONFIG, files=less, ranges=True)
        hub.add("huggingface", "org/none", CONFIG, ranges=True)
        names = ("org/right", "org/less", "org/none")
        registry.write_text(json.dumps({"models": [{"name": name, "huggingface": name} for name in names]}))
        done = run("coverage", registry, "--prove", "--record", "--format", "json")
        assert done.exit_code == 0, done.output
        right, less_, none = (row["coverage"] for row in json.loads(done.stdout)["models"])
        assert (right["evidence"], right["status"]) == ("proven", "fully_supported")
        assert less_["status"] == "partially_supported"
        assert "not proven: 1 missing" in less_["gaps"][0]["detail"]
        assert none["status"] == "fully_supported"
        assert any("has no .safetensors files" in note for note in none["notes"])
        asked = len(hub.requests)
        rows = la.coverage(registry, offline=True).rows
        assert [str(row.coverage.evidence) for row in rows] == ["proven", "verified", "verified"]
        assert len(hub.requests) == asked
        (proof,) = [row["proof"] for row in json.loads(registry.read_text())["models"] if "proof" in row]
        assert proof["revision"] == "0123456789abcdef0123456789abcdef01234567"

    def test_needs_a_file_to_keep_proofs_in(self, model: Path) -> None:
        assert run("coverage", model, "--prove", "--record").exit_code == 2
