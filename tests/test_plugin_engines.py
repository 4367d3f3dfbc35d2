"""Engines of plugins, as they are really installed: what one of them does bears on nothing but its own answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import llmsim_adapters as la
from llmsim_adapters.api import Builders
from llmsim_adapters.cli import builders as shown
from llmsim_adapters.plugins.engines import engines_of
from llmsim_adapters.plugins.isolation import TIMEOUT
from tests.facts import LLAMA
from tests.plugins import distributions
from tests.plugins.distributions import BUILT_INS, NAME, VERSION, Plugins, model

if TYPE_CHECKING:
    from collections.abc import Iterator

MISTRAL = "mistralai/Mistral-7B-v0.1"
VOCABULARY, HIDDEN = 32_000, 4096

PREAMBLE = """\
import sys, time
import llmsim_adapters as la

def hang(*_):
    time.sleep(60)

RULES = (
    la.Format(name="halved", source="config.py", of=lambda asked, dtype: "bfloat16"),
    la.Store(
        name="padded vocabulary", source="embedding.py", tensors=("embedding.weight", "head.weight"), rows_to=256,
        note="vocabularies are padded to 256",
    ),
    la.Refuse(
        name="experts", source="args.py",
        reason=lambda asked: "schedule field `ep_size`: no experts" if asked.schedule.ep_size > 1 else "",
    ),
)
OPTIONS = (la.EngineOption(name="eager", default=False, meaning="no graphs are captured"),)
ENGINE = la.Engine(name="acme", version="7.1", summary="Acme's server", rules=RULES, options=OPTIONS)
"""

REGISTER = """
@la.hookimpl
def llmsim_register_engines():
    return [ENGINE]
"""


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    yield from distributions.plugins(tmp_path, monkeypatch)


@pytest.fixture(autouse=True)
def impatient_with_what_hangs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait long for everything else: a slow machine must fail no test."""
    if "hang" in request.node.name:
        monkeypatch.setenv(TIMEOUT, "0.2")


@pytest.fixture(scope="module")
def alone() -> dict[str, Any]:
    """What the model's coverage and figures are when no plugin is there."""
    with pytest.MonkeyPatch.context() as patch:
        return figures(model(MISTRAL, Plugins(Path(), patch).load({"LLMSIM_ADAPTERS_PLUGINS": ""})))


def figures(m: la.Model) -> dict[str, Any]:
    own = {name: m.build(la.Schedule(engine=name, tp_size=2)).to_dict() for name in ("sglang", "checkpoint", "llmsim")}
    return {"coverage": m.coverage.to_dict(), **own}


def install(plugins: Plugins, source: str = "", register: str = REGISTER, **options: str) -> Plugins:
    return plugins.install(source, preamble=PREAMBLE, register=register, **options)


class TestAnEngineOfAPlugin:
    def test_lays_models_out_by_its_rules(self, plugins: Plugins, alone: dict[str, Any]) -> None:
        loaded = install(plugins).load()
        assert loaded.broken == []
        m = model(MISTRAL, loaded)
        graph = m.build(la.Schedule(engine="acme", tp_size=8))
        (head,) = (weight for weight in graph.weights if weight.name == "head.weight")
        assert head.shape == (VOCABULARY, HIDDEN)
        assert head.rank_shape == (VOCABULARY // 8, HIDDEN)  # 32,000 rows are a multiple of 256, and have eight parts
        assert figures(m) == alone

    def test_pads_and_says_so(self, plugins: Plugins) -> None:
        loaded = install(plugins).load()
        graph = model(LLAMA, loaded).build(la.Schedule(engine="acme"))
        (head,) = (weight for weight in graph.weights if weight.name == "head.weight")
        assert head.rank_shape == (1024, LLAMA["hidden_size"])
        assert graph.notes == ("vocabularies are padded to 256",)

    def test_refuses_with_its_reason(self, plugins: Plugins) -> None:
        m = model(MISTRAL, install(plugins).load())
        with pytest.raises(la.ScheduleError, match=r"`ep_size`: no experts \(acme: args.py\)"):
            m.build(la.Schedule(engine="acme", tp_size=2, ep_size=2))

    def test_has_its_own_options(self, plugins: Plugins) -> None:
        m = model(MISTRAL, install(plugins).load())
        assert m.build(la.Schedule(engine="acme", engine_options={"eager": True})).weight_bytes
        with pytest.raises(la.ScheduleError, match="engine `acme` has no option `page_size`; it has eager"):
            m.build(la.Schedule(engine="acme", engine_options={"page_size": 16}))

    def test_is_shown_with_the_others(self, plugins: Plugins) -> None:
        loaded = install(plugins).load()
        found = Builders(tuple(loaded.builders.values()), tuple(loaded.broken), engines_of(loaded))
        *_, entry = shown.data(found)["engines"]
        assert entry == {
            "name": "acme",
            "distribution": NAME,
            "version": VERSION,
            "built_in": False,
            "summary": "Acme's server",
            "engine_version": "7.1",
            "options": [{"name": "eager", "default": False, "meaning": "no graphs are captured", "choices": []}],
            "rules": 3,
        }
        assert [engine["name"] for engine in shown.data(found)["engines"]] == ["sglang", "checkpoint", "llmsim", "acme"]

    def test_that_is_not_there_is_one_clear_error(self, plugins: Plugins) -> None:
        m = model(MISTRAL, install(plugins).load())
        with pytest.raises(la.ScheduleError, match="expected one of sglang, checkpoint, llmsim, acme"):
            m.build(la.Schedule(engine="acmee"))


BROKEN = {
    "raises": ("raise ValueError('bad luck')", "llmsim_register_engines: ValueError: bad luck"),
    "exits": ("sys.exit(3)", "llmsim_register_engines: SystemExit: 3"),
    "hangs": ("hang()", "llmsim_register_engines: did not answer within 0.2 s"),
    "returns an engine": ("return ENGINE", "returned Engine; expected a list"),
    "returns a word": ("return ['acme']", "'acme' is not an Engine"),
    "returns a class": ("return [la.Engine]", "is not an Engine"),
    "a built-in one's name": ("return [la.Engine(name='sglang')]", "engine name `sglang` is taken by llmsim-adapters"),
    "no name": ("return [la.Engine(name='')]", "engine name '': expected lower-case letters"),
    "a name of bytes": ("return [la.Engine(name=b'acme')]", "engine name b'acme'"),
    "rules in a list": ("return [la.Engine(name='acme', rules=list(RULES))]", "the rules of engine `acme`, a tuple"),
    "rules of words": ("return [la.Engine(name='acme', rules=('pad',))]", "('pad',) is not the rules of engine"),
    "options of words": ("return [la.Engine(name='acme', options=('x',))]", "('x',) is not the options of engine"),
    "an option of no kind": (
        "return [la.Engine(name='acme', options=(la.EngineOption(name='x', default=None, meaning=''),))]",
        "is not option `x` of engine `acme`",
    ),
    "choices in no tuple": (
        "return [la.Engine(name='acme', options=(la.EngineOption(name='x', default=1, meaning='', choices=None),))]",
        "is not option `x` of engine `acme`",
    ),
    "a version of numbers": ("return [la.Engine(name='acme', version=(7, 1))]", "(7, 1) is not a text of engine"),
    "architectures in a list": ("return [la.Engine(name='acme', registers=['A'])]", "['A'] is not the architectures"),
    "a rule about a word": (
        "return [la.Engine(name='acme', rules=(la.Note(name='n', source='s', architectures='A'),))]",
        "is not a rule of engine `acme`",
    ),
    "a rule at no time": (
        "return [la.Engine(name='acme', rules=(la.Note(name='n', source='s', when=3),))]",
        "3 is not `when` of rule `n`",
    ),
}


@pytest.mark.parametrize(("body", "reason"), BROKEN.values(), ids=list(BROKEN))
def test_an_engine_that_cannot_be_registered(body: str, reason: str, plugins: Plugins, alone: dict[str, Any]) -> None:
    register = f"@la.hookimpl\ndef llmsim_register_engines():\n    {body}\n"
    loaded = install(plugins, register=register).load()
    assert [(b.entry_point, b.distribution, b.version) for b in loaded.broken] == [("acme", NAME, VERSION)]
    assert reason in loaded.broken[0].error
    assert loaded.broken[0].error.isprintable()
    assert (loaded.engines, sorted(loaded.builders)) == ({}, BUILT_INS)
    assert figures(model(MISTRAL, loaded)) == alone


def test_two_engines_of_one_name_leave_it_to_the_first(plugins: Plugins) -> None:
    loaded = install(install(plugins, name="first"), name="second").load()
    assert loaded.engines["acme"].distribution == "first"
    assert [b.distribution for b in loaded.broken] == ["second"]
    assert "engine name `acme` is taken by first 1.2.3" in loaded.broken[0].error


def test_a_broken_engine_leaves_the_plugin_its_other_ones(plugins: Plugins) -> None:
    register = "@la.hookimpl\ndef llmsim_register_engines(): return [3, ENGINE]\n"
    loaded = install(plugins, register=register).load()
    assert list(loaded.engines) == ["acme"]
    assert len(loaded.broken) == 1


BROKEN_RULES = {
    "when raises": ("la.Note(name='n', source='s', when=lambda asked: 1 / 0)", "ZeroDivisionError"),
    "when hangs": ("la.Note(name='n', source='s', when=hang)", "did not answer within 0.2 s"),
    "a refusal raises": ("la.Refuse(name='n', source='s', reason=lambda asked: 1 / 0)", "ZeroDivisionError"),
    "a refusal exits": ("la.Refuse(name='n', source='s', reason=lambda asked: sys.exit(3))", "SystemExit: 3"),
    "a format of no name": ("la.Format(name='n', source='s', of=lambda asked, dtype: 'float3')", "float3"),
    "a format of nothing": ("la.Format(name='n', source='s', of=lambda asked, dtype: None)", "None"),
    "what is stored beside raises": ("la.Beside(name='n', source='s', kind='mlp', put=lambda *_: 1 / 0)", "ZeroDiv"),
    "what is stored beside hangs": ("la.Beside(name='n', source='s', kind='mlp', put=hang)", "did not answer"),
    "a shape of words": (
        "la.Beside(name='n', source='s', kind='mlp', put=lambda part, shelf: shelf.store('x', ('wide',)))",
        "found 'wide' (str)",
    ),
    "rows to a word": ("la.Store(name='n', source='s', tensors=('head.weight',), rows_to='wide')", "Error"),
}


@pytest.mark.parametrize(("rule", "reason"), BROKEN_RULES.values(), ids=list(BROKEN_RULES))
def test_a_rule_that_fails_costs_its_engine_the_answer_and_nobody_else(
    rule: str, reason: str, plugins: Plugins, alone: dict[str, Any]
) -> None:
    loaded = install(plugins, f"ENGINE = la.Engine(name='acme', rules=({rule},))").load()
    assert loaded.broken == []
    m = model(MISTRAL, loaded)
    with pytest.raises(la.BuildError, match=rf"{NAME} {VERSION}: ") as failed:
        m.build(la.Schedule(engine="acme"))
    assert reason in str(failed.value)
    assert figures(m) == alone


def test_an_engine_that_hangs_is_waited_for_once(plugins: Plugins) -> None:
    loaded = install(
        plugins, "ENGINE = la.Engine(name='acme', rules=(la.Note(name='n', source='s', when=hang),))"
    ).load()
    said = []
    for _ in range(3):
        with pytest.raises(la.BuildError) as failed:
            model(MISTRAL, loaded).build(la.Schedule(engine="acme"))
        said.append(str(failed.value).endswith("not asked again"))
    assert said == [False, True, True]
