"""What a syntax tree says without being run: assignments, classes and where a name comes from."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Yield what the top level of a module gives names to."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield each name that an import anywhere in a module gives, with the name that it has where it comes from."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((alias.asname or alias.name, alias.name) for alias in node.names)


def classes(tree: ast.Module) -> dict[str, ast.ClassDef]:
    """Return the classes that are defined anywhere in a module."""
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def adds_nothing(definition: ast.ClassDef) -> bool:
    """Return whether the body of a class has no more than a text and `pass`."""
    return all(
        isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in definition.body
    )


def strings(node: ast.expr, names: Mapping[str, ast.expr]) -> list[str]:
    """Return the texts in a list, tuple or set that is written out, of other such lists by name, too."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.Starred):
        return strings(node.value, names)
    if isinstance(node, ast.Name):
        found = names.get(node.id)
        return [] if found is None else strings(found, {key: value for key, value in names.items() if key != node.id})
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return [text for each in node.elts for text in strings(each, names)]
    return []
