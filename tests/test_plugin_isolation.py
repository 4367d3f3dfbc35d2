"""Plugins that do what they must not, through the command: it answers as without them, and names who did it.

What the host makes of each is held one by one in `tests/test_plugins.py`; here is what users see.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import jsonschema
import pytest

from llmsim_adapters.documents import schema_of
from llmsim_adapters.plugins.isolation import TIMEOUT
from tests.hub.fixtures import ROOT
from tests.plugins import distributions
from tests.plugins.distributions import NAME, VERSION

if TYPE_CHECKING:
    from pathlib import Path

MODEL: Final = "mistralai/Mistral-7B-v0.1"
LABEL: Final = f"{NAME} {VERSION}"
NOISE: Final = "print('noise'); sys.stdout.write('noise'); sys.stdout.flush()"

MUTATION: Final = "reading.parameters.clear(); reading.without_effect.clear(); return claim"

# Ways to standard output that no stand-in for `sys.stdout` can close.
WAYS_OUT: Final = {
    "by the stream of the beginning": "sys.__stdout__.write('noise'); sys.__stdout__.flush()",
    "to descriptor 1": "os.write(1, b'noise')",
    "in a process of its own": "subprocess.run([sys.executable, '-c', 'print(\"noise\")'])",
    "in a thread of its own": "threading.Thread(target=chatter, daemon=True).start()",
}
CHATTER: Final = """
import os, subprocess, threading
def chatter():
    for _ in range(300):
        print("\\x1b[31mnoise", flush=True); time.sleep(0.01)
"""

# A builder that claims less firmly than the built-in one, so that all that may change is its own claim.
MODEST: Final = """
class Acme(Acme):
    requirements = la.Requirements(
        categories=REQUIREMENTS.categories, parameters=("hidden_size",), components=REQUIREMENTS.components,
        features=REQUIREMENTS.features,
    )
"""
EVERYTHING: Final = """
class Acme(la.Builder):
    name = "acme"
    requirements = la.Requirements(
        categories=frozenset(la.Category), parameters=("hidden_size", "num_experts"), components=frozenset({"norm"})
    )
    def claim(self, reading, claim):
        return claim._replace(claims=True, missing_parameters=(), gaps=())
"""


def own(method: str, body: str) -> str:
    arguments = {"claim": "reading, claim", "build": "spec, schedule, wire"}[method]
    return f"{MODEST}\n    def {method}(self, {arguments}):\n        {body}\n"


def hook(name: str, body: str) -> str:
    return f"{MODEST}\n@la.hookimpl\ndef llmsim_register_{name}():\n    {body}\n"


# The module of the plugin, and where the reason stands: beside the broken plugins, or in its claim; empty: nowhere, as
# nothing comes of it.
HOOKS: Final = ("components", "dialects", "builders")
BAD: Final = {"raises": "1 / 0", "hangs": "hang()", "returns a number": "return 3", "returns numbers": "return [3]"}
MISBEHAVIOURS: Final = {
    "raises at import": ("raise ValueError('bad luck')", "broken", "ValueError: bad luck"),
    "leaves at import": ("sys.exit(0)", "broken", "SystemExit: 0"),
    "hangs at import": ("hang()", "broken", "did not answer"),
    **{f"{how} in {name}": (hook(name, body), "broken", name) for name in HOOKS for how, body in BAD.items()},
    "raises in claim": (own("claim", "1 / 0"), "claim", "ZeroDivisionError"),
    "hangs in claim": (own("claim", "hang()"), "claim", "did not answer"),
    "claims a number": (own("claim", "return 3"), "claim", "expected a Claim"),
    "claims everything": (EVERYTHING, "claim", ""),
    "mutates what it reads": (
        own("claim", MUTATION),
        "",
        "",
    ),
    "prints": (f"{NOISE}\n{own('claim', f'{NOISE}; return claim')}", "", ""),
    "closes standard output": (f"sys.stdout.close()\n{MODEST}", "", ""),
    **{f"prints {how} at import": (f"{CHATTER}{way}\n{MODEST}", "", "") for how, way in WAYS_OUT.items()},
    **{
        f"prints {how} in claim": (CHATTER + own("claim", f"{way}; return claim"), "", "")
        for how, way in WAYS_OUT.items()
    },
    "changes the environment": (f"import os; os.environ.clear(); os.environ['HF_HOME'] = 'x'\n{MODEST}", "", ""),
    "goes to another folder": (f"import os; os.chdir('/')\n{MODEST}", "", ""),
    "lowers the recursion limit": (own("claim", "sys.setrecursionlimit(60); return claim"), "", ""),
    "takes a built-in's name": ("Acme.name = 'qwen3'", "broken", "taken by llmsim-adapters"),
}


def environment(folder: Path | None, seconds: str) -> dict[str, str]:
    path = os.pathsep.join([*([] if folder is None else [str(folder)]), str(ROOT)])
    only = {"LLMSIM_ADAPTERS_PLUGINS": "" if folder is None else "acme"}
    return {**os.environ, "PYTHONPATH": path, TIMEOUT: seconds, **only}


def python(home: Path, folder: Path | None, seconds: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, with the plugin of a folder."""
    return subprocess.run(
        [sys.executable, *arguments],
        env=environment(folder, seconds),
        cwd=home,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def ask(folder: Path | None, home: Path, seconds: str = "30") -> tuple[dict[str, Any], dict[str, Any], str]:
    """Return what `explain` and `builders` say, one after the other in a process of their own, and its warnings."""
    code = (
        "from llmsim_adapters.cli.main import main\n"
        f"for arguments in (['explain', {MODEL!r}, '--offline'], ['builders']):\n"
        "    try: main([*arguments, '--format', 'json'])\n"
        "    except SystemExit as end: assert not end.code, end.code\n"
    )
    done = python(home, folder, seconds, "-c", code)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    first, end = json.JSONDecoder().raw_decode(done.stdout)
    second, rest = json.JSONDecoder().raw_decode(done.stdout[end:].lstrip())
    assert done.stdout[end:].lstrip()[rest:].strip() == "", "standard output has more than the documents"
    jsonschema.validate(first, schema_of("explanation"))
    jsonschema.validate(second, schema_of("builders"))
    del first["coverage"]["source"]["answers"]  # which caches were looked into is a matter of the home
    return first, second, "".join(line for line in done.stderr.splitlines(True) if line.startswith("warning: "))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any], str]:
    return ask(None, tmp_path_factory.mktemp("alone"))


@pytest.mark.parametrize(("source", "where", "reason"), MISBEHAVIOURS.values(), ids=list(MISBEHAVIOURS))
def test_it_costs_nothing_but_its_own_answer(
    source: str, where: str, reason: str, alone: tuple[Any, Any, str], hub_home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    register = "" if "llmsim_register_builders" in source else distributions.REGISTER
    distributions.install(folder, source, register=register)
    explained, listed, warnings = ask(folder, hub_home, "1" if "hang()" in source else "30")
    claims = explained["coverage"]["claims"]
    its_own = [claim for claim in claims if claim["builder"] == "acme"]
    explained["coverage"]["claims"] = [claim for claim in claims if claim["builder"] != "acme"]
    assert explained == alone[0]
    assert [entry for entry in listed["builders"] if entry["built_in"]] == alone[1]["builders"]

    broken = [(plugin["distribution"], plugin["version"]) for plugin in listed["broken"]]
    assert broken == ([(NAME, VERSION)] if where == "broken" else [])
    assert warnings.count("\n") == len(broken)
    if where == "broken":
        assert reason in listed["broken"][0]["error"]
        assert warnings == f"warning: plugin acme of {LABEL} is not used: {listed['broken'][0]['error']}\n"
    elif where == "claim" and reason:
        (gap,) = [gap for claim in its_own for gap in claim["gaps"] if gap["kind"] == "plugin_error"]
        assert gap["detail"].startswith(f"{LABEL}: ")
        assert reason in gap["detail"]
    if where != "broken":
        (entry,) = [entry for entry in listed["builders"] if entry["name"] == "acme"]
        assert (entry["distribution"], entry["version"]) == (NAME, VERSION)


PATCHES: Final = {
    "a function of the package": ("import llmsim_adapters.text as place; name = 'printable'", "llmsim_adapters.text"),
    "a method of the package": ("place, name = la.Model, 'build'", "llmsim_adapters.model.Model.build"),
    "a function of Python": ("import json as place; name = 'loads'", "json.loads"),
}


@pytest.mark.parametrize("when", ["at import", "in claim"])
@pytest.mark.parametrize(("place", "said"), PATCHES.values(), ids=list(PATCHES))
def test_what_it_puts_in_place_of_something_else_is_reported(
    place: str, said: str, when: str, hub_home: Path, tmp_path: Path
) -> None:
    patch = f"{place}\nreal = getattr(place, name)\ndef mine(*args, **kwargs): return real(*args, **kwargs)\n"
    change = "setattr(place, name, mine)"
    source = f"{patch}{change}\n{MODEST}" if when == "at import" else patch + own("claim", f"{change}; return claim")
    folder = tmp_path / "site"
    distributions.install(folder, source)
    _, listed, warnings = ask(folder, hub_home)
    assert [(entry["distribution"], entry["used"]) for entry in listed["broken"]] == [(NAME, True)]
    assert f"warning: plugin acme of {LABEL} replaces `{said}" in warnings
    assert f"by mine in {distributions.module_of(folder)}.py:" in warnings


@pytest.mark.parametrize("method", ["claim", "build"])
def test_one_that_holds_the_interpreter_ends_the_command_in_time(method: str, hub_home: Path, tmp_path: Path) -> None:
    """Python can't take the lock from a regular expression that backtracks, so no thread of the host could wake up."""
    arguments = {"claim": "reading, claim", "build": "spec, schedule, wire"}[method]
    code = f"    def {method}(self, {arguments}):\n        re.match('(a+)+$', 'a' * 60 + 'b')\n"
    distributions.install(tmp_path, f"import re\nclass Acme(Acme):\n{code}")
    began = time.monotonic()
    done = python(hub_home, tmp_path, "1", "-m", "llmsim_adapters", "build", MODEL, "--offline", "--format", "json")
    assert time.monotonic() - began < 30
    assert done.returncode not in (0, 1, 2)
    assert done.stdout == ""
    assert done.stderr.startswith(f"error: plugin {LABEL} holds the interpreter, and nothing else could run for 3 s")
    assert done.stderr.endswith(f"LLMSIM_ADAPTERS_DISABLE={NAME} leaves it out\n")


def test_a_build_that_failed_is_told_beside_the_graph_of_another_builder(hub_home: Path, tmp_path: Path) -> None:
    distributions.install(
        tmp_path, "class Acme(Acme):\n    def build(self, spec, schedule, wire): raise ValueError('boom')"
    )
    done = python(hub_home, tmp_path, "30", "-m", "llmsim_adapters", "build", MODEL, "--offline", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["builder"] == "qwen3"
    file = f"{distributions.module_of(tmp_path)}.py"
    assert f"warning: builder acme failed: {LABEL}: ValueError: boom ({file}:" in done.stderr


def test_escapes_that_it_prints_are_made_harmless(hub_home: Path, tmp_path: Path) -> None:
    distributions.install(
        tmp_path, f"print('\\x1b[31mred\\n\\u202eback'); sys.stderr.buffer.write(b'\\x1b[0m\\n')\n{MODEST}"
    )
    done = python(hub_home, tmp_path, "30", "-m", "llmsim_adapters", "builders")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "\\x1b[31mred\n\\u202eback\n\\x1b[0m\n"


def test_a_thread_that_prints_for_ever_does_not_keep_the_process_from_ending(hub_home: Path) -> None:
    """When Python ends, such a thread may hold whatever lock a stream has."""
    code = (
        "import threading, time\n"
        "from llmsim_adapters import streams\n"
        "from llmsim_adapters.plugins.talk import Talk\n"
        "streams.keep_for_command(True)\n"
        "streams.shield(Talk)\n"
        "def chatter():\n"
        "    while True: print('noise' * 20, flush=True)\n"
        "threading.Thread(target=chatter, daemon=True).start()\n"
        "time.sleep(0.02)\n"
    )
    done = python(hub_home, None, "30", "-c", code)
    assert done.returncode == 0, done.stderr[-500:]
