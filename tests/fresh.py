"""A fresh virtual environment with this project's wheel, made without a network: the checkout is not in it.

What the project itself needs comes from the environment that the tests run in, behind everything that is installed
here; whatever makes an editable install work there has no effect here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.hub.fixtures import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

ALONE = [f"-pno:{name}" for name in ("cacheprovider", "benchmark", "anyio", "hypothesispytest")]
"""Options of a pytest within a test: without plugins that have no part in it, which take as long as all the rest."""

BIN = "Scripts" if os.name == "nt" else "bin"


class Environment:
    """The environment in a folder: what is installed in it, and how to run things there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.python = folder / BIN / ("python.exe" if os.name == "nt" else "python")
        venv.create(folder, with_pip=False, symlinks=os.name != "nt")
        code = "import sysconfig; print(sysconfig.get_path('purelib'))"
        site = Path(self.run([str(self.python), "-c", code]).strip())
        behind = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
        (site / "behind.pth").write_text("\n".join(behind) + "\n", encoding="utf-8")

    def install(self, *projects: Path) -> None:
        """Build the wheels of projects and install them, as pip does for a user who has what they depend on."""
        wheels = self.folder / "wheels"
        for project in projects:
            build = ["-m", "build", "--no-isolation", "--wheel", "--outdir", str(wheels / project.name), str(project)]
            self.run([sys.executable, *build])
        found = [str(wheel) for project in projects for wheel in (wheels / project.name).glob("*.whl")]
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(self.python)]
        self.run([*pip, "install", "--no-index", "--no-deps", *found])

    def command(self, *arguments: str, cwd: Path | None = None, code: int = 0) -> str:
        """Return the standard output of `llmsim-adapters`, which ends with an exit code."""
        return self.run([str(self.folder / BIN / "llmsim-adapters"), *arguments], cwd=cwd, code=code)

    def pytest(self, project: Path) -> str:
        """Run a project's tests; return the last line of what pytest says."""
        return (
            self.run([str(self.python), "-m", "pytest", "-q", "-pno:xdist", *ALONE], cwd=project)
            .rstrip()
            .rpartition("\n")[2]
        )

    def run(self, command: Sequence[str], *, cwd: Path | None = None, code: int = 0) -> str:
        """Return what a command prints, run away from the checkout and asking no hub."""
        dropped = ("PYTHONPATH", "VIRTUAL_ENV", "LLMSIM_ADAPTERS_PLUGINS", "LLMSIM_ADAPTERS_DISABLE")
        kept = {name: value for name, value in os.environ.items() if name not in dropped and "PYTEST" not in name}
        kept |= {"HF_HUB_OFFLINE": "1", "COLUMNS": "80", "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            command, cwd=cwd or self.folder, env=kept, capture_output=True, encoding="utf-8", timeout=120, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with this project's wheel, shared by all tests, which add plugins to it."""
    made = Environment(tmp_path_factory.mktemp("fresh") / "environment")
    made.install(ROOT)
    return made
