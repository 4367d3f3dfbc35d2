"""The public face: every name is there, for programs and for type checkers alike."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

import llmsim_adapters as la
from llmsim_adapters.spec import components
from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from types import ModuleType


def declared(package: str) -> dict[str, str]:
    """Return the names that type checkers see, each with its module, read from the syntax of a package's `__init__`."""
    tree = ast.parse((ROOT / package.replace(".", "/") / "__init__.py").read_text(encoding="utf-8"))
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


@pytest.mark.parametrize("package", [la, components])
def test_type_checkers_see_the_names_that_programs_get(package: ModuleType) -> None:
    assert declared(package.__name__) == {name: f"{package.__name__}.{home}" for name, home in package._HOME.items()}


def test_each_name_is_listed_once() -> None:
    assert len(la.__all__) == len(set(la.__all__))


def test_an_unknown_name_is_an_attribute_error_that_says_so() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        _ = la.nonsense
