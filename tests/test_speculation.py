"""A target with its draft: one graph, in which what both have counts once."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from click.testing import CliRunner

import llmsim_adapters as la
from llmsim_adapters.cli.main import main
from llmsim_adapters.graph.graph import DRAFT

TARGET, BLOCKS = "Qwen/Qwen3-8B", "SpecForge/qwen3-8b-dflash"
DEEPSEEK = "deepseek-ai/DeepSeek-V3"

STEPS = (
    la.Schedule(),
    la.Schedule(mode="decode", context_len=8191, batch_size=4),
    la.Schedule(tp_size=4, engine="checkpoint"),
    la.Schedule(tp_size=2, dp_size=4, ep_size=8, engine_options={"enable_dp_lm_head": True}),
)

LLAMA: dict[str, Any] = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 64,
    "intermediate_size": 96,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 1000,
    "dtype": "bfloat16",
}


def model(source: str | dict[str, Any], **changes: Any) -> la.Model:
    loaded = la.load(source, offline=True)
    return la.load({**loaded.config.data, **changes}) if changes else loaded


def renamed() -> list[tuple[str, dict[str, Any]]]:
    """The drafts that SGLang makes of a target's config, with that config."""
    found = []
    for row in la.coverage("sglang", offline=True).rows:
        entry = row.entry
        if entry is None or entry.kind != "draft" or not entry.targets or row.spec is None:
            continue
        if row.name.endswith("DSpark"):
            continue  # beside some checkpoints of a target that has a next-token module, too: no config tells
        assert entry.config is not None
        config = entry.config.config(row.name)
        assert config is not None
        targets = [{**config.data, "architectures": [name]} for name in entry.targets]
        found.append((row.name, min(targets, key=lambda each: len(la.evaluate(each).gaps))))
    return found


MODULES = renamed()


def _config(architecture: str) -> dict[str, Any]:
    """The registry's config of an architecture."""
    (row,) = (row for row in la.coverage("sglang", offline=True).rows if row.name == architecture)
    assert row.entry is not None
    assert row.entry.config is not None
    config = row.entry.config.config(architecture)
    assert config is not None
    return config.data


class TestFigures:
    @pytest.mark.parametrize("schedule", STEPS, ids=str)
    def test_of_a_draft_that_stores_no_table_are_the_sums(self, schedule: la.Schedule) -> None:
        target, draft = model(TARGET), model(BLOCKS)
        one, other, both = target.build(schedule), draft.build(schedule), target.build(schedule, draft=draft)
        for figure in ("parameters", "weight_bytes", "flops", "flops_executed", "bytes_moved", "transfer_bytes"):
            assert getattr(both, figure) == getattr(one, figure) + getattr(other, figure), figure
        for tokens in (1, 5000):
            kept = [graph.rank_kv_cache_bytes(tokens, reserve=True) for graph in (one, other, both)]
            assert kept[2] == kept[0] + kept[1]

    @pytest.mark.parametrize("schedule", STEPS, ids=str)
    def test_of_a_prediction_module_are_those_of_the_model_that_runs_it(self, schedule: la.Schedule) -> None:
        target = model(DEEPSEEK)
        fields = {**schedule.to_dict(), "mtp": True}
        own, both = target.build(la.Schedule(**fields)), target.build(schedule, draft=target)
        assert both.weight_bytes == own.weight_bytes
        assert both.flops == own.flops
        assert both.kv_cache_bytes(5000) == own.kv_cache_bytes(5000)
        assert both.parameters == own.parameters + own.mtp_parameters

    @pytest.mark.parametrize(("name", "config"), MODULES, ids=[name for name, _ in MODULES])
    def test_of_every_prediction_module_that_shares_both_ends_too(self, name: str, config: dict[str, Any]) -> None:
        target = la.load(config)
        draft = target._as_draft
        assert draft.coverage.architecture == name
        assert draft.spec is not None
        assert target.spec is not None
        module = target.spec.stack("mtp")
        if module is None or len(module.order) != 1 or "head" not in draft.spec.from_target:
            pytest.skip("the target has several modules, or the draft has a table of its own")
        schedule, alone = la.Schedule(engine="checkpoint"), la.Schedule(engine="checkpoint", mtp=True)
        both, own = target.build(schedule, draft=target), target.build(alone)
        assert both.weight_bytes == own.weight_bytes
        assert both.flops == own.flops

    def test_of_pictures_count_the_encoder_once(self) -> None:
        """The draft runs over the tokens that pictures become, and has no encoder of its own."""
        seeing = la.load(_config("Qwen3_5ForConditionalGeneration"))
        text = la.Schedule(engine="checkpoint", seq_len=8192)
        pictures = la.Schedule(engine="checkpoint", seq_len=8192, images=((448, 448),))
        both, one = seeing.build(pictures, draft=seeing), seeing.build(pictures)
        assert both.media == one.media
        assert both.flops - one.flops == seeing.build(text, draft=seeing).flops - seeing.build(text).flops > 0

    def test_have_the_draft_in_a_stack_of_its_own(self) -> None:
        both = model(TARGET).build(draft=model(BLOCKS))
        one = model(TARGET).build()
        assert [op for op in both.operators if op.stack != DRAFT] == list(one.operators)
        for entries in (both.operators, both.weights):
            paths = [(entry.stack, entry.block, entry.name) for entry in entries]
            assert len(paths) == len(set(paths))

    def test_name_the_draft_in_formulas(self) -> None:
        target, draft = model(TARGET), model(BLOCKS)
        working = target.explain(draft=draft)
        names = {name.name: name for name in working.names}
        assert (names["draft_num_hidden_layers"].value, names["num_hidden_layers"].value) == (5, 36)
        assert names["draft_num_hidden_layers"].origin == "key `draft:num_hidden_layers`"
        graph = target.build(draft=draft)
        assert {figure.name: figure.value for figure in working.figures}["parameters"] == graph.parameters
        (operator,) = (op for op in graph.operators if op.path == "draft.layer.attention.q_proj")
        assert operator.trace["k"] == "draft_hidden_size"

    def test_go_to_another_process(self) -> None:
        graph = model(TARGET).build(draft=model(BLOCKS))
        assert pickle.loads(pickle.dumps(graph)) == graph

    def test_are_what_fits_is_computed_of(self) -> None:
        target, draft = model(TARGET), model(BLOCKS)
        (alone,) = target.fit("H100-80GB", gpus=[1]).layouts
        (both,) = target.fit("H100-80GB", gpus=[1], draft=draft).layouts
        assert both.weights - alone.weights == draft.build().weight_bytes
        assert both.capacities[0].bytes > alone.capacities[0].bytes


class TestCommand:
    @pytest.mark.parametrize("command", [["explain"], ["build"], ["fit", "--gpu", "H100-80GB", "--gpus", "1"]])
    def test_takes_a_draft_and_names_it(self, command: list[str]) -> None:
        done = CliRunner().invoke(main, [command[0], TARGET, "--offline", "--draft", BLOCKS, *command[1:]])
        assert done.exit_code == 0, done.output
        assert done.stdout.startswith(f"{TARGET} with {BLOCKS}")

    def test_says_why_a_draft_can_not_be_taken(self) -> None:
        done = CliRunner().invoke(main, ["build", TARGET, "--offline", "--draft", DEEPSEEK])
        assert done.exit_code == 1
        assert "it takes the target's embedding, which is 151,936 × 4,096" in done.stderr

    def test_refuses_a_draft_that_is_no_source(self) -> None:
        assert CliRunner().invoke(main, ["explain", TARGET, "--offline", "--draft", "..."]).exit_code == 2


def test_the_shorthand_takes_a_source() -> None:
    graph = la.build(TARGET, offline=True, draft=BLOCKS)
    assert graph.parameters == model(TARGET).build(draft=model(BLOCKS)).parameters


class TestWhatIsTaken:
    def test_is_named_and_counted_once(self) -> None:
        target, draft = model(LLAMA), model(LLAMA, architectures=["LlamaForCausalLMEagle"])
        both = target.build(la.Schedule(engine="checkpoint"), draft=draft)
        table = 1000 * 64
        assert both.parameters == target.build().parameters + draft.build().parameters - 2 * table
        assert not any(weight.shape == (1000, 64) for weight in both.weights if weight.stack == DRAFT)
        assert (
            "the draft takes of its target, where it is counted once: embedding (128 kB of a rank), hidden states, "
            "head (128 kB of a rank)"
        ) in both.notes

    def test_a_head_of_fewer_tokens_is_the_drafts_own(self) -> None:
        target, draft = model(LLAMA), model(LLAMA, architectures=["LlamaForCausalLMEagle3"], draft_vocab_size=100)
        both = target.build(draft=draft)
        assert {w.shape for w in both.weights if w.stack == DRAFT and w.block == "outputs"} == {(100, 64)}
        assert both.parameters == target.build().parameters + draft.build().parameters - 1000 * 64

    def test_a_table_of_another_width_is_the_drafts_own(self) -> None:
        draft = model(LLAMA, architectures=["LlamaForCausalLMEagle3"], draft_vocab_size=100, target_hidden_size=128)
        both = model(LLAMA, hidden_size=128).build(draft=draft)
        assert (1000, 64) in {weight.shape for weight in both.weights if weight.stack == DRAFT}

    def test_an_assistant_keeps_nothing_and_reads_what_its_target_keeps(self) -> None:
        target, draft = model("google/gemma-4-E2B-it"), la.load(_config("Gemma4AssistantForCausalLM"))
        assert draft.build().parameters == 916_626_944  # transformers' class of the same config
        both = target.build(draft=draft)
        assert "keys and values" in next(note for note in both.notes if note.startswith("the draft takes"))
        for reserve in (False, True):
            kept = [graph.rank_kv_cache_bytes(5000, reserve=reserve) for graph in (target.build(), both)]
            assert kept[0] == kept[1]

    def test_a_small_model_takes_nothing(self) -> None:
        target, draft = model(LLAMA, num_hidden_layers=4), model(LLAMA)
        both = target.build(draft=draft)
        assert both.weight_bytes == target.build().weight_bytes + draft.build().weight_bytes
        assert any(note.startswith("the draft takes nothing of its target but tokens") for note in both.notes)

    @pytest.mark.parametrize(
        ("draft", "said"),
        [
            ({"architectures": ["LlamaForCausalLMEagle"], "vocab_size": 500}, "embedding, which is 1,000 × 64, and"),
            ({"architectures": ["LlamaForCausalLMEagle"], "hidden_size": 32}, "the draft's is 1,000 × 32"),
            ({"vocab_size": 500}, "its vocabulary has 500 tokens, and the target's 1,000"),
            (
                {"architectures": ["LlamaForCausalLMEagle3"], "target_hidden_size": 33},
                "it projects 99 features of hidden states, and the target's have 64",
            ),
        ],
    )
    def test_has_to_be_there(self, draft: dict[str, Any], said: str) -> None:
        with pytest.raises(la.BuildError, match=said):
            model(LLAMA).build(draft=model(LLAMA, **draft))

    def test_gaps_of_the_draft_are_gaps_of_both(self) -> None:
        draft = model(LLAMA, architectures=["LlamaForCausalLMEagle"], unheard_of=3)
        both = model(LLAMA).build(draft=draft)
        assert [gap.name for gap in both.gaps] == ["draft.unheard_of"]
