"""What a plugin's dialect puts beside the language model: counted as our own is, and isolated as its `read` is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters.cli.plugins import data
from llmsim_adapters.dialects.reading.find import built_in, declared_types
from tests.facts import CASES
from tests.plugins.distributions import Plugins, model, plugins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from llmsim_adapters.model import Model


@pytest.fixture(name="installed")
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    yield from plugins(tmp_path, monkeypatch)


OURS: Final = sorted(
    name for name in declared_types() if (found := built_in(name)) is not None and found.towers is not None
)
MEASURED: Final = [
    pytest.param(name, case, id=f"{name}-{case['name']}")
    for name, case in CASES
    if name in OURS and "parameters" in case and case["config"].get("model_type") == name
]


class TestOneThatIsLikeOurs:
    """`la.dialect(…).like(…)` has all that it is like: transformers' own totals, under another name."""

    def test_there_are_some(self) -> None:
        assert len({param.values[0] for param in MEASURED}) > 10

    @pytest.mark.parametrize(("name", "case"), MEASURED)
    def test_counts_what_the_files_hold(self, name: str, case: dict[str, Any], installed: Plugins) -> None:
        found = installed.install(LIKE.format(name=name)).load()
        assert not found.broken
        theirs = la.load(case["config"])
        if theirs.spec is None:
            pytest.skip("the class has defaults that no published file relies on")
        text = case["config"].get("text_config")
        own = {"text_config": {**text, "model_type": "acme_vl"}} if text and text.get("model_type") == name else {}
        ours = model({**case["config"], "model_type": "acme_vl", **own}, found)
        assert ours.reading.dialect == "acme_vl"
        assert ours.spec is not None, ours.coverage.gaps
        assert ours.spec.stacks == theirs.spec.stacks
        if theirs.build().parameters == case["parameters"]:
            assert ours.build().parameters == case["parameters"]


LIKE: Final = """
import llmsim_adapters as la

@la.hookimpl
def llmsim_register_dialects():
    return [la.dialect("{name}").like("acme_vl")]
"""

OWN: Final = """
from dataclasses import dataclass
from typing import ClassVar

import llmsim_adapters as la

@dataclass(frozen=True, slots=True, kw_only=True)
class Gate(la.Component):
    kind: ClassVar[str] = "acme_gate"
    size: int

def lower(gate, site):
    site.linear("gate", gate.size, 3, "replicated")

def vision(r):
    hidden = r.size("hidden_size")
    norm = la.Norm(hidden)
    before = (la.patches(r, bias=False), la.PositionEmbedding(positions=la.patch_count(r), hidden_size=hidden))
    return la.encoder(r, la.full_attention(r, bias=False), la.mlp(r), norm, before=before)

VISION = la.Dialect("acme_vision", vision, dict(num_channels=3, hidden_act="silu"))

def read(r):
    return la.decoder(r, la.attention(r), la.mlp(r), layout=la.pre_norm)

def towers(whole, text):
{towers}

DEFAULTS = dict(num_key_value_heads=None, head_dim=None, hidden_act="silu", tie_word_embeddings=False, acme_bias=False)
ACME = la.Dialect("acme_vl", read, DEFAULTS, text_config="text_config", towers=towers)

@la.hookimpl
def llmsim_register_components():
    return [la.ComponentKind(Gate, lower)]

@la.hookimpl
def llmsim_register_dialects():
    return [ACME]
"""
SOUND: Final = """
    vision = la.tower(whole, "vision_config", VISION)
    into = la.Projection(input_size=vision.r.size("hidden_size"), output_size=text.size("hidden_size"),
                         bias=whole.flag("acme_bias"))
    yield vision.then(into, Gate(size=text.size("hidden_size")))
"""
HIDDEN, WIDTH, LAYERS, VOCAB, SEEN, SEEN_WIDTH, PATCH = 64, 160, 3, 500, 40, 72, 14
TEXT: Final[dict[str, Any]] = {
    "vocab_size": VOCAB,
    "hidden_size": HIDDEN,
    "intermediate_size": WIDTH,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 4,
}
SIZES: Final = {
    "hidden_size": SEEN,
    "intermediate_size": SEEN_WIDTH,
    "num_hidden_layers": 2,
    "num_attention_heads": 5,
    "image_size": 56,
    "patch_size": PATCH,
}
CONFIG: Final[dict[str, Any]] = {
    "model_type": "acme_vl",
    "architectures": ["AcmeVLForConditionalGeneration"],
    "text_config": {"model_type": "llama", **TEXT},
    "vision_config": {"model_type": "acme_vision", **SIZES},
}
LANGUAGE: Final = 2 * VOCAB * HIDDEN + LAYERS * (4 * HIDDEN**2 + 3 * HIDDEN * WIDTH + 2 * HIDDEN) + HIDDEN
TOWER: Final = 3 * PATCH**2 * SEEN + 16 * SEEN + 2 * (4 * SEEN**2 + 3 * SEEN * SEEN_WIDTH + 2 * SEEN)
BESIDE: Final = SEEN * HIDDEN + 3 * HIDDEN


def with_towers(installed: Plugins, towers: str, config: dict[str, Any]) -> Model:
    found = installed.install(OWN.format(towers=towers)).load()
    assert all(fault.used for fault in found.broken)
    return model(config, found)


class TestOneOfItsOwn:
    @pytest.mark.parametrize("text_type", ["llama", "acme_vl", None])
    def test_is_counted_beside_whatever_language_model(self, text_type: str | None, installed: Plugins) -> None:
        said = {} if text_type is None else {"model_type": text_type}
        m = with_towers(installed, SOUND, {**CONFIG, "text_config": {**said, **TEXT}})
        assert m.build().parameters == LANGUAGE + TOWER + BESIDE
        assert [(gap.kind, gap.name) for gap in m.coverage.gaps] == [("unsupported_feature", "vision_tower")]
        assert m.coverage.evidence == "built"
        assert m.build().kv_cache_elements(10) == 2 * LAYERS * HIDDEN * 10

    def test_has_classes_of_any_name(self, installed: Plugins) -> None:
        m = with_towers(installed, SOUND, {**CONFIG, "architectures": ["SeeingChatModel"]})
        assert [gap.name for gap in m.coverage.gaps if gap.kind == "inferred"] == []

    def test_takes_its_keys_and_leaves_the_others_unread(self, installed: Plugins) -> None:
        config = {**CONFIG, "acme_bias": True, "odd": 7, "vision_config": {**CONFIG["vision_config"], "strange": 8}}
        m = with_towers(installed, SOUND, config)
        unread = [gap.name for gap in m.coverage.gaps if gap.kind == "unread_key"]
        assert sorted(unread) == ["odd", "vision_config.strange"]
        assert m.build().parameters == LANGUAGE + TOWER + BESIDE + HIDDEN
        assert m.reading.parameters["vision_config.hidden_size"].value == SEEN

    def test_may_be_one_of_ours_that_the_config_names(self, installed: Plugins) -> None:
        named = {**CONFIG, "vision_config": {"model_type": "siglip_vision_model", **SIZES, "vision_use_head": False}}
        m = with_towers(installed, SOUND, named)
        llava = la.load({**named, "model_type": "llava", "architectures": ["LlavaForConditionalGeneration"]})
        assert m.spec is not None
        assert llava.spec is not None
        (ours,), (theirs,) = m.spec.towers, llava.spec.towers
        assert (ours.blocks, ours.before, ours.order) == (theirs.blocks, theirs.before, theirs.order)

    def test_nobody_knows_is_a_gap(self, installed: Plugins) -> None:
        some = SOUND.replace("into =", "if vision is None: return\n    into =")
        m = with_towers(installed, some, {**CONFIG, "vision_config": {"model_type": "unheard_of", **SIZES}})
        assert ("unsupported_feature", "vision_tower") in {(gap.kind, gap.name) for gap in m.coverage.gaps}
        assert m.build().parameters == LANGUAGE

    def test_may_have_a_component_of_the_plugin(self, installed: Plugins) -> None:
        (gate,) = [w for w in with_towers(installed, SOUND, CONFIG).build().weights if w.name.endswith(".gate")]
        assert sorted(gate.shape) == [3, HIDDEN]


BAD: Final = {
    "raises": ('    raise ValueError("boom")', "ValueError: boom (acme_tools_"),
    "raises half-way": (SOUND + '    raise ValueError("boom")\n', "ValueError: boom"),
    "loads a model": ("    la.load({})", "a plugin's code can't load a model"),
    "gives nonsense": ('    yield "a tower"', "expected a Stack"),
    "gives nothing": ("    return None", "TypeError"),
    "is over tokens": ('    yield la.Stack("vision", (), ())', "tower `vision` is over tokens"),
    "has the name of another": ('    yield la.Stack("text", (), (), axis="patches")', "another stack of the model"),
    "caches": (
        "    block = la.Block('layer', (la.Sublayer((la.attention(text),)),))\n"
        "    yield la.Stack('vision', (block,), (0,), axis='patches')",
        "Attention keeps keys and values of text",
    ),
    "has a component without a lowering": (
        "    class Odd(la.Component): kind = 'odd'\n    yield la.Stack('v', (), (), after=(Odd(),), axis='patches')",
        "component Odd has no lowering",
    ),
}


class TestOneThatFails:
    @pytest.mark.parametrize(("towers", "reason"), BAD.values(), ids=list(BAD))
    def test_costs_its_own_model_with_the_reason(self, towers: str, reason: str, installed: Plugins) -> None:
        m = with_towers(installed, towers, CONFIG)
        assert m.spec is None
        assert m.coverage.status == "not_supported"
        (gap,) = m.coverage.gaps
        assert (gap.kind, gap.name) == ("plugin_error", "towers")
        assert reason in gap.detail

    def test_that_loads_a_model_is_told_where(self, installed: Plugins) -> None:
        (gap,) = with_towers(installed, "    la.load({})", CONFIG).coverage.gaps
        assert re.search(r"`build`, …\) \(acme_tools_\d+\.py:44\)$", gap.detail)

    def test_does_not_hang_the_host(self, installed: Plugins, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LLMSIM_ADAPTERS_PLUGIN_TIMEOUT", "0.2")
        m = with_towers(installed, "    import time\n    time.sleep(3)\n    yield", CONFIG)
        assert "did not answer within 0.2 s" in m.coverage.gaps[0].detail

    def test_can_not_change_the_config(self, installed: Plugins) -> None:
        spoilt = "    whole.raw['text_config']['hidden_size'] = 1\n    text.raw.clear()\n" + SOUND
        m = with_towers(installed, spoilt, CONFIG)
        assert m.config.data["text_config"]["hidden_size"] == HIDDEN
        assert m.build().parameters == LANGUAGE + TOWER + BESIDE

    def test_is_refused_where_it_is_no_function(self, installed: Plugins) -> None:
        source = OWN.format(towers=SOUND).replace("towers=towers)", "towers=7)")
        (fault,) = installed.install(source).load().broken
        assert "`towers` of the dialect is 7; expected a function of two readers" in fault.error


def test_are_listed_under_the_type_that_has_them(installed: Plugins) -> None:
    listed = data(installed.install(OWN.format(towers=SOUND)).load())["towers"]
    assert {"name": "acme_vl", "owner": "Acme.Tools 1.2.3"} in listed


def test_a_default_that_only_the_towers_read_is_no_mistake_and_another_is(installed: Plugins) -> None:
    source = OWN.format(towers=SOUND).replace("acme_bias=False)", "acme_bias=False, other=1)")
    (fault,) = installed.install(source).load().broken
    assert "nobody reads the default `other`" in fault.error
    assert fault.used
