"""Does a wrong dimension go unnoticed? Adds one to each number that the formulas name, one at a time.

    python tools/mutate.py                       # the modules with the formulas
    python tools/mutate.py FILE [FILE ...]       # others

For each name or attribute that is read in a function of the modules, the tests run on a copy of the package in which
that one reading gives a number more by one. A mutant that all tests pass is a survivor: either the name bears on no
figure, or a test is missing. Names that never hold a number are left out. Exits with 1 where there are survivors.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parent.parent
MODULES: Final = (
    "llmsim_adapters/lowerings/attention.py",
    "llmsim_adapters/lowerings/ends.py",
    "llmsim_adapters/lowerings/feed_forward.py",
    "llmsim_adapters/lowerings/norms.py",
    "llmsim_adapters/lowerings/site.py",
    "llmsim_adapters/graph/operator.py",
    "llmsim_adapters/graph/cache.py",
    "llmsim_adapters/graph/graph.py",
    "llmsim_adapters/spec/dtypes.py",
)
TESTS: Final = ("tests/test_reference_facts.py", "tests/test_graph.py")
MORE: Final = """
def _one_more(value):
    if isinstance(value, int) and not isinstance(value, bool):
        import os, pathlib
        pathlib.Path(os.environ["MUTANT_REACHED"]).touch()
        return value + 1
    return value
"""


class Mutant(NamedTuple):
    """One reading of a name: where it is, and the module's source with it changed."""

    module: str
    line: int
    column: int
    text: str
    source: str


class _Readings(ast.NodeTransformer):
    """Finds the readings inside functions and wraps the one of a given number."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.found: list[ast.expr] = []
        self._depth = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self._depth += 1
        node.body = [self.visit(statement) for statement in node.body]
        self._depth -= 1
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Attribute):
            node.func.value = self.visit(node.func.value)
        node.args = [self.visit(argument) for argument in node.args]
        node.keywords = [self.visit(keyword) for keyword in node.keywords]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._reading(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self._reading(node)

    def _reading(self, node: ast.Name | ast.Attribute) -> ast.AST:
        if not self._depth or not isinstance(node.ctx, ast.Load):
            return node
        self.found.append(node)
        if len(self.found) - 1 != self.target:
            return node
        more = ast.Name("_one_more", ast.Load())
        return ast.copy_location(ast.Call(more, [node], []), node)


def mutants(module: str) -> list[Mutant]:
    """Return a mutant for each reading of a name in the functions of a module."""
    text = (ROOT / module).read_text(encoding="utf-8")
    count = _Readings(-1)
    count.visit(ast.parse(text))
    made = []
    for number, reading in enumerate(count.found):
        tree = _Readings(number).visit(ast.parse(text))
        source = ast.unparse(ast.fix_missing_locations(tree)) + "\n" + MORE
        made.append(Mutant(module, reading.lineno, reading.col_offset, ast.unparse(reading), source))
    return made


def survives(mutant: Mutant) -> bool | None:
    """Return whether the tests pass on a mutant; None where the name never held a number."""
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder, "llmsim_adapters")
        shutil.copytree(ROOT / "llmsim_adapters", package, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "hf_config", package / "hf_config")
        Path(folder, mutant.module).write_text(mutant.source, encoding="utf-8")
        reached = Path(folder, "reached")
        done = subprocess.run(
            [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTS],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": folder, "MUTANT_REACHED": str(reached)},
            capture_output=True,
            check=False,
        )
        return done.returncode == 0 if reached.exists() else None


def main(modules: list[str]) -> int:
    everything = [mutant for module in modules or MODULES for mutant in mutants(module)]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        results = []
        for mutant, survived in zip(everything, pool.map(survives, everything), strict=True):
            results.append(survived)
            print(f"\r{len(results)} of {len(everything)}", end="", file=sys.stderr)
            if survived:
                print(
                    f"{mutant.module}:{mutant.line}:{mutant.column + 1}: {mutant.text} + 1 goes unnoticed", flush=True
                )
    print(file=sys.stderr)
    survivors = results.count(True)
    print(f"{results.count(False)} killed, {survivors} survived, {results.count(None)} never held a number")
    return 1 if survivors else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
