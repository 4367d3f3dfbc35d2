"""A census: any number of configs, a row for each in their order, whatever is wrong with them, and gone on with."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

import llmsim_adapters as la
from llmsim_adapters.cli.main import main
from tests.facts import LLAMA
from tests.hub.fixtures import ROOT
from tests.plugins.distributions import install

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QWEN = "Qwen/Qwen3-8B"


def sized(number: int) -> dict[str, Any]:
    return {**LLAMA, "vocab_size": 1000 + number}


def lines(path: Path, configs: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps({"id": f"o/{at}", "config": each}) + "\n" for at, each in enumerate(configs)))
    return path


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def taken(tmp_path: Path, *sources: Any, **options: Any) -> list[dict[str, Any]]:
    """Return the rows of a census."""
    output = tmp_path / "rows.jsonl"
    la.census(sources, output, **{"offline": True, **options})
    return rows(output)


class TestRows:
    def test_say_what_evaluate_and_build_say(self, tmp_path: Path) -> None:
        (row,) = taken(tmp_path, QWEN)
        model = la.load(QWEN, offline=True)
        answer, graph = model.coverage, model.build(la.Schedule(engine="checkpoint"))
        assert (row["id"], row["model_type"], row["architecture"]) == (QWEN, answer.model_type, answer.architecture)
        assert row["status"] == answer.status
        assert (row["builder"], row["evidence"], row["category"]) == (answer.builder, answer.evidence, answer.category)
        assert (row["counted"], row["served"], row["gaps"]) == (True, True, [])
        assert (row["parameters"], row["weight_bytes"]) == (graph.parameters, graph.weight_bytes)
        assert row["kv_cache_elements_of_32768_tokens"] == graph.kv_cache_elements(32768)

    def test_list_the_gaps_and_their_causes(self, tmp_path: Path) -> None:
        config = {**LLAMA, "brand_new": 1}
        (row,) = taken(tmp_path, config)
        assert [(gap["kind"], gap["name"]) for gap in row["gaps"]] == [("unread_key", "brand_new")]
        assert (row["gap_count"], row["causes"]) == (1, ["key brand_new"])

    def test_stand_in_the_order_of_the_configs(self, tmp_path: Path) -> None:
        source = lines(tmp_path / "in.jsonl", [sized(at) for at in range(1203)])
        found = taken(tmp_path, source, executor=None)
        assert [row["id"] for row in found] == [f"o/{at}" for at in range(1203)]
        assert len({row["parameters"] for row in found}) == 1203

    def test_leave_out_figures_of_more_than_64_bits(self, tmp_path: Path) -> None:
        sizes = {"hidden_size": 2**28, "intermediate_size": 2**28, "num_hidden_layers": 100}
        (row,) = taken(tmp_path, {**LLAMA, **sizes})
        assert row["parameters"] is None
        assert "more than 64 bits: parameters" in row["error"]


class TestSources:
    def test_a_folder(self, tmp_path: Path) -> None:
        """The `config.json` of a model's folder alone, and in others every file."""
        model = tmp_path / "in" / "acme" / "one"
        model.mkdir(parents=True)
        (model / "config.json").write_text(json.dumps(LLAMA))
        (model / "tokenizer.json").write_text("{}")
        (tmp_path / "in" / "acme--two.json").write_text(json.dumps(LLAMA))
        lines(tmp_path / "in" / "more.jsonl", [LLAMA])
        found = taken(tmp_path, tmp_path / "in")
        assert [row["id"] for row in found] == ["acme/one", "acme/two", "o/0"]
        assert {row["status"] for row in found} == {"fully_supported"}

    def test_what_stands_beside_a_config_bears_on_it(self, tmp_path: Path) -> None:
        model = tmp_path / "in" / "quantized"
        model.mkdir(parents=True)
        (model / "config.json").write_text(json.dumps(LLAMA))
        quantization = {"producer": {"name": "modelopt"}, "quantization": {"quant_algo": "FP8"}}
        (model / "hf_quant_config.json").write_text(json.dumps(quantization))
        (row,) = taken(tmp_path, tmp_path / "in")
        assert row["weight_bytes"] == la.load(str(model)).build(la.Schedule(engine="checkpoint")).weight_bytes
        assert row["weight_bytes"] < la.load(LLAMA).build(la.Schedule(engine="checkpoint")).weight_bytes

    def test_lines_of_configs_of_records_and_of_ids(self, tmp_path: Path) -> None:
        source = tmp_path / "in.txt.gz"
        written = [
            json.dumps(LLAMA),
            json.dumps({"modelId": "o/object", "config": LLAMA}),
            json.dumps({"id": "o/text", "config": json.dumps(LLAMA)}),
            QWEN,
            json.dumps({"id": QWEN}),
        ]
        source.write_bytes(gzip.compress("\n".join(written).encode()))
        found = taken(tmp_path, source)
        assert [row["id"] for row in found] == ["line 1", "o/object", "o/text", QWEN, QWEN]
        assert {row["status"] for row in found} == {"fully_supported"}

    def test_standard_input(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(LLAMA).encode())))
        assert [row["id"] for row in taken(tmp_path, "-")] == ["line 1"]

    def test_a_registry(self, tmp_path: Path) -> None:
        report = la.coverage("sglang", offline=True)
        found = taken(tmp_path, "sglang")
        assert [row["id"] for row in found] == [row.name for row in report.rows]
        assert [row["status"] for row in found] == [row.coverage.status for row in report.rows]

    def test_columns_of_other_names(self, tmp_path: Path) -> None:
        source = tmp_path / "in.jsonl"
        source.write_text(json.dumps({"repo": "o/a", "id": "no", "json": LLAMA, "likes": 7}) + "\n")
        (row,) = taken(tmp_path, source, columns={"config": "json", "id": "repo"}, weight="likes")
        assert (row["id"], row["weight"], row["status"]) == ("o/a", 7, "fully_supported")

    def test_a_stream_that_python_makes(self, tmp_path: Path) -> None:
        output = tmp_path / "rows.jsonl"
        la.census((sized(at) for at in range(3)), output)
        assert len(rows(output)) == 3

    @pytest.mark.parametrize("source", ["gone.jsonl", "gone.parquet", "gone.json"])
    def test_that_are_not_there_are_misuse(self, source: str, tmp_path: Path) -> None:
        result = CliRunner().invoke(main, ["census", source, "-o", str(tmp_path / "rows.jsonl")])
        assert result.exit_code == 2
        assert not (tmp_path / "rows.jsonl").exists()


class TestBadRows:
    def test_are_rows(self, tmp_path: Path) -> None:
        source = tmp_path / "in.jsonl"
        nested = "[" * 5000 + "]" * 5000
        bad = {
            '{"id": "cut", "config": {"model_ty': "not JSON",
            "[1, 2]": "an array",
            '{"id": "none", "config": null}': "missing",
            '{"id": "text", "config": "no json"}': "not JSON",
            '{"id": "twice", "config": {"a": 1, "a": 2}}': "twice",
            f'{{"id": "deep", "config": {nested}}}': "nested deeper",
            '{"id": "adapter", "config": {"peft_type": "LORA"}}': "adapter",
            '{"id": "\\ud800\\u001b[2J", "config": 5}': "not an object",
        }
        source.write_bytes("\n".join([*bad, json.dumps(LLAMA)]).encode() + b"\n\xff\xfe{\n")
        found = taken(tmp_path, source)
        assert found[len(bad)]["status"] == "fully_supported"
        for row, words in zip(found, bad.values(), strict=False):
            assert words in row["error"], row["id"]
            assert row["status"] in ("not_supported", "not_evaluated")
        assert "\x1b" not in (tmp_path / "rows.jsonl").read_text()

    def test_a_line_of_many_megabytes_is_not_held(self, tmp_path: Path) -> None:
        source = tmp_path / "in.jsonl"
        source.write_bytes(b'{"config": "' + b"x" * (40 * 1024 * 1024) + b'"}\n' + json.dumps(LLAMA).encode())
        huge, fine = taken(tmp_path, source)
        assert "is not read" in huge["error"]
        assert (fine["id"], fine["status"]) == ("line 2", "fully_supported")

    def test_a_config_that_ends_its_process_costs_no_other_row(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = """
            import os

            def read(r):
                os._exit(9)

            @la.hookimpl
            def llmsim_register_dialects():
                return [la.Dialect("deadly", read, {})]
        """
        install(tmp_path / "site", source, preamble="import llmsim_adapters as la\n", register="")
        monkeypatch.syspath_prepend(str(tmp_path / "site"))  # which processes that are begun get
        configs = [sized(at) for at in range(5)]
        configs[3] = {**LLAMA, "model_type": "deadly"}
        found = taken(tmp_path, lines(tmp_path / "in.jsonl", configs), workers=2)
        assert [row["status"] == "fully_supported" for row in found] == [True, True, True, False, True]
        assert "ended without an answer" in found[3]["error"]


class TestGoesOn:
    def test_after_a_kill_without_loss_or_repetition(self, tmp_path: Path) -> None:
        source = lines(tmp_path / "in.jsonl", [sized(at) for at in range(4000)])
        command = [sys.executable, "-m", "llmsim_adapters", "census", str(source), "--offline", "-o"]
        killed, whole = tmp_path / "killed.jsonl", tmp_path / "whole.jsonl"
        process = subprocess.Popen([*command, str(killed)], cwd=ROOT, stdout=subprocess.DEVNULL)
        parts = tmp_path / "killed.jsonl.parts"
        while not (parts / "00000001.json").exists():
            assert process.poll() is None, "it ended before it was killed"
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not killed.exists()
        kept = {part.name: part.stat().st_mtime_ns for part in parts.glob("0*.json")}
        assert 2 <= len(kept) < 8

        told: list[int] = []
        found = la.census([str(source)], killed, offline=True, progress=told.append)
        assert told[: len(kept)] == [500 * at for at in range(1, len(kept) + 1)]
        assert found.total.models == 4000
        assert not parts.exists()
        la.census([str(source)], whole, offline=True)
        assert killed.read_bytes() == whole.read_bytes()

    def test_what_has_changed_is_looked_at_again(self, tmp_path: Path) -> None:
        source, output = lines(tmp_path / "in.jsonl", [sized(at) for at in range(1100)]), tmp_path / "rows.jsonl"
        with pytest.raises(KeyboardInterrupt):
            la.census([source], output, progress=_interrupt_at(1000))
        configs = [sized(at) for at in range(1100)]
        configs[600] = {**LLAMA, "hidden_size": 64}
        lines(source, configs)
        told: list[int] = []
        la.census([source], output, progress=told.append)
        assert len(rows(output)) == 1100
        assert rows(output)[600]["parameters"] != rows(output)[601]["parameters"] - 96 * 2
        assert rows(output)[600]["parameters"] < rows(output)[599]["parameters"]

    def test_parts_of_another_census_are_refused(self, tmp_path: Path) -> None:
        source, output = lines(tmp_path / "in.jsonl", [sized(at) for at in range(600)]), tmp_path / "rows.jsonl"
        with pytest.raises(KeyboardInterrupt):
            la.census([source], output, progress=_interrupt_at(500))
        with pytest.raises(la.CensusError, match="another columns; finish that one, or begin anew"):
            la.census([source], output, weight="downloads")
        assert la.census([source], output, weight="downloads", anew=True).total.models == 600

    def test_what_was_there_before_stays_until_the_end(self, tmp_path: Path) -> None:
        output = tmp_path / "rows.jsonl"
        output.write_text("before")
        with pytest.raises(KeyboardInterrupt):
            la.census([LLAMA], output, progress=_interrupt_at(1))
        assert output.read_text() == "before"


def _interrupt_at(count: int) -> Any:
    def told(done: int) -> None:
        if done >= count:
            raise KeyboardInterrupt

    return told


class TestExecutors:
    def test_make_the_same_file(self, tmp_path: Path) -> None:
        source = lines(tmp_path / "in.jsonl", [sized(at) for at in range(1203)])
        alone, spread = tmp_path / "alone.jsonl", tmp_path / "spread.jsonl"
        one = la.census([source], alone)
        assert la.census([source], spread, workers=2).to_dict() == {**one.to_dict(), "output": str(spread)}
        assert spread.read_bytes() == alone.read_bytes()
        with ThreadPoolExecutor(2) as threads:
            la.census([source], spread, executor=threads)
        assert spread.read_bytes() == alone.read_bytes()

    def test_are_given_no_more_than_they_can_work_on(self, tmp_path: Path) -> None:
        """So that memory doesn't grow with the number of configs."""
        given = 0

        def stream() -> Iterator[dict[str, Any]]:
            nonlocal given
            for at in range(8000):
                given += 1
                yield sized(at)

        def told(done: int) -> None:
            assert given - done <= 3 * 500 + 1  # two blocks of one worker, and the next one
            if done >= 1000:
                raise KeyboardInterrupt

        with ThreadPoolExecutor(1) as threads, pytest.raises(KeyboardInterrupt):
            la.census(stream(), tmp_path / "rows.jsonl", executor=threads, progress=told)


class TestSummary:
    def test_is_by_cause_and_by_weight(self, tmp_path: Path) -> None:
        configs = [LLAMA, {**LLAMA, "new": 1}, {**LLAMA, "new": 1, "other": 2}, {"id": "o/x", "config": LLAMA}]
        records: list[Any] = [{"id": f"o/{at}", "downloads": 10**at, "config": each} for at, each in enumerate(configs)]
        records[3] = configs[3]
        found = la.census(records, tmp_path / "rows.jsonl", weight="downloads")
        assert found.statuses["fully_supported"] == (2, 1)
        assert found.statuses["partially_supported"] == (2, 110)
        assert [cause[:6] for cause in found.causes] == [
            ("key new", "a key that nobody reads", 2, 1, 110, 10),
            ("key other", "a key that nobody reads", 1, 0, 100, 0),
        ]
        assert found.causes[0].examples == ("o/1", "o/2")
        assert found.types == (("llama", 4, 2, 111, 1),)
        assert (found.unweighed, found.errors) == (1, 0)
        assert repr(found).endswith("2 of 4 configs fully supported>")

    def test_is_what_the_command_says(self, tmp_path: Path) -> None:
        source = tmp_path / "in.jsonl"
        source.write_text(json.dumps({"id": "o/a", "downloads": 5, "config": {**LLAMA, "new": 1}}) + "\n")
        result = CliRunner().invoke(
            main, ["census", str(source), "-o", str(tmp_path / "rows.csv"), "--weight", "downloads"]
        )
        assert result.exit_code == 0
        assert "Census of 1 configs" in result.stdout
        assert "key new" in result.stdout


class TestFormats:
    def test_csv(self, tmp_path: Path) -> None:
        output = tmp_path / "rows.csv"
        la.census([LLAMA, {**LLAMA, "new": 1, "other": 2}], output)
        with open(output, newline="") as file:
            plain, gaps = csv.DictReader(file)
        assert (plain["status"], plain["parameters"]) == ("fully_supported", str(la.build(LLAMA).parameters))
        assert gaps["causes"] == "key new; key other"
        assert [gap["name"] for gap in json.loads(gaps["gaps"])] == ["new", "other"]

    def test_parquet_in_and_out(self, tmp_path: Path) -> None:
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        objects = pyarrow.table({"id": ["o/a", "o/b"], "config": [LLAMA, {**LLAMA, "new": 1}], "downloads": [3, 4]})
        texts = pyarrow.table({"name": ["o/c", None], "config": [json.dumps(LLAMA), "no"]})
        parquet.write_table(objects, tmp_path / "objects.parquet")
        with pyarrow.ipc.new_stream(str(tmp_path / "texts.arrow"), texts.schema) as stream:
            stream.write_table(texts)
        output = tmp_path / "rows.parquet"
        found = la.census([tmp_path / "objects.parquet"], output, weight="downloads")
        table = parquet.read_table(output).to_pylist()
        assert [(row["id"], row["status"], row["weight"]) for row in table] == [
            ("o/a", "fully_supported", 3.0),
            ("o/b", "partially_supported", 4.0),
        ]
        assert table[1]["gaps"][0]["name"] == "new"
        assert found.total.weight == 7
        assert [row["id"] for row in taken(tmp_path, tmp_path / "texts.arrow")] == ["o/c", "row 2"]

    def test_a_table_without_the_column_is_refused(self, tmp_path: Path) -> None:
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        parquet.write_table(pyarrow.table({"id": ["o/a"]}), tmp_path / "in.parquet")
        with pytest.raises(la.CensusError, match="has no column 'config'; there are id"):
            la.census([tmp_path / "in.parquet"], tmp_path / "rows.jsonl")

    def test_without_pyarrow_the_extra_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        with pytest.raises(la.MissingExtra, match=r"pip install llmsim-adapters\[census\]"):
            la.census([LLAMA], tmp_path / "rows.parquet")

    @pytest.mark.parametrize("name", ["rows.xlsx", "rows"])
    def test_that_nobody_knows_are_misuse(self, name: str, tmp_path: Path) -> None:
        result = CliRunner().invoke(main, ["census", QWEN, "-o", str(tmp_path / name)])
        assert result.exit_code == 2
        assert ".parquet, .jsonl, .ndjson, .csv" in " ".join(result.stderr.split())
        assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("workers", [0, -1, 1025, 10**20, 1.5, "2", True])
def test_workers_are_a_number_of_processes(tmp_path: Path, workers: Any) -> None:
    with pytest.raises(la.CensusError, match=r"workers: .* expected an integer from 1 to 1024"):
        la.census([LLAMA], tmp_path / "rows.jsonl", workers=workers)
    assert list(tmp_path.iterdir()) == []
