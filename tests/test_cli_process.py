"""The command as a process: streams, exit codes, colours on a real terminal, what it loads."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

COMMAND: Final = [sys.executable, "-m", "llmsim_adapters"]
EXPLAIN: Final = ["explain", "Qwen/Qwen3-8B", "--offline"]
POSIX: Final = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX terminal or signal")


@pytest.fixture
def environment(hub_home: Path) -> Callable[..., dict[str, str]]:
    """Return an environment of its own for a process; `NAME=None` leaves a variable out."""

    def merged(**changes: str | None) -> dict[str, str]:
        plain: dict[str, str | None] = {"NO_COLOR": None, "FORCE_COLOR": None, "COLUMNS": None, "LINES": None}
        both = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **plain, **changes}
        return {name: value for name, value in both.items() if value is not None}

    return merged


def start(arguments: list[str], env: dict[str, str], **options: Any) -> subprocess.Popen[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen([*COMMAND, *arguments], env=env, text=True, encoding="utf-8", **pipes)


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def on_a_terminal(arguments: list[str], env: dict[str, str], *, width: int = 80) -> tuple[str, int]:
    """Run the command with a terminal for both outputs; return what the terminal got, and the exit code."""
    import fcntl
    import pty
    import struct
    import termios

    mine, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    process = start(arguments, {**env, "TERM": "xterm-256color"}, stdout=theirs, stderr=theirs)
    os.close(theirs)
    got = b""
    while True:
        try:
            piece = os.read(mine, 65536)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        got += piece
    os.close(mine)
    return got.decode(), process.wait(timeout=60)


def test_data_and_talk_go_to_different_streams(environment: Callable[..., dict[str, str]]) -> None:
    code, out, err = finish(start(["explain", "no/such", "--offline", "--format", "json"], environment()))
    assert code == 1
    assert json.loads(out)["coverage"]["status"] == "not_evaluated"
    assert err.startswith("error: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("changes", [{}, {"FORCE_COLOR": "1"}, {"COLUMNS": "200"}, {"TERM": "xterm-256color"}])
def test_without_a_terminal_there_are_80_columns_and_no_colours(
    environment: Callable[..., dict[str, str]], changes: dict[str, str]
) -> None:
    code, out, err = finish(start(EXPLAIN, environment(**changes)))
    assert (code, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out


@POSIX
def test_a_terminal_has_colours(environment: Callable[..., dict[str, str]]) -> None:
    out, code = on_a_terminal(EXPLAIN, environment())
    assert code == 0
    assert "\x1b[32mfully supported" in out


@POSIX
def test_a_terminal_without_colours(environment: Callable[..., dict[str, str]]) -> None:
    out, _ = on_a_terminal(EXPLAIN, environment(NO_COLOR="1"))
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", out)


@POSIX
@pytest.mark.parametrize("width", [60, 80, 130])
def test_a_terminal_is_filled_and_not_overfilled(environment: Callable[..., dict[str, str]], width: int) -> None:
    out, _ = on_a_terminal([*EXPLAIN, "--full"], environment(), width=width)
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in out.splitlines()]
    assert width - 15 < max(map(len, lines)) <= width


@POSIX
def test_a_progress_bar_is_gone_when_the_report_is_there(environment: Callable[..., dict[str, str]]) -> None:
    out, code = on_a_terminal(["coverage", "--offline"], environment())
    assert code == 0
    assert "configs" in out
    assert "configs" not in out[out.index("The 19 models") :].replace("Configs", "")


@POSIX
def test_a_reader_that_has_enough_is_no_error(environment: Callable[..., dict[str, str]]) -> None:
    """`llmsim-adapters … | head -1`."""
    read, write = os.pipe()
    os.close(read)
    process = start(EXPLAIN, environment(), stdout=write)
    os.close(write)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_is_one_line(environment: Callable[..., dict[str, str]]) -> None:
    with Path("/dev/full").open("w") as full:
        process = start(EXPLAIN, environment(), stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert err.startswith("error: ")
    assert err.count("\n") == 1


# A suite that runs in the background of a shell has interrupts ignored, and a process inherits that.
HEED: Final = partial(signal.signal, signal.SIGINT, signal.default_int_handler)


@POSIX
def test_an_interrupt_leaves_no_traceback(environment: Callable[..., dict[str, str]]) -> None:
    """Interrupted while it waits for a hub that does not answer."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        process = start(["build", "org/name"], environment(HF_ENDPOINT=address), preexec_fn=HEED)
        server.settimeout(30)
        connection, _ = server.accept()
        with connection:
            process.send_signal(signal.SIGINT)
            code, out, err = finish(process)
    assert (code, out, err) == (130, "", "error: interrupted\n")


def test_an_output_that_lacks_a_character_gets_an_escape(environment: Callable[..., dict[str, str]]) -> None:
    code, out, err = finish(start([*EXPLAIN, "--full"], environment(PYTHONUTF8="0", PYTHONIOENCODING="ascii")))
    assert (code, err) == (0, "")
    assert "[vocab_size \\xd7 hidden_size]" in out


def test_a_bug_is_no_answer(environment: Callable[..., dict[str, str]], tmp_path: Path) -> None:
    """It has an exit code of its own, and its traceback on request."""
    code = textwrap.dedent("""
        import sys
        from llmsim_adapters.cli import builders, main
        builders.document = lambda found, name: 1 / 0
        sys.argv = ["llmsim-adapters", "builders"]
        main.main()
    """)
    for wanted, status in ((None, 70), ("1", 1)):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment(LLMSIM_ADAPTERS_TRACEBACK=wanted),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == status
        assert ("Traceback" in done.stderr) == (wanted is not None)
        assert "ZeroDivisionError" in done.stderr


def test_a_broken_plugin_is_listed_and_costs_nothing_else(
    environment: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    info = tmp_path / "retro_builder-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: retro-builder\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[llmsim_adapters]\nretro = retro_builder\n")
    (tmp_path / "retro_builder.py").write_text("raise RuntimeError('[red]\\x1b[2J')\n")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    code, out, err = finish(start(["builders"], environment(PYTHONPATH=path)))
    assert (code, err) == (0, "")
    assert out.startswith("Builders: 7, engines: 3, broken plugins: 1\n")
    (line,) = (line for line in out.splitlines() if line.startswith("retro "))
    assert "retro-builder 1.2" in line
    assert "[red]\\x1b[2J" in out
    found = json.loads(finish(start(["builders", "--format", "json"], environment(PYTHONPATH=path)))[1])
    assert [entry["distribution"] for entry in found["broken"]] == ["retro-builder"]


@pytest.mark.parametrize("command", ["explain", "build"])
@pytest.mark.parametrize("wanted", ["table", "json", "markdown"])
def test_a_bundled_model_needs_no_client_and_no_pydantic(
    environment: Callable[..., dict[str, str]], command: str, wanted: str
) -> None:
    code = textwrap.dedent(f"""
        import sys
        from llmsim_adapters.cli.main import main
        try:
            main(["{command}", "Qwen/Qwen3-8B", "--offline", "--format", "{wanted}"])
        except SystemExit:
            print(*sys.modules, file=sys.stderr)
    """)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, timeout=60, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert not loaded & {"pydantic", "huggingface_hub", "modelscope", "modelscope_hub", "requests", "httpx", "tqdm"}
    assert ("rich" in loaded) == (wanted == "table")


@POSIX
class TestStreams:
    """Streams that are closed, full or interrupted: one line where there is somewhere to say it, and an exit code."""

    def shell(self, line: str, env: dict[str, str]) -> tuple[int, str]:
        command = " ".join([sys.executable, "-m", "llmsim_adapters"])
        done = subprocess.run(
            ["sh", "-c", line.format(command)], env=env, text=True, capture_output=True, timeout=60, check=False
        )
        return done.returncode, done.stdout + done.stderr

    @pytest.mark.parametrize(
        ("line", "code", "said"),
        [
            ("{} builders --format json >&-", 1, "error: standard output is closed\n"),
            ("{} builders 2>&- | head -c 0", 0, ""),
            ("{} coverage nothing.json 2>/dev/full", 2, ""),
            ("{} coverage nothing.json 2>&-", 2, ""),
            ("{} builders >/dev/full", 1, "error: standard output can't be written: No space left on device\n"),
        ],
    )
    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_are_answered_by_an_exit_code(self, environment: Any, line: str, code: int, said: str) -> None:
        assert self.shell(line, environment()) == (code, said)

    @pytest.mark.parametrize("delay", [0.005, 0.02, 0.05, 0.1, 0.15, 0.3])
    def test_an_interrupt_is_one_line_from_the_beginning(self, environment: Any, delay: float) -> None:
        code = (
            "import sys; from llmsim_adapters.cli.entry import run\n"
            "sys.argv = ['llmsim-adapters', 'coverage', 'sglang', '--offline']\n"
            "print('begins', flush=True); run()"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            env=environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=HEED,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        code_, _, said = finish(process)
        assert (code_, said) in [(130, "error: interrupted\n"), (0, "")]  # the latter where it was done before


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="needs groups of processes")
@pytest.mark.parametrize("delay", [0.4, 0.8, 1.2, 2.0])
def test_an_interrupt_of_a_census_is_one_line_of_all_its_processes(
    environment: Any, tmp_path: Path, delay: float
) -> None:
    """A terminal interrupts them all; none has anything to say, and none is left."""
    rows = tmp_path / "in.jsonl"
    rows.write_text('{"model_type": "llama"}\n' * 1_000_000)
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "llmsim_adapters",
            "census",
            str(rows),
            "-o",
            str(tmp_path / "out.jsonl"),
            "--workers=2",
        ],
        env=environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=HEED,
        start_new_session=True,
    )
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGINT)
    code, _, said = finish(process)
    assert (code, said) == (130, "error: interrupted\n")
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    pytest.fail("a process is left")


@pytest.mark.parametrize("option", ["--fail-under=nan", "--fail-under-full=nan", "--timeout=nan", "--timeout=inf"])
def test_a_number_is_one(environment: Any, option: str) -> None:
    code, _, said = finish(start(["coverage", "--offline", option], environment()))
    assert (code, "is not in the range" in said, said.count("\n")) == (2, True, 1)


@pytest.mark.parametrize("address", ["http://[::1", "http://[", "http://:::"])
def test_an_address_that_is_none_is_an_answer(environment: Any, address: str) -> None:
    env = environment(HF_ENDPOINT=address, MODELSCOPE_ENDPOINT=address)
    code, _, said = finish(start(["build", "org/name"], env))
    assert (code, said.count("\n")) == (1, 1)
    assert said.startswith("error: no config.json for 'org/name'")
