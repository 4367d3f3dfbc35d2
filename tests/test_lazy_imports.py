"""What is loaded when: an import costs next to nothing, and a hub's client is loaded only when a hub is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from llmsim_adapters.spec import components

if TYPE_CHECKING:
    from collections.abc import Callable

HUB_CLIENTS: Final = {"huggingface_hub", "modelscope", "modelscope_hub", "requests", "httpx", "httpx2", "tqdm"}
HEAVY: Final = {"torch", "transformers", "numpy"}
FOR_PEOPLE: Final = {"rich", "click", "pydantic", "pydantic_core"}


OF_A_LLAMA: Final = {"component", "attention", "ends", "feed_forward", "norms"}


@pytest.fixture
def modules_of(run_python: Callable[..., str]) -> Callable[[str], set[str]]:
    """Return the modules that a fresh interpreter has loaded after some code."""

    def run(code: str) -> set[str]:
        out = run_python(f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))")
        return set(json.loads(out.splitlines()[-1]))

    return run


@pytest.fixture
def loaded_by(modules_of: Callable[[str], set[str]]) -> Callable[[str], set[str]]:
    """Return the top-level modules that a fresh interpreter has loaded after some code."""
    return lambda code: {name.partition(".")[0] for name in modules_of(code)}


def test_importing_the_package_loads_nothing_else(loaded_by: Callable[[str], set[str]]) -> None:
    found = loaded_by("import llmsim_adapters")
    assert not found & (HUB_CLIENTS | HEAVY | FOR_PEOPLE | {"pluggy", "llmsim_builders"})


@pytest.mark.parametrize(
    "answer", ["la.load('Qwen/Qwen3-8B').coverage", "la.load('Qwen/Qwen3-8B', offline=True).build().flops"]
)
def test_a_bundled_model_needs_neither_client_nor_pydantic(loaded_by: Callable[[str], set[str]], answer: str) -> None:
    assert not loaded_by(f"import llmsim_adapters as la\n{answer}") & (HUB_CLIENTS | HEAVY | FOR_PEOPLE)


@pytest.mark.parametrize(
    "answer",
    [
        "la.builders()",
        "la.evaluate({'model_type': 'llama'})",
        "la.evaluate('org/unknown', offline=True)",
        "la.coverage('report', offline=True)",
    ],
)
def test_what_this_machine_can_answer_loads_no_client(loaded_by: Callable[[str], set[str]], answer: str) -> None:
    assert not loaded_by(f"import llmsim_adapters as la\n{answer}") & (HUB_CLIENTS | HEAVY)


def test_a_hub_that_is_asked_loads_its_client(loaded_by: Callable[[str], set[str]]) -> None:
    """The other way round, so that the names above are known to be those of the clients."""
    found = loaded_by("import llmsim_adapters as la\nla.evaluate('org/unknown')")
    assert {"huggingface_hub", "modelscope_hub"} <= found


def test_a_model_loads_the_dialect_and_the_kinds_of_component_that_it_has(
    modules_of: Callable[[str], set[str]],
) -> None:
    """However many there are: a Llama is read, claimed, built and totalled without what only other models have."""
    found = modules_of("import llmsim_adapters as la\nla.load('meta-llama/Llama-2-7b-hf', offline=True).build().flops")

    def of(room: str) -> set[str]:
        inside = f"llmsim_adapters.{room}."
        return {name.removeprefix(inside) for name in found if name.startswith(inside)}

    kinds = set(components._HOMES)
    assert of("dialects.types") == {"llama"}
    assert of("spec.components") == OF_A_LLAMA | {"latent_attention"}  # by which categories are told apart
    assert of("spec.features") & kinds <= OF_A_LLAMA
    assert of("lowerings") & kinds <= OF_A_LLAMA


class TestAColdExplain:
    """What `llmsim-adapters explain` of a bundled model imports: time is what imports take, and can't be counted."""

    OURS: Final = {"llmsim_adapters", "llmsim_builders", "click", "pluggy", "rich"}
    """Python's own modules depend on its version, and an environment may load others, too."""
    BUDGET: Final = 267

    EXPLAIN: Final = """
import sys
sys.argv = ["llmsim-adapters", "explain", "Qwen/Qwen3-8B", "--offline"]
from llmsim_adapters.cli.entry import run
try:
    run()
except SystemExit as ended:
    assert not ended.code
"""

    @pytest.fixture
    def found(self, modules_of: Callable[[str], set[str]]) -> set[str]:
        return modules_of(self.EXPLAIN)

    def test_stays_within_its_budget(self, found: set[str]) -> None:
        """Where this fails: `python -X importtime -m llmsim_adapters explain Qwen/Qwen3-8B`, from the bottom up."""
        assert sum(name.partition(".")[0] in self.OURS for name in found) <= self.BUDGET

    def test_loads_no_other_command(self, found: set[str]) -> None:
        room = "llmsim_adapters.cli.commands."
        assert [name for name in sorted(found) if name.startswith(room)] == [f"{room}explain"]

    def test_needs_no_module_that_takes_long_for_what_it_gives(self, found: set[str]) -> None:
        late = {"importlib.metadata", "importlib.resources", "email", "pathlib", "urllib.parse", "zipfile", "tempfile"}
        late |= {"traceback", "pydantic", "llmsim_adapters.sweep.result", "llmsim_adapters.working"}
        assert not found & late
        assert "rich.console" in found
