"""Does a wrong dimension go unnoticed? Adds one to each number that the formulas name, one at a time.

    python tools/mutate.py                       # the modules with the formulas
    python tools/mutate.py FILE [FILE ...]       # others
    python tools/mutate.py --tests 400           # by at most so many tests each: quicker, and survivors may be none

The tests that hold the formulas to reference facts and to shapes written out by hand run once, to see which of them
reads which name or attribute of the modules' functions as a number. Then each such reading gives a number more by one,
in a process of its own, and the tests that read it run again. A mutant that they all let pass is a survivor: the name
bears on no figure, or a test is missing. Names that never hold a number are left out. Exits with 1 where there are
survivors. Needs a system that can fork.
"""

from __future__ import annotations

import argparse
import ast
import gc
import json
import os
import sys
from importlib import import_module
from pathlib import Path
from random import Random
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT: Final = Path(__file__).parent.parent
MODULES: Final = (
    *(
        str(path.relative_to(ROOT))
        for room in ("lowerings", "graph")
        for path in sorted(ROOT.glob(f"llmsim_adapters/{room}/*.py"))
    ),
    "llmsim_adapters/spec/dtypes.py",
)
TESTS: Final = (
    "tests/test_reference_facts.py",
    "tests/test_bytes.py",
    "tests/test_graph.py",
    "tests/test_sparse_attention.py",
    "tests/test_streams_and_patches.py",
    "tests/test_quantization.py",
    "tests/test_parallelism.py",
)
ONLY_CONSISTENT: Final = "not same_as_alone and not evidence_claims and not TestWorking"
"""Tests that compare the product with itself are left out."""
SURVIVED, KILLED, FAILED = range(3)


class Reading(NamedTuple):
    """One reading of a name or attribute in a function of a module."""

    module: str
    number: int
    line: int
    column: int
    text: str


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


def readings(module: str) -> list[Reading]:
    """Return every reading in the functions of a module."""
    plain = _Readings(-1, "")
    plain.visit(ast.parse((ROOT / module).read_text(encoding="utf-8")))
    return [Reading(module, n, e.lineno, e.col_offset + 1, ast.unparse(e)) for n, e in enumerate(plain.found)]


def change(module: str, target: int | None, call: Callable[[int, Any], Any]) -> None:
    """Let the functions of a module in this process pass one reading, or all, through a call."""
    path = ROOT / module
    tree = _Readings(target, "_reading").visit(ast.parse(path.read_text(encoding="utf-8")))
    compiled = {
        (code.co_name, code.co_firstlineno): code
        for code in codes(compile(ast.fix_missing_locations(tree), str(path), "exec"))
    }
    imported = import_module(module.removesuffix(".py").replace("/", "."))
    vars(imported)["_reading"] = call
    for function in FUNCTIONS[module]:
        code = function.__code__
        function.__code__ = compiled[code.co_name, code.co_firstlineno]


FUNCTIONS: Final[dict[str, list[FunctionType]]] = {}
"""The functions of each module, wherever they are referred to from."""


def find_functions(modules: list[str]) -> None:
    """Import the modules and find their functions, those of their classes among them."""
    files = {str(ROOT / module): module for module in modules}
    for module in modules:
        import_module(module.removesuffix(".py").replace("/", "."))
        FUNCTIONS[module] = []
    for found in gc.get_objects():
        if not isinstance(found, FunctionType) or "<locals>" in found.__qualname__:
            continue
        if found.__code__.co_filename in files:
            FUNCTIONS[files[found.__code__.co_filename]].append(found)


def codes(code: CodeType) -> Iterator[CodeType]:
    """Yield a code object and those inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


class Mutation:
    """Runs the collected tests in its own way: once for all readings, then again for each mutant."""

    def __init__(self, modules: list[str], most: int | None) -> None:
        self._modules = modules
        self._most = most
        self.results: list[int] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge all mutants by the collected tests."""
        find_functions(self._modules)
        self._tests = [item for item in session.items if isinstance(item, pytest.Function) and needs_no_fixture(item)]
        gc.freeze()
        readers = self._readers()
        mutants = [
            (reading, readers[f"{module} {reading.number}"])
            for module in self._modules
            for reading in readings(module)
            if f"{module} {reading.number}" in readers
        ]
        for reading, result in self._judged(mutants):
            self.results.append(result)
            print(f"\r{len(self.results)} of {len(mutants)}", end="", file=sys.stderr)
            if result == SURVIVED:
                tests = min(len(readers[f"{reading.module} {reading.number}"]), self._most or sys.maxsize)
                place = f"{reading.module}:{reading.line}:{reading.column}"
                print(f"{place}: {reading.text} + 1 goes unnoticed by {tests} tests", flush=True)
        print(file=sys.stderr)
        return True

    def _readers(self) -> dict[str, list[int]]:
        """Return which tests read what as a number; noted in a process of its own, so that this one keeps nothing."""
        told, tell = os.pipe()
        if (child := os.fork()) == 0:
            with os.fdopen(tell, "w") as pipe:
                json.dump(self._note(), pipe)
            os._exit(0)
        os.close(tell)
        with os.fdopen(told) as pipe:
            readers: dict[str, list[int]] = json.load(pipe)
        os.waitpid(child, 0)
        return readers

    def _note(self) -> dict[str, list[int]]:
        seen: set[str] = set()
        for module in self._modules:
            change(module, None, noting(module, seen))
        readers: dict[str, list[int]] = {}
        for number, item in enumerate(self._tests):
            seen.clear()
            forget(item)
            if (error := failure(item)) is not None:
                print(f"left out, since it fails without a mutant: {item.nodeid}: {error!r}"[:200], flush=True)
                continue
            for key in seen:
                readers.setdefault(key, []).append(number)
        return readers

    def _judged(self, mutants: list[tuple[Reading, list[int]]]) -> Iterator[tuple[Reading, int]]:
        """Yield every mutant with what became of it, as many at a time as there are processors."""
        running: dict[int, Reading] = {}
        waiting = mutants[::-1]
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                reading, numbers = waiting.pop()
                if (child := os.fork()) == 0:
                    result = FAILED
                    try:
                        result = self._judge(reading, numbers)
                    finally:
                        os._exit(result)
                running[child] = reading
            child, status = os.wait()
            result = os.waitstatus_to_exitcode(status)
            if result not in (SURVIVED, KILLED):
                message = f"{running[child]} could not be judged"
                raise RuntimeError(message)
            yield running.pop(child), result

    def _judge(self, reading: Reading, numbers: list[int]) -> int:
        change(reading.module, reading.number, one_more)
        Random(0).shuffle(numbers)  # so that tests of every kind come soon
        tests = (self._tests[number] for number in numbers[: self._most])
        return KILLED if any(failure(test) is not None for test in tests) else SURVIVED


def needs_no_fixture(item: pytest.Function) -> bool:
    """Whether a test is called with its parameters alone."""
    given = item.callspec.params if hasattr(item, "callspec") else {}
    return set(item._fixtureinfo.argnames) <= set(given)


def forget(item: pytest.Function) -> None:
    """Let the test's module keep nothing of tests before, so that this one reads everything itself."""
    for value in vars(item.module).values():
        if hasattr(value, "cache_clear"):
            value.cache_clear()


def failure(item: pytest.Function) -> BaseException | None:
    """Run a test; return what it raises."""
    try:
        item.obj(**(item.callspec.params if hasattr(item, "callspec") else {}))
    except BaseException as error:
        return None if isinstance(error, pytest.skip.Exception) else error
    return None


def noting(module: str, seen: set[str]) -> Callable[[int, Any], Any]:
    """Return what adds each reading that gives a number to those seen."""

    def note(reading: int, value: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            seen.add(f"{module} {reading}")
        return value

    return note


def one_more(reading: int, value: Any) -> Any:
    return value + 1 if isinstance(value, int) and not isinstance(value, bool) else value


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", metavar="FILE", help="a module, from the project's folder")
    parser.add_argument("--tests", type=int, metavar="N", help="run at most N tests for each mutant")
    asked = parser.parse_args(arguments)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    mutation = Mutation(asked.modules or list(MODULES), asked.tests)
    pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-k", ONLY_CONSISTENT, *TESTS], plugins=[mutation])
    print(f"{mutation.results.count(KILLED)} killed, {mutation.results.count(SURVIVED)} survived")
    return 1 if SURVIVED in mutation.results or not mutation.results else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
