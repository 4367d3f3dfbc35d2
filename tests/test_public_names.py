"""The public face: every name is there, for programs and for type checkers alike."""

from __future__ import annotations

import ast
from typing import Final

import pytest

import llmsim_adapters as la
from tests.hub.fixtures import ROOT

# What design and documentation promise. Adding a name is easy; taking one away breaks somebody's program.
PROMISED: Final = {
    "BuildError",
    "Builder",
    "Category",
    "Claim",
    "ConfigUnavailable",
    "Coverage",
    "Evidence",
    "Feature",
    "Gap",
    "GapKind",
    "InvalidConfig",
    "OperatorGraph",
    "Requirements",
    "Schedule",
    "Status",
    "build",
    "builders",
    "coverage",
    "evaluate",
    "hookimpl",
    "load",
}


def declared() -> dict[str, str]:
    """Return the names that type checkers see, each with its module, read from the syntax of `__init__`."""
    tree = ast.parse((ROOT / "llmsim_adapters" / "__init__.py").read_text(encoding="utf-8"))
    block = next(
        node
        for node in tree.body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    )
    found = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            assert alias.asname == alias.name, "`import x as x` is what makes a name public to type checkers"
            found[alias.name] = node.module or ""
    return found


@pytest.mark.parametrize("name", la.__all__)
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(la, name) is not None
    assert name in dir(la)


def test_type_checkers_see_the_names_that_programs_get() -> None:
    assert declared() == {name: f"llmsim_adapters.{home}" for name, home in la._HOME.items()}


def test_each_name_is_listed_once() -> None:
    assert len(la.__all__) == len(set(la.__all__))


def test_no_promised_name_is_gone() -> None:
    assert set(la.__all__) >= PROMISED


def test_an_unknown_name_is_an_attribute_error_that_says_so() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = la.nonsense
