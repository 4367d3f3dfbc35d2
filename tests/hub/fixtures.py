"""Fixtures around the fake hub: no test that uses them reaches a real hub or the user's own folders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.hub.server import FakeHub

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent.parent

# The clients read these once, when they are imported, so they can't wait for a fixture. The address is
# that of no server: whatever forgets to name one stays on this machine and fails at once.
NOWHERE = "http://127.0.0.1:9"
CLIENT_SETTINGS = {
    "HF_ENDPOINT": NOWHERE,
    "MODELSCOPE_ENDPOINT": NOWHERE,
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_TOKEN_PATH": os.devnull,
    "HF_HUB_DISABLE_XET": "1",
    "MODELSCOPE_DOWNLOAD_MAX_RETRIES": "0",
    "MODELSCOPE_LOG_LEVEL": "ERROR",
    "NO_PROXY": "127.0.0.1",
    "no_proxy": "127.0.0.1",
}
USERS_OWN = (
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "HF_HUB_CACHE",
    "HUGGINGFACE_HUB_CACHE",
    "XDG_CACHE_HOME",
    "MODELSCOPE_API_TOKEN",
    "MODELSCOPE_DOMAIN",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
)
os.environ.update(CLIENT_SETTINGS)
for _name in USERS_OWN:
    os.environ.pop(_name, None)


@pytest.fixture
def hub_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for both clients, with empty caches, and no hub behind their addresses."""
    home = tmp_path / "home"
    home.mkdir()
    for name in USERS_OWN:
        monkeypatch.delenv(name, raising=False)
    for name, value in CLIENT_SETTINGS.items():
        monkeypatch.setenv(name, value)
    for name, folder in {
        "HOME": "",
        "USERPROFILE": "",
        "HF_HOME": "hf",
        "MODELSCOPE_CACHE": "modelscope",
        "MODELSCOPE_HOME": "modelscope-home",
    }.items():
        monkeypatch.setenv(name, str(home / folder))
    return home


@pytest.fixture
def hub(hub_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    """A running fake hub that stands for both real ones in the environment."""
    with FakeHub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("MODELSCOPE_ENDPOINT", server.url)
        yield server


@pytest.fixture
def run_python(hub_home: Path) -> Callable[..., str]:
    """Return what code prints in a fresh interpreter; `NAME=None` leaves a variable out."""

    def run(code: str, **environment: str | None) -> str:
        merged = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={name: value for name, value in merged.items() if value is not None},
            cwd=hub_home,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    return run
