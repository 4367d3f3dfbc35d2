"""`fit`: how many sequences fit beside the weights, held to sums of graphs and to a count by hand."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest
from click.testing import CliRunner, Result

import llmsim_adapters as la
from llmsim_adapters.cli.main import main
from llmsim_adapters.fit.accelerators import accelerator, accelerators, memory_of

pytestmark = pytest.mark.usefixtures("hub_home")


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, ["fit", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def lines(*arguments: str) -> list[str]:
    return [" ".join(line.split()) for line in run(*arguments).stdout.splitlines()]


@pytest.fixture(scope="module")
def qwen() -> la.Model:
    return la.load("Qwen/Qwen3-30B-A3B", offline=True)


class TestByHand:
    def test_qwen3_30b_on_one_h100(self, qwen: la.Model) -> None:
        """30,532,122,624 parameters of 2 bytes; 48 layers of 2 x 4 heads x 128 numbers of 2 bytes a token."""
        [layout] = qwen.fit("H100-80GB", gpus=[1], contexts=[4096, 32768]).layouts
        memory, weights = 81559 * 2**20, 30_532_122_624 * 2
        free = int(memory * 0.9) - weights
        token = 48 * 2 * 4 * 128 * 2
        assert (layout.weights, layout.free) == (weights, free)
        assert [each.sequences for each in layout.capacities] == [free // (4096 * token), free // (32768 * token)]
        assert layout.longest == free // token

    def test_more_key_value_heads_than_ranks_are_kept_twice(self, qwen: la.Model) -> None:
        """4 heads on 8 ranks: half of what 4 ranks hold would be a quarter of it."""
        four, eight = (
            next(layout for layout in qwen.fit("H100", gpus=[ranks]).layouts if layout.schedule.dp_size == 1)
            for ranks in (4, 8)
        )
        assert four.capacities[0].bytes == eight.capacities[0].bytes


@pytest.mark.parametrize(
    "model", ["Qwen/Qwen3-30B-A3B", "deepseek-ai/DeepSeek-V3", "google/gemma-2-9b", "Qwen/Qwen2-7B"]
)
class TestLaws:
    @pytest.fixture
    def found(self, model: str) -> la.Fit:
        return la.load(model, offline=True).fit("H200-141GB", gpus=[1, 2, 4, 8], contexts=[1024, 4096, 65536])

    def test_figures_are_those_of_the_graph(self, model: str, found: la.Fit) -> None:
        budget = int(found.memory * found.utilization)
        for layout in found.layouts:
            graph = la.build(model, layout.schedule, offline=True)
            assert layout.weights == graph.weight_bytes
            assert layout.free == budget - graph.weight_bytes
            for each in layout.capacities:
                assert each.bytes == graph.rank_kv_cache_bytes(each.tokens, reserve=True) + graph.rank_state_bytes

    def test_one_more_sequence_would_not_fit(self, model: str, found: la.Fit) -> None:
        for layout in found.layouts:
            for each in layout.capacities:
                assert each.sequences is not None
                on_each = each.sequences // layout.schedule.dp_size
                assert each.sequences % layout.schedule.dp_size == 0
                assert on_each * each.bytes <= max(layout.free, 0) < (on_each + 1) * each.bytes

    def test_longer_ones_are_not_more(self, model: str, found: la.Fit) -> None:
        for layout in found.layouts:
            counts = [each.sequences or 0 for each in layout.capacities]
            assert all(longer <= shorter for shorter, longer in pairwise(counts))

    def test_the_longest_is_the_longest(self, model: str, found: la.Fit) -> None:
        for layout in found.layouts:
            assert layout.longest is not None
            graph = la.build(model, layout.schedule, offline=True)
            needed = [graph.rank_kv_cache_bytes(layout.longest + more, reserve=True) for more in (0, 1)]
            assert needed[0] <= max(layout.free, 0) < needed[1] or layout.longest == 0

    def test_every_number_of_ranks_has_a_layout_or_a_reason(self, model: str, found: la.Fit) -> None:
        for ranks in (1, 2, 4, 8):
            of_these = [layout for layout in found.layouts if layout.ranks == ranks]
            refused = [each for each in found.refused if each.schedule.world_size == ranks]
            assert of_these or refused
            assert all(each.reason for each in refused)
            assert all(layout.ranks == layout.schedule.world_size for layout in found.layouts)


class TestLayouts:
    def test_of_a_dense_model_spread_no_experts(self) -> None:
        found = la.load("Qwen/Qwen3-8B", offline=True).fit("H100", gpus=[8])
        assert {layout.schedule.ep_size for layout in found.layouts} == {1}

    def test_that_hold_every_sequence_on_all_ranks_bring_nothing_by_groups(self) -> None:
        """SGLang's class of Gemma 2 has no data-parallel attention: eight groups of one rank are one of eight."""
        found = la.load("google/gemma-2-9b", offline=True).fit("H100", gpus=[8])
        assert [layout.schedule.dp_size for layout in found.layouts] == [1]
        assert {each.schedule.dp_size for each in found.refused} == {2, 4, 8}
        assert all("every sequence is on all ranks" in each.reason for each in found.refused)

    def test_have_the_fields_that_are_given(self, qwen: la.Model) -> None:
        found = qwen.fit("H100", gpus=[2], kv_cache_dtype="float8_e4m3fn", engine="checkpoint")
        for layout in found.layouts:
            assert layout.cache_formats == ("float8_e4m3fn",)
            assert layout.schedule.engine == "checkpoint"

    def test_of_a_model_with_states_count_them(self) -> None:
        config = {
            "model_type": "mamba",
            "architectures": ["MambaForCausalLM"],
            "hidden_size": 1024,
            "vocab_size": 1000,
            "num_hidden_layers": 4,
            "state_size": 16,
            "conv_kernel": 4,
            "expand": 2,
            "torch_dtype": "bfloat16",
        }
        [layout] = la.load(config).fit(2**33, gpus=[1]).layouts
        assert layout.state > 0
        assert len({each.bytes for each in layout.capacities}) == 1
        assert layout.longest is None


class TestWant:
    def test_gives_the_fewest_that_hold_it(self, qwen: la.Model) -> None:
        found = qwen.fit("H100", gpus=[1, 2, 4, 8], contexts=[32768])
        smallest = found.smallest(64, 32768)
        assert {layout.ranks for layout in smallest} == {4}
        assert all(layout.holds(64, 32768) for layout in smallest)
        assert not any(layout.holds(64, 32768) for layout in found.layouts if layout.ranks < 4)

    def test_is_said_by_the_command(self) -> None:
        printed = lines("Qwen/Qwen3-30B-A3B", "--offline", "--gpu", "h100", "--want", "batch=64,context=32k")
        assert "The fewest that hold 64 sequences of 32,768 tokens:" in printed
        assert [line.split()[0] for line in printed if line.startswith(("1 ", "2 ", "4 ", "8 "))] == ["4"] * 3

    def test_that_nothing_holds_exits_1(self) -> None:
        result = run("deepseek-ai/DeepSeek-V3", "--offline", "--gpu", "L4", "--want", "batch=1,context=4k")
        assert result.exit_code == 1
        assert "None of them holds 1 sequences of 4,096 tokens." in result.stdout
        assert result.stderr == "error: none of the layouts holds 1 sequences of 4,096 tokens\n"


class TestCommand:
    def test_draws_what_weights_and_a_sequence_take(self) -> None:
        result = run("Qwen/Qwen3-8B", "--memory", "24GiB", "--gpus", "1", "--plot")
        bars = [line for line in result.stdout.splitlines() if "█" in line and "GPU" not in line]
        assert (result.exit_code, [len(re.findall("[█▒·>]", bar)) for bar in bars]) == (0, [32, 32, 32])
        assert [bar.count("█") for bar in bars] == [23, 23, 23]  # 15.3 of 21.6 GiB
        assert [bar.count("▒") for bar in bars] == [0, 6, 8]
        assert [bar.split()[-2:] for bar in bars] == [["15.8", "21.6"], ["19.8", "21.6"], ["33.3", "21.6"]]
        assert [">" in bar for bar in bars] == [False, False, True]

    def test_prints_a_screen(self) -> None:
        result = run("Qwen/Qwen3-30B-A3B", "--offline", "--gpu", "H100-80GB")
        assert (result.exit_code, result.stderr) == (0, "")
        printed = [" ".join(line.split()) for line in result.stdout.splitlines()]
        for line in (
            "Memory: 79.6 GiB of each, 90 % of it for what follows",
            "Weights: bfloat16; caches: bfloat16; laid out and set aside as sglang does",
            "GPUs Layout weights free 4,096 32,768 131,072 longest",
            "1 tp1 56.9 14.8 39 4 1 161,788",
            "8 tp4 dp2 or ep8 7.4 64.3 1,370 170 42 2,807,984",
        ):
            assert line in printed, line
        assert "Not in it: activations" in result.stdout
        assert len(printed) <= 24
        assert max(map(len, result.stdout.splitlines())) <= 80

    def test_lists_what_is_refused_with_the_reason(self) -> None:
        printed = " ".join(lines("Qwen/Qwen2-7B", "--offline", "--gpu", "RTX-4090", "--gpus", "1,3"))
        assert "tp3 schedule field `tp_size` is 3; expected a divisor of num_attention_heads = 28" in printed

    def test_says_what_does_not_fit(self) -> None:
        printed = lines("deepseek-ai/DeepSeek-V3", "--offline", "--gpu", "h100", "--gpus", "8")
        assert "8 tp8 or ep8 79.3 too large - - - -" in printed

    def test_has_the_same_in_json(self, qwen: la.Model) -> None:
        arguments = ("--offline", "--memory", "96GiB", "--gpus", "2", "--context", "8k,max", "--format", "json")
        found = json.loads(run("Qwen/Qwen3-30B-A3B", *arguments).stdout)
        same = qwen.fit(96 * 2**30, gpus=[2], contexts=[8192]).to_dict()
        assert {name: found[name] for name in same} == same
        assert found["wanted"] is None

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "expected --gpu NAME or --memory SIZE"),
            (["--gpu", "h100", "--memory", "80GB"], "expected --gpu NAME or --memory SIZE"),
            (["--gpu", "h10"], "no accelerator 'h10'"),
            (["--gpu", "A100"], "is one of A100-80GB, A100-40GB"),
            (["--gpu", "RTX-4090-24G"], "(did you mean RTX-4090-24GB?)"),
            (["--memory", "80"], "expected a number and a unit"),
            (["--gpu", "h100", "--gpus", "1,x"], "--gpus 1,x: expected sizes"),
            (["--gpu", "h100", "--gpus", "9999"], "expected integers from 1 to 4,096"),
            (["--gpu", "h100", "--context", "0"], "--context 0: expected sizes"),
            (["--gpu", "h100", "--want", "batch=1"], "expected batch=NUMBER,context=TOKENS"),
            (["--gpu", "h100", "--utilization", "1.1"], "--utilization"),
            (["--gpu", "h100", "--engine", "none"], "`engine` is 'none'"),
        ],
    )
    def test_of_what_cannot_be_is_misuse(self, arguments: list[str], message: str) -> None:
        result = run("Qwen/Qwen3-8B", "--offline", *arguments)
        assert (result.exit_code, result.stdout) == (2, "")
        assert message in result.stderr
        assert result.stderr.count("\n") == 1

    @pytest.mark.parametrize("fields", [{"tp_size": 2}, {"nonsense": 1}, {"mode": "train"}])
    def test_fields_that_cannot_hold_for_all_are_refused(self, qwen: la.Model, fields: dict[str, Any]) -> None:
        with pytest.raises(la.ScheduleError):
            qwen.fit("H100", **fields)

    @pytest.mark.parametrize("given", [{"gpus": [0]}, {"contexts": []}, {"utilization": 0.0}, {"gpus": [True]}])
    def test_numbers_out_of_range_are_refused(self, qwen: la.Model, given: dict[str, Any]) -> None:
        with pytest.raises(la.FitError):
            qwen.fit("H100", **given)

    @pytest.mark.parametrize(
        "given",
        [{"gpu": None}, {"gpu": 80e9}, {"gpu": ["H100"]}, {"gpus": 8}, {"contexts": "4096"}, {"utilization": "0.9"}],
    )
    def test_what_is_of_another_kind_is_refused(self, qwen: la.Model, given: dict[str, Any]) -> None:
        with pytest.raises(la.FitError, match="expected"):
            qwen.fit(**{"gpu": "H100", **given})


class TestAccelerators:
    def test_each_has_a_source(self) -> None:
        for each in accelerators().values():
            assert each.source.startswith("https://github.com/"), each.name
            assert 2**33 < each.memory < 2**39, each.name

    def test_each_has_about_what_its_name_says(self) -> None:
        """A vendor's GB is anything between 10**9 and 2**30 bytes, less what error correction takes."""
        for each in accelerators().values():
            named = int(each.name.rpartition("-")[2].removesuffix("GB"))
            assert 0.93 * named * 10**9 <= each.memory <= 1.001 * named * 2**30, each.name

    @pytest.mark.parametrize(("name", "found"), [("h100", "H100-80GB"), ("a100-40gb", "A100-40GB"), ("L4", "L4-24GB")])
    def test_names_may_be_short(self, name: str, found: str) -> None:
        assert accelerator(name).name == found

    @pytest.mark.parametrize(
        ("text", "count"),
        [("96GiB", 96 * 2**30), ("80 GB", 80 * 10**9), ("81559MiB", 81559 * 2**20), ("1.5tib", 3 * 2**39)],
    )
    def test_sizes_have_units(self, text: str, count: int) -> None:
        assert memory_of(text) == count
