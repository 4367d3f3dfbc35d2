"""The command: what each command prints, in each format, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

import llmsim_adapters as la
from llmsim_adapters.cli.main import main
from tests.facts import REFUSED
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hub.server import FakeHub

pytestmark = pytest.mark.usefixtures("hub_home")

LLAMA: dict[str, Any] = json.loads((ROOT / "hf_config" / "meta-llama--Llama-2-7b-hf.json").read_text())


def run(*arguments: str) -> Result:
    """Run the command; no traceback may ever come out of it."""
    result = CliRunner().invoke(main, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "internal error" not in result.stderr
    return result


def data(*arguments: str, code: int = 0) -> Any:
    """Return the JSON that the command prints."""
    result = run(*arguments, "--format", "json")
    assert result.exit_code == code, result.stderr
    return json.loads(result.stdout)


def config(folder: Path, **changes: Any) -> str:
    """Write a small change of a real config; return its path."""
    path = folder / "config.json"
    path.write_text(json.dumps({**LLAMA, **changes}))
    return str(path)


def registry(folder: Path, *rows: dict[str, Any], **fields: Any) -> str:
    path = folder / "mine.json"
    path.write_text(json.dumps({"models": list(rows), **fields}))
    return str(path)


def lines(text: str) -> list[str]:
    """Return lines with runs of blanks made one, so that the widths of columns do not matter."""
    return [" ".join(line.split()) for line in text.splitlines()]


class TestCoverage:
    def test_prints_the_tables_of_the_first_coverage_report(self) -> None:
        result = run("coverage", "--offline")
        assert result.exit_code == 0
        assert result.stderr == ""
        printed = lines(result.stdout)
        for line in (
            "Total models evaluated 19",
            "Fully supported 19 100.0 %",
            "Partially supported 0 0.0 %",
            "Not supported 0 0.0 %",
            "Overall coverage 100.0 % fully or partially supported",
            "Full coverage 100.0 % fully supported",
            "Category Total Fully Partially Not",
            "dense 12 12 0 0",
            "Family Model Category Builder Supported Evidence",
            "DeepSeek DeepSeek-V3 mla_moe deepseek_v3 fully counted",
            "deepseek-ai/DeepSeek-V3 bundled 671,026,419,200 buffers",
        ):
            assert line in printed, line

    def test_of_many_models_without_a_config_names_the_reason_once(self, tmp_path: Path) -> None:
        rows = [{"name": f"Unknown{n}ForCausalLM", "architecture": f"Unknown{n}ForCausalLM"} for n in range(12)]
        printed = lines(run("coverage", registry(tmp_path, *rows), "--offline").stdout)
        assert "no config named for this architecture 12" in printed

    def test_of_very_many_models_counts_them_and_says_what_some_lack(self) -> None:
        printed = lines(run("coverage", "sglang", "--offline").stdout)
        assert len(printed) < 200
        for title in ("By category", "By kind", "By config", "By evidence", "By family", "Gaps"):
            assert title in printed
        assert any(line.startswith("JetVLMForConditionalGeneration") for line in printed)
        assert not any("AfmoeForCausalLM" in line for line in printed)

    def test_says_what_several_models_wait_for(self, tmp_path: Path) -> None:
        rows = [{"name": name, "huggingface": config(tmp_path, brand_new_key=7)} for name in ("one", "two")]
        printed = lines(run("coverage", registry(tmp_path, *rows)).stdout)
        at = printed.index("What holds models back")
        assert any("brand_new_key" in line and line.endswith("2 2") for line in printed[at : at + 4])

    def test_in_markdown_lists_every_model(self) -> None:
        assert "AfmoeForCausalLM" in run("coverage", "sglang", "--offline", "--format", "markdown").stdout

    def test_of_a_registry_of_the_user_shows_gaps_with_their_impact(self, tmp_path: Path) -> None:
        row = {"name": "mine", "family": "Mine", "huggingface": config(tmp_path, brand_new_key=7)}
        printed = lines(run("coverage", registry(tmp_path, row, title="My models")).stdout)
        assert printed[0] == "My models"
        assert "Mine mine dense qwen3 partially verified" in printed
        at = printed.index("mine unread_key brand_new_key")
        assert printed[at + 1] == "nobody read `brand_new_key`: it may change any figure"
        assert printed[at + 2] == "impact unknown"

    def test_of_few_models_without_a_config_says_what_the_sources_said(self, tmp_path: Path) -> None:
        printed = run("coverage", registry(tmp_path, {"name": "m", "huggingface": "no/such"}), "--offline").stdout
        assert "config_unavailable" in printed
        assert "offline was asked for" in " ".join(lines(printed))

    @pytest.mark.parametrize(
        ("options", "code", "message"),
        [
            ([], 0, ""),
            (["--fail-under", "50"], 0, ""),
            (["--fail-under", "51"], 1, "error: overall coverage is 50.00 %, below the threshold of 51 %\n"),
            (["--fail-under-full", "0"], 0, ""),
            (["--fail-under-full", "0.5"], 1, "error: full coverage is 0.00 %, below the threshold of 0.5 %\n"),
            (["--fail-under", "101"], 2, "101"),
            (["--fail-under", "most"], 2, "most"),
        ],
    )
    def test_fails_under_the_threshold_that_the_user_set(
        self, tmp_path: Path, options: list[str], code: int, message: str
    ) -> None:
        """One of two models is partially supported, the other not at all."""
        refused = tmp_path / "refused.json"
        refused.write_text("{}")
        rows = [
            {"name": "a", "huggingface": config(tmp_path, brand_new_key=7)},
            {"name": "b", "huggingface": str(refused)},
            {"name": "without a config, which counts for nothing", "architecture": "B"},
        ]
        result = run("coverage", registry(tmp_path, *rows), *options)
        assert result.exit_code == code
        assert message in result.stderr
        assert bool(result.stdout) == (code < 2)

    def test_does_not_round_a_share_up_to_the_threshold(self, tmp_path: Path) -> None:
        rows = [{"name": str(n), "huggingface": "Qwen/Qwen3-8B"} for n in range(2)]
        rows.append({"name": "b", "huggingface": config(tmp_path, hidden_size="x")})
        result = run("coverage", registry(tmp_path, *rows), "--offline", "--fail-under", "66.67")
        assert result.stderr == "error: overall coverage is 66.66 %, below the threshold of 66.67 %\n"

    def test_of_no_models_is_no_error(self, tmp_path: Path) -> None:
        assert "Total models evaluated 0" in lines(run("coverage", registry(tmp_path)).stdout)

    @pytest.mark.parametrize("content", ["", "[]", '{"models": [{"nam": "a"}]}', None])
    def test_of_what_is_no_registry_is_misuse(self, tmp_path: Path, content: str | None) -> None:
        path = tmp_path / "mine.json"
        if content is not None:
            path.write_text(content)
        result = run("coverage", str(path))
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.startswith("error: ")
        assert result.stderr.count("\n") == 1

    def test_says_where_a_config_of_a_hub_came_from(self, hub: FakeHub, tmp_path: Path) -> None:
        hub.add("huggingface", "org/model", LLAMA)
        path = registry(tmp_path, {"name": "m", "huggingface": "org/model"})
        assert "org/model huggingface" in lines(run("coverage", path, "--endpoint", hub.url).stdout)
        assert "org/model huggingface_cache" in lines(run("coverage", path, "--offline").stdout)


class TestExplain:
    def test_says_why(self) -> None:
        result = run("explain", "Qwen/Qwen3-8B", "--offline", "--full")
        assert (result.exit_code, result.stderr) == (0, "")
        printed = lines(result.stdout)
        for line in (
            "Qwen/Qwen3-8B",
            "Status fully supported",
            "Category dense",
            "Builder qwen3",
            "Config bundled",
            "qwen3 in full",
            "qwen3_moe refuses missing: num_experts, num_experts_per_tok,",
            "hidden_size 4,096 given",
            'dtype "bfloat16" torch_dtype aliased',
            "sliding_window use_sliding_window is false",
            "parameters 8,190,735,360 8.19 B elements model",
        ):
            assert line in printed, line

    def test_shows_the_working_of_every_figure(self) -> None:
        """Each line down to weight, shape, formula and config key; the lines add up."""
        printed = lines(run("explain", "Qwen/Qwen3-8B", "--offline", "--full").stdout)
        at = printed.index("Working: parameters = 8,190,735,360")
        assert printed[at + 3 : at + 5] == [
            "622,329,856 model.inputs.embedding.weight [vocab_size × hidden_size]",
            "= vocab_size * hidden_size",
        ]
        assert "vocab_size 151,936 key `vocab_size`" in printed
        for figure in data("explain", "Qwen/Qwen3-8B", "--offline")["working"]["figures"]:
            assert f"Working: {figure['name'].replace('_', ' ')} = {figure['value']:,}" in "\n".join(printed)
            assert sum(line["value"] for line in figure["lines"]) == figure["value"]

    def test_of_a_model_that_no_builder_claims_explains_and_exits_1(self, tmp_path: Path) -> None:
        source = config(tmp_path, hidden_size=None)
        result = run("explain", source, "--full")
        assert result.exit_code == 1
        printed = lines(result.stdout)
        assert "Status not supported" in printed
        assert "invalid_config hidden_size" in printed
        assert result.stderr.startswith("error: no builder can model")
        assert result.stderr.count("\n") == 1
        assert data("explain", source, code=1)["working"] is None

    def test_of_a_config_that_cannot_be_had_says_what_each_source_said(self) -> None:
        result = run("explain", "no/such", "--offline", "--full")
        assert result.exit_code == 1
        printed = lines(result.stdout)
        for source in ("huggingface_cache not cached", "bundled not bundled", "huggingface offline"):
            assert source in printed
        assert result.stderr.startswith("error: no config.json for 'no/such': huggingface_cache: ")
        answers = data("explain", "no/such", "--offline", code=1)["coverage"]["source"]["answers"]
        assert [answer["source"] for answer in answers][-2:] == ["huggingface", "modelscope"]

    def test_offline_asks_no_hub(self, hub: FakeHub) -> None:
        assert run("explain", "no/such", "--offline").exit_code == 1
        assert hub.requests == []

    def test_of_a_partial_model_shows_gaps(self, tmp_path: Path) -> None:
        result = run("explain", config(tmp_path, brand_new_key=7), "--full")
        assert result.exit_code == 0
        assert "unread_key brand_new_key" in lines(result.stdout)
        assert "impact unknown" in lines(result.stdout)

    def test_with_a_builder_that_refuses_exits_1_and_says_why(self) -> None:
        result = run("explain", "Qwen/Qwen3-8B", "--offline", "--builder", "qwen3_moe")
        assert result.exit_code == 1
        assert "fully supported by qwen3 (dense)" in lines(result.stdout)
        assert result.stderr.startswith("error: builder qwen3_moe does not claim this model: ")
        assert "num_experts" in result.stderr

    def test_takes_the_schedule(self) -> None:
        found = data("explain", "Qwen/Qwen3-8B", "--mode", "decode", "--context-len", "100", "--batch-size", "2")
        assert found["schedule"] == la.Schedule(batch_size=2, mode="decode", context_len=100).to_dict()
        names = {name["name"]: name["value"] for name in found["working"]["names"]}
        assert (names["batch_size"], names["tokens"]) == (2, 101)

    def test_of_a_composite_config_says_where_the_language_model_is(self, tmp_path: Path) -> None:
        path = tmp_path / "config.json"
        path.write_text(json.dumps({"model_type": "some_vl", "text_config": LLAMA}))
        assert "Language model at text_config" in lines(run("explain", str(path), "--full").stdout)


class TestShort:
    """`explain` as people ask it first: the answer on one screen."""

    @pytest.mark.parametrize(
        "ranks",
        [
            [],
            ["--tp", "2", "--ep", "2", "--mode", "decode", "--context-len", "8191"],
            ["--tp", "2", "--ep", "2", "--mtp", "--kv-cache-dtype", "fp8", "--batch-size", "256"],
        ],
    )
    @pytest.mark.parametrize("name", sorted(path.stem.replace("--", "/") for path in (ROOT / "hf_config").iterdir()))
    def test_fits_a_screen_of_24_lines(self, name: str, ranks: list[str]) -> None:
        result = run("explain", name, "--offline", *ranks)
        if "expected a divisor of" in result.stderr:  # SGLang doesn't split every model in two
            result = run("explain", name, "--offline", *ranks[4:])
        if name in REFUSED:
            assert (result.exit_code, result.stderr.count("\n")) == (2 if ranks else 1, 1)
            result = run("explain", name, "--offline", "--engine", "checkpoint")
        assert (result.exit_code, result.stderr) == (0, "")
        assert len(result.stdout.splitlines()) <= 24
        assert max(map(len, result.stdout.splitlines())) <= 80

    def test_says_of_what_each_figure_is_and_in_which_formats(self) -> None:
        spread = ("--tp", "8", "--ep", "8", "--mode", "decode", "--context-len", "8191", "--batch-size", "64")
        printed = lines(run("explain", "deepseek-ai/DeepSeek-V3", "--offline", *spread).stdout)
        for line in (
            "fully supported by deepseek_v3 (mla_moe)",
            "parameters model 671 B experts 97 %, other 3 %",
            "37.6 B a token; +11.6 B mtp; fp8, bf16",
            "weights rank 85.1 GB experts 96 %, other 4 %; fp8, bf16, fp32",
            "KV cache sequence, rank 576 MB @8,192, +70.3 kB a token; bf16",
            "11.5 FLOP/byte; bf16, fp8",
            "Step: decode, 64 × 1 tokens after 8,191 cached ones; sglang, tp 8, ep 8: 8 ranks",
        ):
            assert line in printed, line

    def test_has_gaps_before_figures_worst_first_and_assumptions_folded(self, tmp_path: Path) -> None:
        path = config(tmp_path, model_type="foonet", architectures=["FooNet"], foo_gate_rank=7)
        printed = lines(run("explain", path).stdout)
        kinds = [
            line.split()[0]
            for line in printed[: printed.index("Figure Of Value Largest parts; number formats")]
            if line
        ]
        assert kinds.index("unread_key") < kinds.index("inferred")
        assert kinds.count("inferred") == 1

    def test_of_a_config_that_cannot_be_had_does_not_call_the_model_unsupported(self) -> None:
        printed = run("explain", "no/such", "--offline").stdout
        assert "not evaluated: no config.json was found" in printed

    def test_json_is_the_whole_whatever_is_unfolded(self) -> None:
        whole = data("explain", "Qwen/Qwen3-8B", "--offline")
        assert data("explain", "Qwen/Qwen3-8B", "--offline", "--why", "kv") == whole


class TestWhy:
    def test_unfolds_a_figure_down_to_config_keys(self) -> None:
        printed = lines(run("explain", "Qwen/Qwen3-8B", "--offline", "--why", "kv").stdout)
        for line in (
            "rank kv cache bytes = 603,979,776 bytes (604 MB), of one sequence on one rank",
            "kv cache elements = 301,989,888 elements (302 M), of one sequence",
            "301,989,888 100 % text.layer",
            "num_key_value_heads 8 key `num_key_value_heads`",
            "tokens 4,096 length of the cached sequence",
        ):
            assert line in printed, line
        assert not any(line.startswith("vocab_size") for line in printed)

    def test_has_the_largest_first_and_what_is_alike_together(self) -> None:
        printed = lines(run("explain", "Qwen/Qwen3-8B", "--offline", "--why", "weights").stdout)
        at = printed.index("weight bytes = 16,381,470,720 bytes (16.4 GB), of one rank")
        assert printed[at + 3] == "7,247,757,312 44 % text.layer.mlp.gate_proj, up_proj"
        assert printed[at + 5] == "= 2 × (num_hidden_layers * intermediate_size * hidden_size"
        rows = (line.split() for line in printed[at:])
        values = [int(row[0].replace(",", "")) for row in rows if row[2:3] == ["%"] and row[0][0].isdecimal()]
        assert values == sorted(values, reverse=True)

    @pytest.mark.parametrize("what", ["text.layer.attention.scores", "attention.scores", "scores"])
    def test_unfolds_an_operator(self, what: str) -> None:
        printed = lines(run("explain", "Qwen/Qwen3-8B", "--offline", "--why", what).stdout)
        assert "4,947,802,324,992 7 % text.layer.attention.scores" in printed
        assert "bfloat16 [seq_len × head_dim × (context_len + seq_len)]" in " ".join(printed)

    @pytest.mark.parametrize(
        ("what", "line"),
        [
            ("gaps", "none"),
            ("builders", "qwen3 in full"),
            ("config", "hidden_size 4,096 given"),
            ("config", "Config bundled"),
            ("notes", "none"),
            ("state", "none: the model has nothing of it"),
        ],
    )
    def test_unfolds_the_rest(self, what: str, line: str) -> None:
        assert line in lines(run("explain", "Qwen/Qwen3-8B", "--offline", "--why", what).stdout)

    def test_may_be_repeated(self) -> None:
        printed = run("explain", "Qwen/Qwen3-8B", "--offline", "--why", "builders", "--why", "gaps").stdout
        assert printed.index("What each builder says") < printed.index("Gaps")

    def test_of_nothing_that_there_is_is_misuse_with_a_suggestion(self) -> None:
        result = run("explain", "Qwen/Qwen3-8B", "--offline", "--why", "atention")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "(did you mean attention?)" in result.stderr
        assert result.stderr.count("\n") == 1


class TestBuild:
    def test_prints_operators_totals_and_caches(self) -> None:
        result = run("build", "google/gemma-2-2b", "--offline", "--seq-len", "10")
        assert (result.exit_code, result.stderr) == (
            0,
            "warning: weights and activations are stored in 16 bits: the config says float32, or no format\n"
            "warning: layers with a window keep the keys and values of all tokens: SGLang has no pool for them here\n",
        )
        printed = lines(result.stdout)
        graph = la.build("google/gemma-2-2b", la.Schedule(seq_len=10), offline=True)
        for line in (
            f"parameters {graph.parameters:,} 2.61 B elements; model",
            f"flops {graph.flops:,} {graph.flops / 1e9:.1f} G FLOPs; step, rank",
            f"kv cache elements per token {graph.kv_cache_elements_per_token:,} 26.6 K elements; sequence",
            "Operators of text.sliding_dense: a step of one rank, bfloat16",
            "Operator m × n × k times FLOPs share bytes / byte",
            "q_proj 10 × 2,048 × 2,304 13 1.23 G 3 % 124 MB 9.91",
        ):
            assert line in printed, line

    def test_states_the_cache_at_32k_both_windowed_and_reserved(self) -> None:
        graph = la.build("google/gemma-2-2b", offline=True)
        found = {(row["tokens"], row["reserve"]): row for row in data("build", "google/gemma-2-2b")["kv_cache"]}
        assert set(found) == {(tokens, reserve) for tokens in (4096, 32768) for reserve in (False, True)}
        for (tokens, reserve), row in found.items():
            assert row["elements"] == graph.kv_cache_elements(tokens, reserve=reserve)
            assert row["bytes"] == row["elements"] * 2  # SGLang halves the checkpoint's float32
        assert found[32768, False]["elements"] < found[32768, True]["elements"]

    def test_has_in_json_what_the_graph_has(self) -> None:
        found = data("build", "deepseek-ai/DeepSeek-V3", "--offline", "--mtp", "--logits", "all")
        graph = la.build("deepseek-ai/DeepSeek-V3", la.Schedule(mtp=True, logits="all"), offline=True)
        assert [op["flops"] for op in found["operators"]] == [op.flops for op in graph.operators]
        assert sum(op["flops"] for op in found["operators"]) == found["totals"]["flops"]
        assert sum(weight["bytes"] for weight in found["weights"]) == found["totals"]["weight_bytes"]
        assert found["totals"]["mtp_parameters"] == graph.mtp_parameters > 0
        assert len(found["caches"]) == len(graph.caches)

    def test_lists_weights_where_asked(self) -> None:
        without, with_them = (run("build", "Qwen/Qwen3-8B", *option).stdout for option in ((), ("--weights",)))
        assert "Weights of" not in without
        assert "embedding.weight 151,936 × 4,096 1 622,329,856 1.24 GB 1.24 GB" in lines(with_them)

    def test_of_a_partial_model_warns(self, tmp_path: Path) -> None:
        result = run("build", config(tmp_path, brand_new_key=7))
        assert result.exit_code == 0
        assert result.stderr == ("warning: builder qwen3 models this in part; left out or in doubt: brand_new_key\n")
        assert "unread_key brand_new_key" in lines(result.stdout)

    @pytest.mark.parametrize("changes", [{"hidden_size": None}, {"hidden_size": "wide"}])
    def test_of_a_model_that_no_builder_claims_exits_1(self, tmp_path: Path, changes: dict[str, Any]) -> None:
        result = run("build", config(tmp_path, **changes))
        assert result.exit_code == 1
        assert result.stdout == ""
        assert "hidden_size" in result.stderr
        assert result.stderr.count("\n") == 1


class TestRanks:
    SPREAD = ("--offline", "--tp-size", "4", "--dp-size", "2", "--ep-size", "8", "--deepep", "--seq-len", "64")

    def test_build_has_the_figures_of_one_rank(self) -> None:
        found = data("build", "Qwen/Qwen3-30B-A3B", *self.SPREAD)
        graph = la.build("Qwen/Qwen3-30B-A3B", la.Schedule(seq_len=64, tp_size=4, dp_size=2, ep_size=8, deepep=True))
        assert (found["totals"], found["transfers"]) == (graph.totals(), [t.to_dict() for t in graph.transfers])
        experts = next(weight for weight in found["weights"] if "experts.down_proj" in weight["name"])
        assert experts["ways"] == 8
        assert experts["rank_bytes"] * 8 == experts["bytes"]

    @pytest.mark.parametrize("style", ["table", "markdown"])
    def test_build_shows_what_is_sent_and_in_how_many_parts_weights_are(self, style: str) -> None:
        printed = run("build", "Qwen/Qwen3-30B-A3B", *self.SPREAD, "--weights", "--format", style).stdout
        for words in ("Transfers of text.layer", "dispatch", "experts / 8", "kv_heads / 4", "transfer bytes"):
            assert words in printed, words

    def test_explain_has_the_working_of_what_is_sent(self) -> None:
        found = data("explain", "Qwen/Qwen3-30B-A3B", *self.SPREAD)["working"]
        sent = next(figure for figure in found["figures"] if figure["name"] == "transfer_bytes")
        assert sent["value"] == sum(line["value"] for line in sent["lines"])
        assert {"tp_size", "dp_size"} <= {name["name"] for name in found["names"]}

    def test_what_the_model_has_no_use_for_is_said(self) -> None:
        result = run("build", "Qwen/Qwen3-8B", "--offline", "--ep-size", "4", "--mtp")
        assert result.exit_code == 0
        for field, reason in (("ep_size", "no experts"), ("mtp", "no multi-token prediction")):
            note = f"`{field}` is ignored: the model has {reason}"
            assert note in result.stdout
            assert f"warning: {note}" in result.stderr

    @pytest.mark.parametrize("command", ["build", "explain"])
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (["--tp-size", "3"], "`tp_size` is 3; expected a divisor of num_attention_heads = 32"),
            (["--dp-size", "3", "--tp-size", "5"], "`tp_size` is 5; expected a divisor of num_attention_heads = 32"),
        ],
    )
    def test_a_schedule_that_cannot_be_is_misuse(self, command: str, options: list[str], message: str) -> None:
        result = run(command, "Qwen/Qwen3-8B", "--offline", *options)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"error: schedule field {message}")
        assert result.stderr.count("\n") == 1


class TestBuilders:
    def test_lists_them_in_a_table_each(self) -> None:
        result = run("builders")
        assert result.exit_code == 0
        printed = lines(result.stdout)
        found = la.builders()
        assert len(printed) <= 24
        for entry in found.registered:
            counts = f"{len(entry.requirements.components)} {len(set(entry.requirements.features))}"
            listed = ", ".join(sorted(map(str, entry.requirements.categories)))
            assert f"{entry.name} {listed} {counts} {entry.distribution} {entry.version}" in printed
        assert any(line.startswith("sglang what SGLang allocates") for line in printed)

    @pytest.mark.parametrize(
        ("name", "line"),
        [
            ("deepseek_v3", "and for mla_moe num_experts, num_experts_per_tok, moe_intermediate_size"),
            ("sglang", "What it is what SGLang allocates on each rank"),
        ],
    )
    def test_of_one_says_what_it_needs_and_models(self, name: str, line: str) -> None:
        assert line in lines(run("builders", name).stdout)

    def test_of_none_that_there_is_suggests_one(self) -> None:
        result = run("builders", "qwen33")
        assert result.exit_code == 2
        assert "(did you mean qwen3?)" in result.stderr

    def test_says_the_same_in_json(self) -> None:
        found = {entry["name"]: entry for entry in data("builders")["builders"]}
        for entry in la.builders().registered:
            assert found[entry.name]["features"] == sorted(entry.requirements.features)
            assert found[entry.name]["parameters"] == list(entry.requirements.parameters)


class TestMisuse:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["nonsense"],
            ["explain"],
            ["explain", "a b"],
            ["explain", "https://example.com/model"],
            ["explain", "Qwen/Qwen3-8B", "--revision", "a..b"],
            ["build", "Qwen/Qwen3-8B", "--builder", "none"],
            ["explain", "Qwen/Qwen3-8B", "--builder", "none"],
            ["build", "Qwen/Qwen3-8B", "--seq-len", "0"],
            ["build", "Qwen/Qwen3-8B", "--seq-len", str(10**20)],
            ["build", "Qwen/Qwen3-8B", "--batch-size", "-1"],
            ["build", "Qwen/Qwen3-8B", "--mode", "idle"],
            ["build", "Qwen/Qwen3-8B", "--format", "yaml"],
            ["schema", "none"],
        ],
        ids=" ".join,
    )
    def test_exits_2_with_one_line(self, arguments: list[str]) -> None:
        result = run(*arguments)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert result.stderr.startswith("error: ")
        assert result.stderr.count("\n") == 1

    def test_names_the_builders_that_there_are(self) -> None:
        said = run("build", "Qwen/Qwen3-8B", "--builder", "none").stderr
        assert "classifier, deepseek_v3, draft, encoder, hybrid, qwen3, qwen3_moe" in said


class TestHelp:
    @pytest.mark.parametrize("option", ["-h", "--help"])
    @pytest.mark.parametrize("command", ["", "coverage", "explain", "build", "builders", "llmsim", "new", "schema"])
    def test_is_there(self, command: str, option: str) -> None:
        result = run(*command.split(), option)
        assert result.exit_code == 0
        assert result.stdout.startswith("Usage: ")

    def test_version(self) -> None:
        assert run("--version").stdout == f"llmsim-adapters {la.__version__}\n"
