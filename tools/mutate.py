"""Does a wrong dimension go unnoticed? Adds one to each number that the formulas name, one at a time.

    python tools/mutate.py                       # the modules with the formulas
    python tools/mutate.py FILE [FILE ...]       # others

For each name or attribute that is read in a function of the modules, the package is imported anew with that one reading
giving a number more by one, and compared with the reference facts; what they let pass meets the laws in
`tests/test_graph.py`. A mutant that passes both is a survivor: the name bears on no figure, or a test is missing.
Names that never hold a number are left out. Exits with 1 where there are survivors. Needs a system that can fork.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT: Final = Path(__file__).parent.parent
MODULES: Final = (
    *(f"llmsim_adapters/lowerings/{path.name}" for path in sorted((ROOT / "llmsim_adapters/lowerings").glob("*.py"))),
    "llmsim_adapters/graph/operator.py",
    "llmsim_adapters/graph/cache.py",
    "llmsim_adapters/graph/graph.py",
    "llmsim_adapters/spec/dtypes.py",
)
LAWS: Final = (
    "tests/test_graph.py",
    "tests/test_sparse_attention.py",
    "tests/test_streams_and_patches.py",
    "tests/test_reference_facts.py",
)
SURVIVED, KILLED = range(2)
NOTE: Final = """
_numbers = set()
def _note(reading, value):
    if isinstance(value, int) and not isinstance(value, bool):
        _numbers.add(reading)
    return value
"""
MORE: Final = """
def _one_more(reading, value):
    return value + 1 if isinstance(value, int) and not isinstance(value, bool) else value
"""


class Mutant(NamedTuple):
    """One reading of a name: where it is, and the module's source with it changed."""

    module: str
    line: int
    column: int
    text: str
    source: str


class _Readings(ast.NodeTransformer):
    """Finds the readings inside functions and wraps the one of a given number, or all, in a call."""

    def __init__(self, target: int | None, call: str) -> None:
        self.target = target
        self.call = call
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

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        # What is only asked whether it is None is None or not with one more, too.
        if all(isinstance(operator, (ast.Is, ast.IsNot)) for operator in node.ops):
            return node
        return self.generic_visit(node)

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
        number = len(self.found) - 1
        if self.target not in (None, number):
            return node
        call = ast.Call(ast.Name(self.call, ast.Load()), [ast.Constant(number), node], [])
        return ast.copy_location(call, node)


def mutants(module: str) -> list[Mutant]:
    """Return a mutant for each reading of a name in the functions of a module that ever gives a number."""
    text = (ROOT / module).read_text(encoding="utf-8")
    every = _Readings(None, "_note")
    noting = ast.unparse(ast.fix_missing_locations(every.visit(ast.parse(text)))) + "\n" + NOTE
    plain = _Readings(-1, "")
    plain.visit(ast.parse(text))
    made = []
    for number in sorted(numbers(module, noting)):
        reading = plain.found[number]
        tree = _Readings(number, "_one_more").visit(ast.parse(text))
        source = ast.unparse(ast.fix_missing_locations(tree)) + "\n" + MORE
        made.append(Mutant(module, reading.lineno, reading.col_offset, ast.unparse(reading), source))
    return made


def numbers(module: str, noting: str) -> set[int]:
    """Return which readings of a module give numbers, from comparing with a module that notes it."""
    told, tell = os.pipe()
    if (child := os.fork()) == 0:
        use(module, noting)
        compare()
        os.write(tell, json.dumps(sorted(sys.modules[name_of(module)]._numbers)).encode())
        os._exit(0)
    os.close(tell)
    with os.fdopen(told) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    if not text:
        message = f"the figures of {module} differ from the reference facts already; nothing can be told of mutants"
        raise SystemExit(message)
    return set(json.loads(text))


def name_of(module: str) -> str:
    return module.removesuffix(".py").replace("/", ".")


def use(module: str, source: str) -> None:
    """Let this process import a module from another source."""
    sys.meta_path.insert(0, _Changed(name_of(module), source))
    sys.path.insert(0, str(ROOT))


class _Changed(MetaPathFinder, Loader):
    """Imports one module from a source of its own."""

    def __init__(self, name: str, source: str) -> None:
        self._name, self._source = name, source

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return ModuleSpec(fullname, self, origin="mutant") if fullname == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, self._name, "exec"), module.__dict__)


def compare() -> None:
    """Compare every figure with the reference facts; raises at the first that differs."""
    from tests import test_reference_facts as facts

    for param in facts.CASES:
        facts.test_parameters_and_buffers_are_those_of_the_real_model(*param.values)
    for test in (
        facts.test_flops_are_those_that_torch_counts,
        facts.test_caches_are_those_of_a_real_prefill,
        facts.test_a_step_after_a_prefill_has_the_flops_that_torch_counts,
    ):
        (mark,) = (mark for mark in test.pytestmark if mark.name == "parametrize")
        for param in mark.args[1]:
            test(*param.values)


def judge(mutant: Mutant) -> int:
    """Return what becomes of a mutant, in a process of its own."""
    use(mutant.module, mutant.source)
    try:
        compare()
    except BaseException:
        return KILLED
    return SURVIVED if survives_the_laws(mutant) else KILLED


def survives_the_laws(mutant: Mutant) -> bool:
    """Return whether the tests pass on a copy of the project with the mutant in it."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("llmsim_adapters", "builders", "hf_config", "tests"):
            shutil.copytree(ROOT / name, Path(folder, name), ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        Path(folder, mutant.module).write_text(mutant.source, encoding="utf-8")
        compared = "not real_model and not torch_counts and not real_prefill"  # which `compare` has done
        command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-k", compared, *LAWS]
        return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def judged(everything: list[Mutant]) -> Iterator[tuple[Mutant, int]]:
    """Yield every mutant with what became of it, as many at a time as there are processors."""
    running: dict[int, Mutant] = {}
    waiting = list(reversed(everything))
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            mutant = waiting.pop()
            child = os.fork()
            if child == 0:
                devnull = os.open(os.devnull, os.O_WRONLY)
                os.dup2(devnull, 1)
                os.dup2(devnull, 2)
                os._exit(judge(mutant))
            running[child] = mutant
        child, status = os.wait()
        yield running.pop(child), os.waitstatus_to_exitcode(status)


def main(modules: list[str]) -> int:
    import pytest  # noqa: F401  # once for all children

    everything = [mutant for module in modules or MODULES for mutant in mutants(module)]
    results = []
    for mutant, result in judged(everything):
        results.append(result)
        print(f"\r{len(results)} of {len(everything)}", end="", file=sys.stderr)
        if result == SURVIVED:
            place = f"{mutant.module}:{mutant.line}:{mutant.column + 1}"
            print(f"{place}: {mutant.text} + 1 goes unnoticed", flush=True)
    print(file=sys.stderr)
    print(f"{results.count(KILLED)} killed, {results.count(SURVIVED)} survived")
    return 1 if SURVIVED in results else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
