"""The JSON output keeps to the schema that `schema` prints."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest
from click.testing import CliRunner

import llmsim_adapters as la
from llmsim_adapters.cli.main import main
from llmsim_adapters.documents import SCHEMAS
from tests.facts import REFUSED
from tests.hub.fixtures import ROOT
from tests.stored import tensors_of
from tests.test_proof_headers import CASE, folder, header, packed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("hub_home")

BUNDLED: Final = sorted(path.stem.replace("--", "/") for path in (ROOT / "hf_config").glob("*.json"))
EXPLAINED: Final = [*BUNDLED, "no/such"]


def output(*arguments: str) -> Any:
    return json.loads(CliRunner().invoke(main, list(arguments)).stdout)


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    found: dict[str, Any] = output("schema")
    return found


def parts(document: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a document."""
    if isinstance(document, dict):
        yield document
        for value in document.values():
            yield from parts(value)
    elif isinstance(document, list):
        for value in document:
            yield from parts(value)


def check(document: Any, schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(schema).validate(document)


def test_every_schema_is_one(schemas: dict[str, Any]) -> None:
    assert set(schemas) == set(SCHEMAS)
    for name, schema in schemas.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert output("schema", name) == schema


def test_every_object_with_named_fields_allows_no_others(schemas: dict[str, Any]) -> None:
    for part in parts(schemas):
        if isinstance(part.get("properties"), dict) and part.get("type") == "object":
            assert part["additionalProperties"] is False, part.get("title")


@pytest.mark.parametrize("registry", ["report", "sglang"])
def test_coverage(schemas: dict[str, Any], registry: str) -> None:
    check(output("coverage", registry, "--offline", "--format", "json"), schemas["report"])


@pytest.mark.parametrize("source", EXPLAINED)
def test_explain(schemas: dict[str, Any], source: str) -> None:
    check(output("explain", source, "--offline", "--mtp", "--format", "json"), schemas["explanation"])


@pytest.mark.parametrize("source", BUNDLED)
def test_build(schemas: dict[str, Any], source: str) -> None:
    engine = ["--engine", "checkpoint"] if source in REFUSED else []
    check(output("build", source, "--offline", "--mtp", *engine, "--format", "json"), schemas["graph"])


def test_build_over_ranks(schemas: dict[str, Any]) -> None:
    spread = ["--tp-size", "2", "--dp-size", "2", "--ep-size", "4", "--moe-tp", "--deepep", "--dense-fully-dp"]
    found = output("build", "deepseek-ai/DeepSeek-V3", "--offline", *spread, "--format", "json")
    assert found["transfers"]
    check(found, schemas["graph"])
    assert output("build", "Qwen/Qwen3-8B", "--offline", *spread, "--format", "json")["notes"]


def test_builders(schemas: dict[str, Any]) -> None:
    check(output("builders", "--format", "json"), schemas["builders"])


def test_comparison(schemas: dict[str, Any], tmp_path: Path) -> None:
    """Of a model that has figures, one under another layout, one without any figures, and values that JSON has not."""
    path = tmp_path / "config.json"
    path.write_text('{"model_type": "llama", "hidden_size": NaN, "vocab_size": Infinity}')
    sources = ["Qwen/Qwen3-30B-A3B", "Qwen/Qwen3-30B-A3B@tp=2,kv=fp8", str(path)]
    result = CliRunner().invoke(main, ["compare", *sources, "--offline", "--format", "json"])
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    check(found, schemas["comparison"])
    assert [bool(side["figures"]) for side in found["sides"]] == [True, True, False]


@pytest.mark.parametrize("more", [[], ["--want", "batch=4,context=8k"]])
def test_fit(schemas: dict[str, Any], more: list[str]) -> None:
    found = output(
        "fit", "google/gemma-2-9b", "--gpu", "L40S", "--gpus", "1,2,3", "--offline", "--format", "json", *more
    )
    assert found["layouts"]
    assert found["refused"]
    check(found, schemas["fit"])


def test_proof(schemas: dict[str, Any], tmp_path: Path) -> None:
    folder(tmp_path, model=packed(header()))
    check(output("prove", str(tmp_path), "--format", "json"), schemas["proof"])
    folder(tmp_path, model=packed(header(tensors_of(CASE)[1:])))
    result = CliRunner().invoke(main, ["prove", str(tmp_path), "--format", "json"])
    found = json.loads(result.stdout)
    check(found, schemas["proof"])
    assert (result.exit_code, found["equal"], len(found["missing"])) == (1, False, 1)


def test_census(schemas: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(
        '{"model_type": "llama", "hidden_size": NaN}\n{"id": "o/a", "config": 5, "n": 2}\n'
    )
    rows = str(tmp_path / "rows.jsonl")
    found = output("census", str(tmp_path / "in.jsonl"), "-o", rows, "--weight", "n", "--format", "json")
    check(found, schemas["census"])
    assert (found["total"], found["errors"]) == ({"models": 2, "weight": 2}, 1)


def test_a_config_with_values_that_json_does_not_have(schemas: dict[str, Any], tmp_path: Path) -> None:
    """Python reads NaN and Infinity; what is written has strings in their place, and stays JSON."""
    path = tmp_path / "config.json"
    path.write_text('{"model_type": "llama", "hidden_size": NaN, "vocab_size": Infinity, "x": [-Infinity]}')

    def refuse(constant: str) -> Any:
        raise AssertionError(constant)

    result = CliRunner().invoke(main, ["explain", str(path), "--format", "json"])
    check(json.loads(result.stdout, parse_constant=refuse), schemas["explanation"])


def test_the_parts_that_python_returns(schemas: dict[str, Any]) -> None:
    model = la.load("Qwen/Qwen3-8B", offline=True)
    check(json.loads(json.dumps(model.coverage.to_dict())), schemas["coverage"])
    check(json.loads(json.dumps(model.explain().to_dict())), schemas["working"])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("explanation", ["explain", "Qwen/Qwen3-8B"]),
        ("graph", ["build", "Qwen/Qwen3-8B"]),
        ("builders", ["builders"]),
        ("fit", ["fit", "Qwen/Qwen3-8B", "--gpu", "T4", "--offline"]),
        ("comparison", ["compare", "Qwen/Qwen3-8B", "deepseek-ai/DeepSeek-V3@tp=8", "--offline"]),
    ],
)
def test_an_unknown_or_a_missing_field_is_refused(schemas: dict[str, Any], name: str, arguments: list[str]) -> None:
    document = output(*arguments, "--format", "json")
    with pytest.raises(jsonschema.ValidationError):
        check({**document, "surprise": 1}, schemas[name])
    for field in document:
        less = copy.deepcopy(document)
        del less[field]
        with pytest.raises(jsonschema.ValidationError):
            check(less, schemas[name])
