"""What is loaded when: an import costs next to nothing, and a hub's client is loaded only when a hub is asked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HUB_CLIENTS: Final = {"huggingface_hub", "modelscope", "modelscope_hub", "requests", "httpx", "httpx2", "tqdm"}
HEAVY: Final = {"torch", "transformers", "numpy"}
FOR_PEOPLE: Final = {"rich", "click", "pydantic", "pydantic_core"}


@pytest.fixture
def loaded_by(run_python: Callable[..., str]) -> Callable[[str], set[str]]:
    """Return the top-level modules that a fresh interpreter has loaded after some code."""

    def run(code: str) -> set[str]:
        out = run_python(f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))")
        return {name.partition(".")[0] for name in json.loads(out.splitlines()[-1])}

    return run


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
