"""What was promised is kept: names, hooks, and plugins of every released version, which give the figures they gave."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters import testing
from llmsim_adapters.plugins.hookspecs import HookSpecs
from tests.hub.fixtures import ROOT
from tests.plugins import distributions
from tests.plugins.distributions import Plugins, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from llmsim_adapters.plugins.registered import Registered

PAGE: Final = (ROOT / "docs" / "compatibility.md").read_text(encoding="utf-8")
FROZEN: Final = Path(__file__).parent / "plugins" / "frozen"


class TestThePage:
    def test_lists_the_public_names_each_once(self) -> None:
        """A new name gets its place there; one that goes away breaks somebody's program."""
        rows = PAGE.partition("| For | Names |")[2].partition("\n\n")[0]
        assert sorted(re.findall(r"`la\.(\w+)`", rows)) == sorted(set(la.__all__) - {"__version__"})
        assert re.findall(r"`llmsim_adapters\.testing\.(\w+)`", rows) == testing.__all__

    def test_lists_the_hooks_with_the_version_that_they_are_there_since(self) -> None:
        hooks = {name: hook for name, hook in vars(HookSpecs).items() if name.startswith("llmsim_")}
        since = {name: re.findall(r"\bSince ([\d.]+\d)\.", hook.__doc__) for name, hook in hooks.items()}
        assert {name: [version] for name, version in re.findall(r"\| `(llmsim_\w+)` \| ([\d.]+) \|", PAGE)} == since


# Sizes that are all different; what each model type of the frozen plugin has besides.
COMMON: Final[dict[str, Any]] = {
    "architectures": ["FrozenForCausalLM"],
    "vocab_size": 500,
    "hidden_size": 64,
    "intermediate_size": 160,
    "num_attention_heads": 6,
}
GROUPED: Final = {"num_key_value_heads": 2, "head_dim": 24}
MODELS: Final[dict[str, dict[str, Any]]] = {
    "frozen": {
        **GROUPED,
        "num_hidden_layers": 4,
        "layer_types": ["frozen", "full", "frozen", "frozen"],
        "frozen_window": 10,
        "frozen_half_stride": 2,
        "frozen_options": {"rank": 16},
        "frozen_norm": True,
        "frozen_kind": "gated",
        "frozen_width": 144,
        "frozen_note": "this and that",
        "frozen_seed": 7,
    },
    "frozen_moe": {
        **GROUPED,
        "num_hidden_layers": 4,
        "num_experts": 8,
        "num_experts_per_tok": 2,
        "moe_intermediate_size": 48,
        "num_shared_experts": 1,
        "sliding_window": 10,
    },
    "frozen_latent": {
        "num_hidden_layers": 4,
        "q_lora_rank": 40,
        "kv_lora_rank": 32,
        "qk_nope_head_dim": 24,
        "qk_rope_head_dim": 8,
        "v_head_dim": 20,
    },
    "frozen_parallel": {**GROUPED, "num_hidden_layers": 4},
    "frozen_llama": {**GROUPED, "frozen_depth": 4},
}

# The builder of each, and what it says of one of two ranks that share a prefill of two sequences of 18 tokens; then
# what one sequence keeps after 100 tokens, in caches and in states.
FIGURES: Final = ("parameters", "buffers", "flops", "flops_executed", "weight_bytes", "transfer_bytes")
V0_1: Final[dict[str, tuple[str, tuple[int, ...]]]] = {
    "frozen": ("frozen", (360522, 18, 11185408, 10713664, 365606, 42472, 11040, 384)),
    "frozen_moe": ("frozen_plain", (446272, 0, 8551936, 8157952, 1341184, 84944, 21120, 0)),
    "frozen_latent": ("frozen_plain", (303456, 0, 10199296, 9817408, 649600, 84944, 16000, 0)),
    "frozen_parallel": ("frozen_plain", (285504, 0, 8773120, 8420608, 571648, 48080, 38400, 0)),
    "frozen_llama": ("frozen_plain", (253760, 0, 8773120, 8420608, 508672, 84944, 38400, 0)),
}


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    yield from distributions.plugins(tmp_path, monkeypatch)


def installed(plugins: Plugins, version: str) -> Registered:
    """Install the frozen plugin of a version, and load what is installed."""
    source = (FROZEN / f"{version}.py").read_text(encoding="utf-8")
    return plugins.install(source, name=f"frozen-{version}", preamble="", register="").load()


class TestThePluginOf01:
    def test_loads_whole(self, plugins: Plugins) -> None:
        registered = installed(plugins, "v0_1")
        assert registered.broken == []
        assert set(registered.builders) >= {"frozen", "frozen_plain"}
        assert set(registered.dialects) == set(MODELS) == set(V0_1)

    @pytest.mark.parametrize("name", MODELS)
    def test_gives_the_figures_it_gave(self, name: str, plugins: Plugins) -> None:
        builder, figures = V0_1[name]
        m = model({"model_type": name, **COMMON, **MODELS[name]}, installed(plugins, "v0_1"))
        assert (m.coverage.status, m.coverage.gaps) == (la.Status.FULLY_SUPPORTED, ())
        graph = m.build(la.Schedule(engine="llmsim", batch_size=2, seq_len=18, tp_size=2), builder)
        caches = graph.kv_cache_elements(100), graph.state_elements_per_sequence
        assert (*(getattr(graph, figure) for figure in FIGURES), *caches) == figures

    def test_refuses_as_it_did(self, plugins: Plugins) -> None:
        registered = installed(plugins, "v0_1")
        m = model({"model_type": "frozen", **COMMON, **MODELS["frozen"]}, registered)
        with pytest.raises(la.ScheduleError, match="`batch_size` is more than 1000"):
            m.build(la.Schedule(batch_size=1001))
        llama = model({"model_type": "frozen_llama", **COMMON, **MODELS["frozen_llama"]}, registered).coverage
        (claim,) = [claim for claim in llama.claims if claim.builder == "frozen"]
        assert [(gap.kind, gap.detail) for gap in claim.gaps] == [
            (la.GapKind.UNSUPPORTED_FEATURE, "it is for frozen models")
        ]

    @pytest.mark.parametrize(
        ("key", "value", "kind"),
        [
            ("frozen_half_stride", 6, la.GapKind.INVALID_CONFIG),
            ("frozen_extra", 1, la.GapKind.UNSUPPORTED_FEATURE),
            ("frozen_later", 1, la.GapKind.UNREAD_KEY),
        ],
    )
    def test_says_what_is_wrong_as_it_did(self, key: str, value: int, kind: la.GapKind, plugins: Plugins) -> None:
        config = {"model_type": "frozen", **COMMON, **MODELS["frozen"], key: value}
        assert [(gap.kind, gap.name) for gap in model(config, installed(plugins, "v0_1")).coverage.gaps] == [
            (kind, key)
        ]


def test_every_released_version_has_its_plugin() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d+)\.(\d+)\.\d+\]", changelog, re.MULTILINE)
    assert {path.stem for path in FROZEN.glob("v*.py")} >= {f"v{major}_{minor}" for major, minor in released}
