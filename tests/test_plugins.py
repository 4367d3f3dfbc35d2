"""Plugins, as they are really installed: whatever one of them does, it costs nothing but its own answer."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

import llmsim_adapters as la
from llmsim_adapters.plugins.isolation import TIMEOUT
from llmsim_adapters.sources import bundled_ids
from tests.hub.fixtures import ROOT
from tests.plugins import distributions
from tests.plugins.distributions import BUILT_INS, NAME, VERSION, Plugins, answer, model, module_of, write

if TYPE_CHECKING:
    from collections.abc import Iterator

MISTRAL = "mistralai/Mistral-7B-v0.1"
LABEL = f"{NAME} {VERSION}"


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    yield from distributions.plugins(tmp_path, monkeypatch)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a second, in which everything that comes before the hanging is done on a slow machine, too."""
    monkeypatch.setenv(TIMEOUT, "1")


@pytest.fixture(autouse=True)
def impatient_with_what_hangs(request: pytest.FixtureRequest) -> None:
    """Wait long for everything else: a slow machine must fail no test."""
    if re.search(r"(?<![a-z])hangs?(?![a-z])", request.node.name):
        request.getfixturevalue("impatient")


@pytest.fixture(scope="module")
def alone() -> dict[str, dict[str, Any]]:
    """What the built-in builders say when nobody else is there."""
    with pytest.MonkeyPatch.context() as patch:
        registered = Plugins(Path(), patch).load({"LLMSIM_ADAPTERS_PLUGINS": ""})
    assert sorted(registered.builders) == BUILT_INS
    return {source: model(source, registered).coverage.to_dict() for source in bundled_ids()}


# What a module can be, and the reason that is shown. Each is a body for `PREAMBLE` and `REGISTER`.
BROKEN_AT_LOAD = {
    "import of a missing module": ("import no_such_module", "No module named 'no_such_module'"),
    "syntax error": ("def f(:", "SyntaxError"),
    "raises in import": ("raise ValueError('bad luck')", "import: ValueError: bad luck"),
    "exits in import": ("sys.exit(3)", "import: SystemExit: 3"),
    "interrupts in import": ("raise KeyboardInterrupt", "import: KeyboardInterrupt"),
    "hangs in import": ("hang()", "import: did not answer within 1 s"),
    "error whose text raises": (
        "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
        "import: E: (the error has no text",
    ),
    "terminal escapes in an error": ("raise ValueError('\\x1b[31mred')", "ValueError: \\x1b[31mred"),
    "raises in __init__": (
        "class Acme(Acme):\n    def __init__(self): raise OSError('no disk')",
        "OSError: no disk",
    ),
    "needs arguments": ("class Acme(Acme):\n    def __init__(self, x): pass", "TypeError"),
    "hangs in __init__": ("class Acme(Acme):\n    def __init__(self): hang()", "did not answer within 1 s"),
    "__new__ returns something else": ("class Acme(Acme):\n    def __new__(cls): return 3", "3 is not builder `acme`"),
    "no name": ("class Acme(la.Builder):\n    requirements = REQUIREMENTS", "builder name None"),
    "name is not a name": ("Acme.name = 'Acme Deluxe'", "builder name 'Acme Deluxe': expected lower-case letters"),
    "name is a property": ("Acme.name = property(lambda self: 1 / 0)", "builder name <property"),
    "name of a metaclass that raises": (
        """
        class Meta(type):
            @property
            def name(cls): raise RuntimeError("no name today")
        class Acme(la.Builder, metaclass=Meta):
            requirements = REQUIREMENTS
        """,
        "RuntimeError: no name today",
    ),
    "name of a built-in": ("Acme.name = 'qwen3'", "builder name `qwen3` is taken by llmsim-adapters"),
    "no requirements": ("class Acme(la.Builder):\n    name = 'acme'", "`requirements` is NoneType"),
    "requirements are a property": ("Acme.requirements = property(lambda self: 1 / 0)", "`requirements` is property"),
    "requirements are a dictionary": ("Acme.requirements = {'categories': ['dense']}", "`requirements` is dict"),
    "requirements that were tampered with": (
        "object.__setattr__(REQUIREMENTS, 'parameters', 'hidden_size')",
        "field `parameters` of Requirements: found 'hidden_size' (str); expected a tuple of names",
    ),
}

BROKEN_HOOKS = {
    "raises": ("raise ValueError('bad luck')", "llmsim_register_builders: ValueError: bad luck"),
    "exits": ("sys.exit()", "llmsim_register_builders: SystemExit"),
    "hangs": ("hang()", "llmsim_register_builders: did not answer within 1 s"),
    "returns None": ("return None", "returned NoneType; expected a list"),
    "returns a string": ("return 'acme'", "returned str; expected a list"),
    "returns a dictionary": ("return {'acme': Acme}", "returned dict; expected a list"),
    "is a generator": ("yield Acme", "returned generator; expected a list"),
    "returns a class": ("return Acme", "returned type; expected a list"),
    "returns a number in a list": ("return [3]", "3 is not a subclass of llmsim_adapters.Builder"),
    "returns an instance": ("return [Acme()]", "is not a subclass of llmsim_adapters.Builder"),
    "returns another class": ("return [int]", "<class 'int'> is not a subclass of llmsim_adapters.Builder"),
    "returns what raises in repr": (
        "return [type('R', (), {'__repr__': lambda self: 1 / 0})()]",
        "ZeroDivisionError",
    ),
}

BROKEN_SIGNATURES = {
    "misspelt hook": (
        "@la.hookimpl\ndef llmsim_register_builder(): return [Acme]",
        "implements the hook `llmsim_register_builder`, which does not exist (did you mean llmsim_register_builders?)",
    ),
    "extra argument": (
        "@la.hookimpl\ndef llmsim_register_builders(config): return [Acme]",
        "Argument(s) {'config'} are declared in the hookimpl but can not be found in the hookspec",
    ),
    "hookimpl forgotten": (
        "def llmsim_register_builders(): return [Acme]",
        "is not marked by `@la.hookimpl`, so nobody calls it",
    ),
    "nothing at all": ("", "implements no hook; hooks are llmsim_register_components"),
}

BROKEN_REST = {
    "component: not a kind": ("components", "return [3]", "3 is not a ComponentKind"),
    "component: not a component": ("components", "return [la.ComponentKind(int, print)]", "is not a subclass of Comp"),
    "component: has a lowering already": (
        "components",
        "from llmsim_adapters.spec import MLP\n    return [la.ComponentKind(MLP, print)]",
        "component `mlp` is taken by llmsim-adapters",
    ),
    "component: lowering is nothing": (
        "components",
        "class C(la.Component): kind = 'c'\n    return [la.ComponentKind(C, None)]",
        "None is not a lowering of component `c`",
    ),
    "feature: known already": (
        "components",
        "class C(la.Component): kind = 'c'\n    f = la.Feature('qk_norm', '', C, bool, repr)\n"
        "    return [la.ComponentKind(C, print, (f,))]",
        "feature `qk_norm` is taken by llmsim-adapters",
    ),
    "feature: not a feature": (
        "components",
        "class C(la.Component): kind = 'c'\n    return [la.ComponentKind(C, print, ('warp',))]",
        "'warp' is not a Feature",
    ),
    "dialect: not a dialect": ("dialects", "return ['acme']", "'acme' is not a Dialect"),
    "dialect: declared by the package": (
        "dialects",
        "return [la.Dialect('llama', print, {})]",
        "model type `llama` is taken by llmsim-adapters",
    ),
    "dialect: no type": ("dialects", "return [la.Dialect('', print, {})]", "'' is not the model type of a dialect"),
    "dialect: aliases are a list": ("dialects", "return [la.Dialect('acme', print, {}, aliases=['a'])]", "list"),
    "dialect: raises": ("dialects", "raise ValueError('bad luck')", "llmsim_register_dialects: ValueError: bad luck"),
}


def broken(plugins: Plugins, reason: str, alone: dict[str, dict[str, Any]]) -> None:
    """The plugin is shown with its distribution, version and reason, and nothing else is different."""
    loaded = plugins.load()
    assert [(b.entry_point, b.distribution, b.version) for b in loaded.broken] == [("acme", NAME, VERSION)]
    assert reason in loaded.broken[0].error
    assert loaded.broken[0].error.isprintable()
    assert sorted(loaded.builders) == BUILT_INS
    assert model(MISTRAL, loaded).coverage.to_dict() == alone[MISTRAL]


class TestBrokenPlugins:
    @pytest.mark.parametrize(("source", "reason"), BROKEN_AT_LOAD.values(), ids=list(BROKEN_AT_LOAD))
    def test_a_module(self, source: str, reason: str, plugins: Plugins, alone: dict[str, Any]) -> None:
        broken(plugins.install(source), reason, alone)

    @pytest.mark.parametrize(("body", "reason"), BROKEN_HOOKS.values(), ids=list(BROKEN_HOOKS))
    def test_a_hook(self, body: str, reason: str, plugins: Plugins, alone: dict[str, Any]) -> None:
        register = f"@la.hookimpl\ndef llmsim_register_builders():\n    {body}\n"
        broken(plugins.install(register=register), reason, alone)

    @pytest.mark.parametrize(("register", "reason"), BROKEN_SIGNATURES.values(), ids=list(BROKEN_SIGNATURES))
    def test_the_shape_of_a_hook(self, register: str, reason: str, plugins: Plugins, alone: dict[str, Any]) -> None:
        broken(plugins.install(register=register), reason, alone)

    @pytest.mark.parametrize(("things", "body", "reason"), BROKEN_REST.values(), ids=list(BROKEN_REST))
    def test_what_else_it_brings(
        self, things: str, body: str, reason: str, plugins: Plugins, alone: dict[str, Any]
    ) -> None:
        register = f"@la.hookimpl\ndef llmsim_register_{things}():\n    {body}\n"
        broken(plugins.install(register=register), reason, alone)

    @pytest.mark.usefixtures("impatient")
    def test_all_of_them_beside_a_good_one(self, plugins: Plugins, alone: dict[str, Any]) -> None:
        sources = [source for source, _ in BROKEN_AT_LOAD.values()]
        for index, source in enumerate(sources):
            plugins.install(source, name=f"broken-{index:02}", entry_point=f"broken{index}")
        loaded = plugins.install(name="zeta").load()
        assert len(loaded.broken) == len(sources)
        assert sorted(loaded.builders) == ["acme", *BUILT_INS]
        assert loaded.builders["acme"].distribution == "zeta"
        for source, said in alone.items():
            assert [c for c in model(source, loaded).coverage.to_dict()["claims"] if c["builder"] != "acme"] == said[
                "claims"
            ]

    def test_two_plugins_of_one_name_leave_it_to_the_first(self, plugins: Plugins) -> None:
        loaded = plugins.install(name="first").install(name="second").load()
        assert loaded.builders["acme"].distribution == "first"
        assert [b.distribution for b in loaded.broken] == ["second"]
        assert "builder name `acme` is taken by first 1.2.3" in loaded.broken[0].error

    def test_a_broken_part_leaves_the_plugin_its_other_parts(self, plugins: Plugins) -> None:
        register = "@la.hookimpl\ndef llmsim_register_builders(): return [3, Acme]\n"
        register += "@la.hookimpl\ndef llmsim_register_dialects(): raise ValueError\n"
        loaded = plugins.install(register=register).load()
        assert sorted(loaded.builders) == ["acme", *BUILT_INS]
        assert len(loaded.broken) == 2

    def test_what_hung_is_not_registered_later(self, plugins: Plugins, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(TIMEOUT, "0.2")
        plugins.install("class Acme(Acme):\n    def __init__(self): time.sleep(0.4)")
        loaded = plugins.load()
        time.sleep(0.4)
        assert sorted(loaded.builders) == BUILT_INS

    def test_an_optional_hook_of_a_later_version_is_fine(self, plugins: Plugins) -> None:
        source = "@la.hookimpl(optionalhook=True)\ndef llmsim_register_worlds(): return []"
        loaded = plugins.install(source).load()
        assert loaded.broken == []
        assert "acme" in loaded.builders


class TestDiscovery:
    def test_a_list_of_entry_points_that_cannot_be_read(self, plugins: Plugins) -> None:
        text = "[llmsim_adapters]\nthis is no entry point\n"
        metadata = "Metadata-Version: 2.1\nName: torn\nVersion: 0.9\n"
        write(plugins.folder, {"torn-0.9.dist-info/METADATA": metadata, "torn-0.9.dist-info/entry_points.txt": text})
        loaded = plugins.install().load()
        assert "acme" in loaded.builders
        assert [(b.distribution, b.version) for b in loaded.broken] in ([("torn", "0.9")], [])

    def test_no_metadata(self, plugins: Plugins) -> None:
        plugins.install()
        next(plugins.folder.glob("*.dist-info/METADATA")).unlink()
        loaded = plugins.load()
        assert loaded.builders["acme"].distribution == "unknown"

    def test_a_module_that_is_gone(self, plugins: Plugins) -> None:
        plugins.install()
        module = module_of(plugins.folder)
        (plugins.folder / f"{module}.py").unlink()
        assert [b.error for b in plugins.load().broken] == [f"import: ModuleNotFoundError: No module named '{module}'"]

    def test_it_is_a_pure_function_of_what_is_installed(self, plugins: Plugins) -> None:
        first, second = plugins.install("Acme.name = 'qwen3'").load(), plugins.load()
        assert list(first.builders) == list(second.builders)
        assert first.broken == second.broken

    @pytest.mark.parametrize(
        ("environment", "loaded"),
        [
            ({}, {"acme", "beta"}),
            ({"LLMSIM_ADAPTERS_PLUGINS": ""}, set()),
            ({"LLMSIM_ADAPTERS_PLUGINS": " "}, set()),
            ({"LLMSIM_ADAPTERS_PLUGINS": "acme"}, {"acme"}),
            ({"LLMSIM_ADAPTERS_PLUGINS": "Acme.Tools"}, {"acme"}),
            ({"LLMSIM_ADAPTERS_PLUGINS": "acme-tools, BETA_plug"}, {"acme", "beta"}),
            ({"LLMSIM_ADAPTERS_DISABLE": ""}, {"acme", "beta"}),
            ({"LLMSIM_ADAPTERS_DISABLE": "acme"}, {"beta"}),
            ({"LLMSIM_ADAPTERS_DISABLE": "ACME__tools"}, {"beta"}),
            ({"LLMSIM_ADAPTERS_DISABLE": "builtin,llmsim-adapters"}, {"acme", "beta"}),
            ({"LLMSIM_ADAPTERS_PLUGINS": "acme,beta", "LLMSIM_ADAPTERS_DISABLE": "beta-plug"}, {"acme"}),
        ],
    )
    def test_environment(self, environment: dict[str, str], loaded: set[str], plugins: Plugins) -> None:
        plugins.install().install("Acme.name = 'beta'", name="Beta_Plug", entry_point="beta")
        registered = plugins.load(environment)
        assert set(registered.builders) - set(BUILT_INS) == loaded
        assert set(BUILT_INS) <= set(registered.builders)
        assert registered.broken == []

    def test_what_is_not_loaded_is_not_imported(self, plugins: Plugins) -> None:
        plugins.install("raise ValueError").load({"LLMSIM_ADAPTERS_DISABLE": "acme"})
        assert module_of(plugins.folder) not in sys.modules

    @pytest.mark.parametrize("what", ["PLUGINS", "DISABLE", "PREFER"])
    def test_a_name_in_a_list_that_no_plugin_has_is_shown(self, what: str, plugins: Plugins) -> None:
        variable = f"LLMSIM_ADAPTERS_{what}"
        (missing,) = plugins.install().load({variable: "acme-toolz"}).broken
        assert missing.entry_point == "acme-toolz"
        assert missing.error == (
            f"{variable} names it, and no plugin of this name is installed (did you mean acme-tools?)"
        )


# What two distributions bring under one name, and what tells them apart: (hook, items, which of them it is).
TWINS = {
    "builder name `acme`": ("builders", "[Acme]"),
    "model type `acme`": ("dialects", "[la.dialect('llama').like('acme')]"),
    "engine name `acme`": ("engines", "[la.Engine(name='acme', version='1', summary='one')]"),
    "component `acme`": ("components", "[la.ComponentKind(type('A', (la.Component,), {'kind': 'acme'}), print)]"),
}


class TestTwoOfOneName:
    @pytest.mark.parametrize("preferred", ["", "second", "other,Second"])
    @pytest.mark.parametrize("what", TWINS)
    def test_the_first_has_it_unless_another_is_preferred(self, what: str, preferred: str, plugins: Plugins) -> None:
        hook, items = TWINS[what]
        register = f"@la.hookimpl\ndef llmsim_register_{hook}():\n    return {items}\n"
        for name in ("first", "other", "second"):
            plugins.install(
                name=name, entry_point=name, register=register if name != "other" else distributions.REGISTER
            )
        loaded = plugins.load({"LLMSIM_ADAPTERS_PREFER": preferred, "LLMSIM_ADAPTERS_PLUGINS": "first,second"})
        winner, loser = ("second", "first") if preferred else ("first", "second")
        assert [fault.distribution for fault in loaded.broken] == [loser]
        taken = f"{what} is taken by {winner} 1.2.3; LLMSIM_ADAPTERS_PREFER={loser} takes this one instead"
        assert taken in loaded.broken[0].error

    LLAMA = """
    @la.hookimpl
    def llmsim_register_dialects():
        return [la.dialect("llama").like("llama", tie_word_embeddings=True)]
    """
    SIZES: ClassVar = {"vocab_size": 500, "hidden_size": 64, "intermediate_size": 160, "num_hidden_layers": 3}
    CONFIG: ClassVar = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], **SIZES, "num_attention_heads": 4}

    def test_a_built_in_dialect_is_replaced_where_that_is_asked_for(self, plugins: Plugins) -> None:
        plugins.install(self.LLAMA, register="")
        usual = plugins.load()
        assert "PREFER=Acme.Tools takes this one instead" in usual.broken[0].error
        before = model(self.CONFIG, usual)
        assert (before.coverage.evidence, before.coverage.gaps) == (la.Evidence.VERIFIED, ())

        asked = plugins.load({"LLMSIM_ADAPTERS_PREFER": NAME})
        assert asked.broken == []
        m = model(self.CONFIG, asked)
        assert before.build().parameters - m.build().parameters == 500 * 64
        for gaps in (m.coverage.gaps, m.build().gaps):
            assert [(gap.kind, gap.name) for gap in gaps] == [(la.GapKind.INFERRED, "dialect")]
            assert gaps[0].detail.startswith(f"{LABEL} reads `llama` in place of the package's own dialect")
        assert (m.coverage.status, m.coverage.evidence) == (la.Status.PARTIALLY_SUPPORTED, la.Evidence.BUILT)
        assert not m.coverage.served
        assert model(MISTRAL, asked).coverage == model(MISTRAL, usual).coverage


def own(method: str, body: str) -> str:
    """A builder with code of its own; with more parameters than any built-in, it would be first in line."""
    arguments = {"claim": "reading, claim", "build": "spec, schedule, wire"}[method]
    return f"class Acme(Acme):\n    def {method}(self, {arguments}):\n        {body}\n"


BROKEN_CLAIMS = {
    "raises": ("raise ValueError('bad luck')", "ValueError: bad luck"),
    "exits": ("sys.exit('bye')", "SystemExit: bye"),
    "interrupts": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "hangs": ("hang()", "did not answer within 1 s"),
    "returns None": ("return None", "claim: found None (NoneType); expected a Claim"),
    "returns True": ("return True", "expected a Claim"),
    "another's name": ("return claim._replace(builder='qwen3')", "builder of the claim: found 'qwen3'"),
    "claims is a word": ("return claim._replace(claims='yes')", "`claims` of the claim: found 'yes'"),
    "gaps is a list": ("return claim._replace(gaps=[])", "gaps: found []"),
    "gaps of strings": ("return claim._replace(gaps=('slow',))", "an item of `gaps`: found 'slow'"),
    "gap of no kind": ("return claim._replace(gaps=(la.Gap('slow', 'a', 'b'),))", "kind of a gap: found 'slow'"),
    "gap without a text": (
        "return claim._replace(gaps=(la.Gap(la.GapKind.INFERRED, 'a', None),))",
        "detail of a gap: found None",
    ),
    "missing parameters of numbers": ("return claim._replace(missing_parameters=(3,))", "missing_parameters"),
    "claims what it misses": ("return claim._replace(missing_parameters=('x',))", "has missing parameters"),
}

BROKEN_BUILDS = {
    "raises": ("raise ValueError('bad luck')", "ValueError: bad luck"),
    "exits": ("sys.exit('bye')", "SystemExit: bye"),
    "refuses one rank": ("raise la.ScheduleError('\x1b[31mred')", r"\x1b[31mred"),
    "recurses": ("return self.build(spec, schedule, wire)", "RecursionError"),
    "hangs": ("hang()", "did not answer within 1 s"),
    "returns None": ("return None", "graph: found None (NoneType); expected an OperatorGraph"),
    "returns the spec": ("return spec", "expected an OperatorGraph"),
    "another schedule": ("return wire(spec, la.Schedule(batch_size=7))", "the graph is one under another schedule"),
    "operators of strings": (
        "return la.OperatorGraph(schedule, ('matmul',), (), ())",
        "an item of `operators`: found 'matmul'",
    ),
    "weights is a number": ("return la.OperatorGraph(schedule, (), 7, ())", "weights: found 7"),
    "a weight of words": (
        "return la.OperatorGraph(schedule, (), (la.Weight('w', ('a',), 1, 'int8', 'parameter', 'row', '', ''),), ())",
        "shape of a weight",
    ),
    "a weight of no format": (
        "return la.OperatorGraph(schedule, (), (la.Weight('w', (1,), 1, 'float3', 'parameter', 'row', '', ''),), ())",
        "weight `w`: `dtype` is 'float3' (did you mean float32?); expected one of float64",
    ),
    "negative weights": (
        "return la.OperatorGraph(schedule, (), (la.Weight('w', (-1,), 1, 'int8', 'parameter', 'row', '', ''),), ())",
        "`parameters` of the graph: found -1",
    ),
}


class TestCodeThatFails:
    """Builders that load well and fail when they are asked about a model."""

    @pytest.mark.parametrize(("body", "reason"), BROKEN_CLAIMS.values(), ids=list(BROKEN_CLAIMS))
    def test_in_claim(self, body: str, reason: str, plugins: Plugins, alone: dict[str, Any]) -> None:
        self.fails(plugins.install(own("claim", body)), reason, alone)

    @pytest.mark.parametrize(("body", "reason"), BROKEN_BUILDS.values(), ids=list(BROKEN_BUILDS))
    def test_in_build(self, body: str, reason: str, plugins: Plugins, alone: dict[str, Any]) -> None:
        self.fails(plugins.install(own("build", body)), reason, alone)

    def fails(self, plugins: Plugins, reason: str, alone: dict[str, Any]) -> None:
        loaded = plugins.load()
        assert loaded.broken == []
        m = model(MISTRAL, loaded)
        assert answer(m.coverage) == alone[MISTRAL]
        (claim,) = (c for c in m.coverage.claims if c.builder == "acme")
        assert claim.claims is False
        assert claim.gaps[-1].kind is la.GapKind.PLUGIN_ERROR
        assert claim.gaps[-1].detail.startswith(f"{LABEL}: ")
        assert reason in claim.gaps[-1].detail
        assert m.build().builder == "qwen3"
        with pytest.raises(la.BuildError, match="builder acme does not claim"):
            m.build(builder="acme")
        json.dumps(m.coverage.to_dict(), allow_nan=False)

    def test_only_under_another_schedule(self, plugins: Plugins) -> None:
        body = "return wire(spec, schedule) if schedule.batch_size == 1 else 1 / 0"
        m = model(MISTRAL, plugins.install(own("build", body)).load())
        assert m.build(builder="acme").builder == "acme"
        with pytest.raises(la.BuildError, match=f"builder acme failed: {NAME} {VERSION}: ZeroDivisionError"):
            m.build(la.Schedule(batch_size=2), builder="acme")

    def test_a_schedule_that_it_refuses_is_an_error_of_the_schedule(self, plugins: Plugins) -> None:
        m = model(MISTRAL, plugins.install(own("build", "return wire(spec, schedule)")).load())
        assert m.build(builder="acme").builder == "acme"
        with pytest.raises(la.ScheduleError, match="`tp_size` is 3; expected a divisor of num_attention_heads = 32"):
            m.build(la.Schedule(tp_size=3), builder="acme")

    def test_what_hangs_is_waited_for_once(self, plugins: Plugins) -> None:
        loaded = plugins.install(own("claim", "hang()")).load()
        details = [
            gap.detail
            for source in bundled_ids()[:8]
            for claim in model(source, loaded).coverage.claims
            for gap in claim.gaps
            if claim.builder == "acme" and gap.kind is la.GapKind.PLUGIN_ERROR
        ]
        assert len(details) == 8
        assert [detail.endswith("not asked again") for detail in details] == [False] + [True] * 7

    def test_a_claim_cannot_change_the_reading(self, plugins: Plugins, alone: dict[str, Any]) -> None:
        body = "reading.parameters.clear(); reading.gaps = ('x',); reading.without_effect['a'] = 'b'; return claim"
        m = model(MISTRAL, plugins.install(own("claim", body)).load())
        said = answer(m.coverage)
        assert m.coverage.builder == "acme"
        assert (said["parameters"], said["gaps"]) == (alone[MISTRAL]["parameters"], [])
        assert said["claims"] == alone[MISTRAL]["claims"]
        assert said["without_effect"] == alone[MISTRAL]["without_effect"]

    def test_a_refusal_without_a_reason_says_so(self, plugins: Plugins, alone: dict[str, Any]) -> None:
        m = model(MISTRAL, plugins.install(own("claim", "return claim._replace(claims=False)")).load())
        assert answer(m.coverage) == alone[MISTRAL]
        (claim,) = (c for c in m.coverage.claims if c.builder == "acme")
        assert claim.gaps[0].detail == "the builder refuses and gives no reason"

    def test_a_model_that_nobody_claims_has_the_reasons_of_the_claim_that_came_nearest(self, plugins: Plugins) -> None:
        config = {"model_type": "llama", "hidden_size": "wide"}
        body = "raise ValueError('bad luck')"
        unreadable = model(config, plugins.install(own("claim", body)).load()).coverage
        assert [gap.kind for gap in unreadable.gaps] == [la.GapKind.INVALID_CONFIG]
        loaded = plugins.load()
        del loaded.builders["qwen3"]
        m = model(MISTRAL, loaded)
        assert m.coverage.status is la.Status.NOT_SUPPORTED
        assert m.coverage.gaps == m.coverage.claims[0].reasons()
        with pytest.raises(la.BuildError, match=rf"plugin_error acme: {LABEL}: ValueError: bad luck \(\w+\.py:\d+\)"):
            m.build()

    @pytest.mark.parametrize(
        ("where", "line"),
        [
            ({"READ": "raise ValueError('boom')"}, "raise ValueError('boom')"),
            ({"READ": "la.decoder(r, None, None)"}, "la.decoder(r, None, None)"),
            ({"READ": "import json; json.loads('{')"}, "json.loads('{')"),
            ({"LOWER": "nothing = retro.size / 0"}, "nothing = retro.size / 0"),
        ],
        ids=["raised", "in this package", "in Python's library", "in a lowering"],
    )
    def test_an_error_has_the_line_of_the_plugin_that_it_is_from(
        self, where: dict[str, str], line: str, plugins: Plugins
    ) -> None:
        source = retro(**where)
        m = model(RETRO_CONFIG, plugins.install(source).load())
        file = plugins.folder / f"{module_of(plugins.folder)}.py"
        number = next(i for i, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if line in text)
        place = f"({file.name}:{number})"
        assert any(place in gap.detail for gap in m.coverage.gaps)
        with pytest.raises(la.BuildError) as caught:
            m.build()
        assert place in str(caught.value)

    def test_all_of_it_is_shown_where_it_is_asked_for(
        self, plugins: Plugins, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("LLMSIM_ADAPTERS_TRACEBACK", "1")
        body = "raise ValueError('\\x1b[31mbad luck')"
        assert model(MISTRAL, plugins.install(own("claim", body)).load()).coverage.builder == "qwen3"
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("Traceback (most recent call last):\n")
        assert err.endswith("ValueError: \\x1b[31mbad luck\n")


# Mistakes that no error follows from: what a plugin says besides `retro`, the line that it is in, and what is said.
MISTAKES = {
    "a default under a spelling": (
        "D = la.dialect('llama').like('acme', n_layer=3)\n",
        "n_layer=3",
        "dialect `acme`: nobody reads the default `n_layer` ({}), a spelling of `num_hidden_layers`: say that",
    ),
    "a default that nobody reads": (
        "D = la.dialect('llama').like('acme', tie_word_embedding=True)\n",
        "tie_word_embedding=",
        "dialect `acme`: nobody reads the default `tie_word_embedding` ({}) (did you mean tie_word_embeddings?)",
    ),
    "a misspelt argument of `like`": (
        "D = la.dialect('llama').like('acme', alises={'depth': 'num_hidden_layers'})\n",
        "alises=",
        "dialect `acme`: nobody reads the default `alises` ({}) (did you mean aliases?)",
    ),
    "a name that nothing is like": (
        "D = la.dialect('llama').like('acme', warp_drive=9)\n",
        "warp_drive=",
        "dialect `acme`: nobody reads the default `warp_drive` ({});"
        " `llmsim-adapters names` lists those that there are",
    ),
    "an alias for no parameter": (
        "D = la.dialect('llama').like('acme', aliases={'depth': 'num_hidden_layer'})\n",
        "'num_hidden_layer'",
        "dialect `acme`: the alias `depth` is for `num_hidden_layer` ({}), which is no canonical parameter"
        " (did you mean num_hidden_layers?)",
    ),
    "a requirement under a spelling": (
        "B = la.Requirements(categories={la.Category.DENSE}, parameters=('n_layer',), components={'norm'})\n",
        "'n_layer'",
        "builder `beta` requires `n_layer` ({}), which no dialect gives: it is a spelling of `num_hidden_layers`;"
        " say that",
    ),
    "a requirement that no dialect gives": (
        "B = la.Requirements(categories={la.Category.DENSE}, parameters=('hiden_size',), components={'norm'})\n",
        "'hiden_size'",
        "builder `beta` requires `hiden_size` ({}), which no dialect gives (did you mean hidden_size?)",
    ),
    "a requirement that ends as an argument of the dialect's is called": (
        "def read(r): return la.decoder(r, la.Attention(heads=r.size('num_attention_heads')), la.mlp(r))\n"
        "D = la.Dialect('acme', read, {})\n"
        "B = la.Requirements(categories={la.Category.DENSE}, parameters=('num_atention_heads',), components=())\n",
        "'num_atention_heads'",
        "builder `beta` requires `num_atention_heads` ({}), which no dialect gives (did you mean num_attention_heads?)",
    ),
    "a component that nobody registered": (
        "B = la.Requirements(categories={la.Category.DENSE}, parameters=(), components={'attentions'})\n",
        "'attentions'",
        "builder `beta` models the component `attentions` ({}), which nobody registered (did you mean attention?)",
    ),
    "a feature that nobody registered": (
        "B = la.Requirements(categories={la.Category.DENSE}, parameters=(), components=(), features={'qk_norms'})\n",
        "'qk_norms'",
        "builder `beta` models the feature `qk_norms` ({}), which nobody registered (did you mean qk_norm?)",
    ),
    "a hook that is not marked": (
        "D = la.dialect('llama').like('acme')\ndef llmsim_register_engines(): return []\n",
        "def llmsim_register_engines",
        "`llmsim_register_engines` ({}) is not marked by `@la.hookimpl`, so nobody calls it",
    ),
}
BRINGS = """
@la.hookimpl
def llmsim_register_dialects():
    return [D] if "D" in globals() else []

@la.hookimpl
def llmsim_register_builders():
    return [type("Beta", (la.Builder,), {"name": "beta", "requirements": B})] if "B" in globals() else []
"""

# Words that a lowering, or a dialect, may get wrong; the whole message stands where the plugin's model is asked for.
WRONG_WORDS = {
    "a sharding": (
        "site.linear('k_proj', retro.size, 6, 'kv_head')",
        "ValueError: linear `k_proj`: `sharding` is 'kv_head' (did you mean kv_heads?); expected one of",
    ),
    "a sharding by name": (
        "site.weight('g', (retro.size,), sharding='columns')",
        "ValueError: weight `g`: `sharding` is 'columns' (did you mean column?)",
    ),
    "a kind of cache": (
        "site.cache('key_values', retro.size, 'replicated')",
        "ValueError: cache `key_values`: `kind` is 'key_values' (did you mean key_value?); expected one of",
    ),
    "a number format": (
        "site.weight('g', (3,), 'replicated', dtype='fp8')",
        "ValueError: weight `g`: `dtype` is 'fp8'; expected one of float64",
    ),
    "a role": ("site.weight('g', (3,), 'replicated', 'buffers')", "`role` is 'buffers' (did you mean buffer?)"),
    "a kind of operator": ("site.product('p', 1, 2, 3, 6, kind='conv')", "`kind` is 'conv'; expected one of linear"),
}


class TestMistakes:
    @pytest.mark.parametrize(("source", "line", "said"), MISTAKES.values(), ids=list(MISTAKES))
    def test_are_named_with_the_line_to_mend(self, source: str, line: str, said: str, plugins: Plugins) -> None:
        loaded = plugins.install(source, preamble="import llmsim_adapters as la\n", register=BRINGS).load()
        (fault,) = loaded.broken
        file = plugins.folder / f"{module_of(plugins.folder)}.py"
        number = next(i for i, text in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if line in text)
        assert fault.error == said.format(f"{file.name}:{number}")
        assert fault.used
        assert {"acme", "beta"} & {*loaded.dialects, *loaded.builders}

    @pytest.mark.parametrize(("call", "said"), WRONG_WORDS.values(), ids=list(WRONG_WORDS))
    def test_words_in_a_lowering(self, call: str, said: str, plugins: Plugins) -> None:
        m = model(RETRO_CONFIG, plugins.install(retro(LOWER=call)).load())
        (gap,) = [gap for gap in m.coverage.gaps if gap.kind is la.GapKind.PLUGIN_ERROR]
        assert said in gap.detail
        assert re.search(rf"\({module_of(plugins.folder)}\.py:\d+\)$", gap.detail)

    def test_good_words_are_those_of_every_site(self, plugins: Plugins) -> None:
        loaded = plugins.install(
            retro(LOWER="site.product('p', 1, 2, 3, 6, kind='attention', sharding='heads')")
        ).load()
        assert loaded.broken == []
        assert model(RETRO_CONFIG, loaded).coverage.builder == "acme"

    @pytest.mark.parametrize("model_type", ["my model", " acme", "acme\\n"])
    def test_a_model_type_with_spaces(self, model_type: str, plugins: Plugins) -> None:
        source = f"D = la.dialect('llama').like('{model_type}')\n"
        loaded = plugins.install(source, preamble="import llmsim_adapters as la\n", register=BRINGS).load()
        assert "expected letters, digits, `_`, `-` and `.`" in loaded.broken[0].error
        assert "\\n" in model_type or ".py:2)" in loaded.broken[0].error  # where it stands
        assert loaded.dialects == {}

    def test_a_dialect_that_reads_nothing(self, plugins: Plugins) -> None:
        preamble = "import llmsim_adapters as la\n"
        loaded = plugins.install("D = la.Dialect('acme', None, {})\n", preamble=preamble, register=BRINGS).load()
        assert ".py:2): `read` is None; expected a function of a reader" in loaded.broken[0].error


class TestOutput:
    NOISE = "print('noise'); sys.stdout.write('noise'); sys.stdout.flush()"

    def test_what_plugins_print_goes_to_standard_error(
        self, plugins: Plugins, capsys: pytest.CaptureFixture[str]
    ) -> None:
        source = f"{self.NOISE}\n" + own("claim", f"{self.NOISE}; return claim")
        source += f"    def build(self, spec, schedule, wire):\n        {self.NOISE}; return wire(spec, schedule)\n"
        register = f"@la.hookimpl\ndef llmsim_register_builders():\n    {self.NOISE}; return [Acme]\n"
        claims = model(MISTRAL, plugins.install(source, register=register).load()).coverage.claims
        assert [claim.builder for claim in claims if claim.claims] == ["qwen3", "acme"]
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("noise") == 8

    @pytest.mark.parametrize("value", ["None", "open(__import__('os').devnull, 'w')", "sys.stderr"])
    @pytest.mark.parametrize("stream", ["stdout", "stderr"])
    @pytest.mark.filterwarnings("ignore::ResourceWarning")
    def test_a_plugin_that_replaces_a_stream(
        self, stream: str, value: str, plugins: Plugins, capsys: pytest.CaptureFixture[str]
    ) -> None:
        loaded = plugins.install(f"sys.{stream} = {value}").load()
        assert "acme" in loaded.builders
        print("data")
        print("talk", file=sys.stderr)
        assert capsys.readouterr() == ("data\n", "talk\n")

    def test_a_plugin_that_keeps_the_stream_of_its_import(
        self, plugins: Plugins, capsys: pytest.CaptureFixture[str]
    ) -> None:
        body = "print('noise', file=OUT); return claim"
        model(MISTRAL, plugins.install("OUT = sys.stdout\n" + own("claim", body)).load()).coverage  # noqa: B018
        assert capsys.readouterr() == ("", "noise\n")

    def test_other_threads_keep_standard_output(self, plugins: Plugins, capsys: pytest.CaptureFixture[str]) -> None:
        body = "reading.parameters; time.sleep(0.2); print('noise'); return claim"
        loaded = plugins.install(own("claim", body)).load()
        thread = threading.Thread(target=lambda: model(MISTRAL, loaded).coverage)
        thread.start()
        time.sleep(0.1)
        print("data")
        thread.join()
        assert capsys.readouterr() == ("data\n", "noise\n")


RETRO = """
from dataclasses import dataclass, replace
from typing import ClassVar
from llmsim_adapters.spec import Embedding, Head, MLP, Norm

@dataclass(frozen=True, slots=True)
class Retro(la.Component):
    kind: ClassVar[str] = "retro"
    size: int
    turns: int = 1
    def parts(self):
        PARTS
        return ()

def lower(retro, site):
    LOWER
    for turn in range(retro.turns):
        site.linear(f"turn{turn}", retro.size, retro.size, "column")
    site.cache("key_value", retro.size, "replicated")

def present(retro):
    PRESENT
    return retro.turns > 1

def remove(retro):
    REMOVE
    return replace(retro, turns=1)

def read(r):
    READ
    size, vocab = r.size("hidden_size"), r.size("vocab_size")
    turns = r.size("turns")
    norm = Norm(size)
    block = la.Block("layer", (la.Sublayer((Retro(size, turns),), (norm,)),))
    stack = la.Stack("text", (block,), (0,) * r.size("num_hidden_layers"))
    embedding = Embedding(vocab_size=vocab, hidden_size=size)
    head = Head(vocab_size=vocab, hidden_size=size)
    return la.ModelSpec(r.model_type, (stack,), (embedding,), (head,))

class Acme(la.Builder):
    name = "acme"
    requirements = la.Requirements(
        categories=frozenset({la.Category.DENSE}),
        parameters=("hidden_size", "num_hidden_layers"),
        components=frozenset({"norm", "embedding", "head", "retro"}),
        features=FEATURES,
    )

@la.hookimpl
def llmsim_register_components():
    return [la.ComponentKind(Retro, lower, (la.Feature("several_turns", "turns", Retro, present, remove),))]

@la.hookimpl
def llmsim_register_dialects():
    return [la.Dialect("retro", read, {"turns": 1})]
"""
HOOKS = ("PARTS", "LOWER", "PRESENT", "REMOVE", "READ")
RETRO_CONFIG = {
    "model_type": "retro",
    "architectures": ["RetroForCausalLM"],
    "hidden_size": 8,
    "vocab_size": 100,
    "num_hidden_layers": 3,
    "turns": 2,
}


def retro(features: str = "frozenset({'several_turns'})", **bodies: str) -> str:
    source = RETRO.replace("FEATURES", features)
    for hook in HOOKS:
        source = source.replace(hook, bodies.get(hook, "pass"))
    return source


class TestPluginsThatBringMore:
    """A dialect, a component with its lowering and a feature."""

    def test_a_model_of_their_own(self, plugins: Plugins, alone: dict[str, Any]) -> None:
        loaded = plugins.install(retro()).load()
        assert loaded.broken == []
        m = model(RETRO_CONFIG, loaded)
        assert m.coverage.status is la.Status.FULLY_SUPPORTED
        assert (m.coverage.builder, m.coverage.evidence) == ("acme", la.Evidence.BUILT)
        assert m.build().parameters == 2 * 100 * 8 + 3 * (8 + 2 * 8 * 8)
        assert m.build(la.Schedule(batch_size=2, seq_len=5)).kv_cache_elements(7) == 3 * 8 * 7
        assert m.build().operators[1].trace["flops"]
        assert m.explain()
        assert {c.builder for c in m.coverage.claims if not c.claims} == set(BUILT_INS)
        assert answer(model(MISTRAL, loaded).coverage) == alone[MISTRAL]

    def test_ranks_that_its_lowering_refuses_are_an_error_of_the_schedule(self, plugins: Plugins) -> None:
        m = model(RETRO_CONFIG, plugins.install(retro(LOWER="site.split_heads(3)")).load())
        with pytest.raises(la.ScheduleError, match="`tp_size` is 2; expected a divisor of 3"):
            m.build(la.Schedule(tp_size=2))
        assert m.build().builder == "acme"

    def test_a_feature_that_the_builder_does_not_model(self, plugins: Plugins) -> None:
        coverage = model(RETRO_CONFIG, plugins.install(retro("frozenset()")).load()).coverage
        assert coverage.status is la.Status.PARTIALLY_SUPPORTED
        assert [(gap.kind.value, gap.name, gap.impact) for gap in coverage.gaps] == [
            ("unsupported_feature", "several_turns", None)
        ]

    @pytest.mark.parametrize("body", ["1 / 0", "sys.exit()", "hang()", "return 'nonsense'", "return None"])
    @pytest.mark.parametrize("hook", HOOKS)
    def test_failing_in_any_of_them(self, hook: str, body: str, plugins: Plugins, alone: dict[str, Any]) -> None:
        features = "frozenset()" if hook == "REMOVE" else "frozenset({'several_turns'})"
        loaded = plugins.install(retro(features, **{hook: body})).load()
        assert answer(model(MISTRAL, loaded).coverage) == alone[MISTRAL]
        m = model(RETRO_CONFIG, loaded)
        harmless = {("LOWER", "return 'nonsense'"), ("LOWER", "return None")}
        harmless |= {("PRESENT", "return 'nonsense'"), ("PRESENT", "return None")}
        if (hook, body) in harmless:  # a lowering returns nothing, and anything is true or false
            assert m.coverage.builder == "acme"
            return
        assert m.coverage.status is not la.Status.FULLY_SUPPORTED
        gaps = [*m.coverage.gaps, *(gap for claim in m.coverage.claims for gap in claim.gaps)]
        assert any(gap.kind is la.GapKind.PLUGIN_ERROR and LABEL in gap.detail for gap in gaps)
        json.dumps(m.coverage.to_dict(), allow_nan=False)

    @pytest.mark.parametrize(
        ("spec", "reason"),
        [
            ("la.ModelSpec(r.model_type, 'abc')", "stacks: found 'abc'"),
            ("la.ModelSpec('llama', ())", "model_type of the spec: found 'llama'"),
            ("la.ModelSpec(r.model_type, (), dtype='float3')", "dtype of the spec"),
            ("la.ModelSpec(r.model_type, (), (la.Component(),))", "component Component has no lowering"),
            ("la.ModelSpec(r.model_type, (), (Norm('8'),))", "`size` of Norm: found '8'"),
            ("la.ModelSpec(r.model_type, (), (Norm(0),))", "`size` of Norm: found 0"),
            ("la.ModelSpec(r.model_type, (la.Stack('text', (), (0,)),))", "order: found (0,)"),
            ("la.ModelSpec(r.model_type, (la.Stack('text', (la.Block('b', (3,)),), (0,)),))", "an item of `sublayers`"),
        ],
    )
    def test_a_spec_that_is_none(self, spec: str, reason: str, plugins: Plugins) -> None:
        m = model(RETRO_CONFIG, plugins.install(retro(READ=f"return {spec}")).load())
        assert m.coverage.status is la.Status.NOT_SUPPORTED
        assert [gap.kind for gap in m.coverage.gaps] == [la.GapKind.PLUGIN_ERROR]
        assert f"the dialect of `retro` failed: {LABEL}: " in m.coverage.gaps[0].detail
        assert reason in m.coverage.gaps[0].detail

    def test_a_dialect_cannot_change_the_config(self, plugins: Plugins) -> None:
        config = {**RETRO_CONFIG, "warp": {"drive": 9}}
        m = model(config, plugins.install(retro(READ="r.raw.pop('warp')['drive'] = 3")).load())
        assert [(gap.kind.value, gap.name) for gap in m.coverage.gaps] == [("unread_key", "warp")]
        assert m.config.data["warp"] == {"drive": 9}

    def test_a_dialect_refuses_values_as_any_other(self, plugins: Plugins) -> None:
        coverage = model({**RETRO_CONFIG, "turns": -1}, plugins.install(retro()).load()).coverage
        assert [(gap.kind.value, gap.name) for gap in coverage.gaps] == [("invalid_config", "turns")]


def run(code: str, folder: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(folder)] if folder else [])
    env = {**os.environ, "PYTHONPATH": path, "HF_HUB_OFFLINE": "1", **environment}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=60, check=True)


class TestTimeLimit:
    @pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e400", "soon", ""])
    def test_one_that_is_none_is_the_default(self, seconds: str, plugins: Plugins, monkeypatch: Any) -> None:
        monkeypatch.setenv(TIMEOUT, seconds)
        assert model(MISTRAL, plugins.install(own("claim", "return claim")).load()).coverage.builder == "acme"

    def test_the_built_ins_have_none(self, plugins: Plugins, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(TIMEOUT, "1e-9")
        loaded = plugins.load()
        assert sorted(loaded.builders) == BUILT_INS
        assert model(MISTRAL, loaded).coverage.status is la.Status.FULLY_SUPPORTED


class TestProcess:
    """In a process of its own, as a user has it."""

    def test_importing_the_package_loads_no_plugin(self, tmp_path: Path) -> None:
        distributions.install(tmp_path, "")
        names = {module_of(tmp_path), "llmsim_builders", "pluggy"}
        code = f"import sys, llmsim_adapters as la; print({names} & set(sys.modules))"
        assert run(code, tmp_path).stdout == "set()\n"

    def test_builders_lists_good_and_broken_and_the_plugin_is_loaded_once(self, tmp_path: Path) -> None:
        distributions.install(tmp_path, "print('loading')")
        distributions.install(tmp_path, "sys.exit('no licence')", name="torn", version="0.9", entry_point="torn")
        code = (
            "import json, sys, llmsim_adapters as la\n"
            "streams = sys.stdout, sys.stderr\n"
            "la.builders(); b = la.builders()\n"
            "assert (sys.stdout, sys.stderr) == streams\n"
            "print(json.dumps([[[r.name, r.distribution, sorted(map(str, r.requirements.categories))]"
            " for r in b.registered], b.broken]))"
        )
        done = run(code, tmp_path)
        registered, broken = json.loads(done.stdout)
        assert ["acme", NAME, ["dense"]] in registered
        assert [name for name, distribution, _ in registered if distribution == "llmsim-adapters"] == BUILT_INS
        place = f"{module_of(tmp_path, 'torn')}.py:{len(distributions.PREAMBLE.splitlines()) + 1}"
        error = f"import: SystemExit: no licence ({place})"
        assert broken == [["torn", "torn", "0.9", error, False]]
        loading, warning, code = done.stderr.splitlines()
        assert loading == "loading"
        assert warning.endswith(f": PluginWarning: plugin torn of torn 0.9 is not used: {error}")

    def test_a_process_ends_although_a_plugin_hangs(self, tmp_path: Path) -> None:
        distributions.install(tmp_path, own("claim", "time.sleep(0.4); print('late'); la.late = True; hang()"))
        began = time.monotonic()
        code = (
            "import os, time, llmsim_adapters as la\n"
            f"la.builders(); os.environ[{TIMEOUT!r}] = '0.2'\n"
            f"print(la.evaluate({MISTRAL!r}, offline=True).status)\n"
            "while 'late' not in vars(la): time.sleep(0.01)\n"
        )
        done = run(code, tmp_path)
        assert (done.stdout, done.stderr) == ("fully_supported\n", "late\n")
        assert time.monotonic() - began < 20

    def test_a_plugin_that_asks_for_the_builders_while_they_are_loaded(self, tmp_path: Path) -> None:
        distributions.install(tmp_path, "la.builders()")
        code = "import llmsim_adapters as la; print(la.builders().broken[0].error)"
        assert "can't ask for the builders before they are loaded" in run(code, tmp_path).stdout

    @pytest.mark.parametrize(
        "call",
        [*(f"la.{name}({MISTRAL!r}, offline=True)" for name in ("load", "evaluate", "build")), "la.coverage([])"],
    )
    @pytest.mark.parametrize("where", ["import", "read", "claim", "build"])
    def test_a_plugin_that_loads_a_model_is_told_at_once(self, where: str, call: str, tmp_path: Path) -> None:
        """Not when its time is over: the host waits for its answer, and holds what it would need."""
        body = f"{call}; return claim" if where == "claim" else call
        source = {"import": lambda: call, "read": lambda: retro(READ=call)}.get(where, lambda: own(where, body))()
        distributions.install(tmp_path, source)
        asked = RETRO_CONFIG if where == "read" else MISTRAL
        code = (
            "import llmsim_adapters as la\n"
            f"c = la.evaluate({asked!r}, offline=True)\n"
            "print([b.error for b in la.builders().broken], c.gaps, [claim.gaps for claim in c.claims])"
        )
        said = run(code, tmp_path, **{TIMEOUT: "50"}).stdout
        assert "a plugin's code can't " in said
        assert "did not answer" not in said

    def test_built_ins_alone_need_no_thread_to_evaluate(self) -> None:
        code = (
            "import threading, llmsim_adapters as la\n"
            "la.builders()\n"
            "def start(self): raise RuntimeError('a thread')\n"
            "threading.Thread.start = start\n"
            f"m = la.load({MISTRAL!r}, offline=True); print(m.coverage.status, m.build().builder)"
        )
        assert run(code, LLMSIM_ADAPTERS_PLUGINS="").stdout == "fully_supported qwen3\n"


# What a program does with its streams while a plugin that was abandoned is still running, until it answers after all.
MOVES_ON = """
import io, os, sys, threading
import llmsim_adapters as la

def streams():
    return io.StringIO(), io.StringIO()

la.answer, real = threading.Event(), (sys.stdout, sys.stderr)
la.builders()
os.environ["{TIMEOUT}"] = "0.2"
sys.stdout, sys.stderr = first = streams()
la.evaluate({model!r}, offline=True)
CHANGE
sys.stdout, sys.stderr = later = streams()
la.answer.set()
la.plugin.join()
print("data")
print("talk", file=sys.stderr)
sys.stdout, sys.stderr = real
print([stream.getvalue() for stream in later])
""".replace("{model!r}", repr(MISTRAL)).replace("{TIMEOUT}", TIMEOUT)

# Three threads print, each most of the time, while plugins are asked that answer a moment later.
PRINTS_MEANWHILE = """
import sys, threading, time
from llmsim_adapters.plugins.isolation import PluginTimeout, isolated

class Slow:
    def __str__(self):
        time.sleep(0.003)
        return "."

def host():
    while not done.is_set():
        print(Slow(), end="")

done, late = threading.Event(), 0
threads = [threading.Thread(target=host) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(300):
    try:
        isolated(lambda: time.sleep(0.002))
    except PluginTimeout:
        late += 1
done.set()
for thread in threads:
    thread.join()
print(late, file=sys.stderr)
"""


class TestStreams:
    """Of a program that does other things meanwhile. In a process of its own, which may end by it."""

    @pytest.mark.parametrize("change", ["", "for stream in first: stream.close()"], ids=["open", "closed"])
    def test_a_plugin_that_answers_late_changes_none(self, change: str, tmp_path: Path) -> None:
        body = "import threading; la.plugin = threading.current_thread(); la.answer.wait(); return claim"
        distributions.install(tmp_path, own("claim", body))
        done = run(MOVES_ON.replace("CHANGE", change), tmp_path)
        assert done.stdout == "['data\\n', 'talk\\n']\n"

    @pytest.mark.parametrize(("limit", "late"), [("20", False), ("0.001", True)], ids=["in time", "late"])
    def test_a_program_prints_while_a_plugin_answers(self, limit: str, late: bool) -> None:
        done = run(PRINTS_MEANWHILE, **{TIMEOUT: limit})
        assert set(done.stdout) == {"."}
        assert (int(done.stderr) > 0) is late


HYBRIDS = {
    # Linear layers of the mixers, from the shapes: what a gated delta net, a convolution and attention have.
    "acme_delta": ({"num_hidden_layers": 6}, la.Category.HYBRID, {"gated_delta_net", "attention"}),
    "acme_conv": (
        {"num_hidden_layers": 3, "layer_types": ["conv", "full_attention", "states"]},
        la.Category.HYBRID,
        {"short_convolution", "attention", "mamba2"},
    ),
}


def test_a_plugin_of_hybrids_passes_the_strict_type_checker() -> None:
    pytest.importorskip("mypy")
    file = Path(__file__).parent / "plugins" / "hybrid.py"
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull, str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("config", "category", "mixers"), HYBRIDS.values(), ids=list(HYBRIDS))
def test_a_plugin_of_hybrids_needs_the_public_names_only(
    config: dict[str, Any], category: la.Category, mixers: set[str], plugins: Plugins, request: pytest.FixtureRequest
) -> None:
    source = (Path(__file__).parent / "plugins" / "hybrid.py").read_text(encoding="utf-8")
    imports = {line for line in source.splitlines() if line.startswith(("import ", "from "))}
    standard = {"from __future__ import annotations", "from typing import Any"}
    assert imports - standard == {"import llmsim_adapters as la"}
    loaded = plugins.install(source, preamble="", register="").load()
    assert loaded.broken == []
    sizes = {"vocab_size": 500, "hidden_size": 64, "intermediate_size": 160, "num_attention_heads": 4}
    m = model({"model_type": request.node.callspec.id, **sizes, **config}, loaded)
    assert (m.coverage.status, m.coverage.builder) == (la.Status.FULLY_SUPPORTED, "hybrid")
    assert m.coverage.category is category
    assert m.spec is not None
    assert mixers <= {component.kind for component in m.spec.components()}
    assert m.build().state_elements_per_sequence > 0
