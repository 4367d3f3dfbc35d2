"""Real plugin distributions, written as an installer leaves them, so that `importlib.metadata` finds them."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import zlib
from textwrap import dedent
from typing import TYPE_CHECKING

from llmsim_adapters.model import Model
from llmsim_adapters.plugins.manager import installed, load
from llmsim_adapters.sources import find

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Any

    import pytest

    import llmsim_adapters as la
    from llmsim_adapters.plugins.registered import Registered

GROUP = "llmsim_adapters"
NAME, VERSION = "Acme.Tools", "1.2.3"
BUILT_INS = ["classifier", "deepseek_v3", "draft", "encoder", "hybrid", "qwen3", "qwen3_moe"]

PREAMBLE = """\
import sys, time
import llmsim_adapters as la

REQUIREMENTS = la.Requirements(
    categories=frozenset({la.Category.DENSE}),
    parameters=("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size"),
    components=frozenset({"norm", "embedding", "head", "attention", "mlp"}),
    features=frozenset({"activation", "attention_bias", "logit_softcap", "mixed_attention", "partial_rotary",
                        "post_norms", "qk_norm", "attention_softcap", "sliding_window", "tied_embeddings"}),
)

def hang():
    time.sleep(60)

class Acme(la.Builder):
    name = "acme"
    requirements = REQUIREMENTS
"""

REGISTER = """
@la.hookimpl
def llmsim_register_builders():
    return [Acme]
"""


def install(
    folder: Path,
    source: str,
    *,
    name: str = NAME,
    version: str = VERSION,
    entry_point: str = "acme",
    preamble: str = PREAMBLE,
    register: str = REGISTER,
) -> None:
    """Write a distribution of one module with one entry point."""
    module = module_of(folder, name)
    info = f"{re.sub(r'[-_.]+', '_', name).lower()}-{version}.dist-info"
    write(
        folder,
        {
            f"{module}.py": preamble + dedent(source) + register,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/entry_points.txt": f"[{GROUP}]\n{entry_point} = {module}\n",
        },
        record=f"{info}/RECORD",
    )


def module_of(folder: Path, name: str = NAME) -> str:
    """Return the name of a distribution's module: another in each folder, for one that hangs stays half imported."""
    return re.sub(r"\W", "_", f"{name}_{zlib.crc32(str(folder).encode())}").lower()


def write(folder: Path, files: Mapping[str, str], record: str | None = None) -> None:
    """Write files, and a RECORD of them."""
    lines = []
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(text.encode())}\n")
    if record is not None:
        (folder / record).write_text("".join(lines) + f"{record},,\n", encoding="utf-8")


class Plugins:
    """A folder on the path in which distributions are installed, and what the host makes of them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch

    def install(self, source: str = "", **options: str) -> Plugins:
        install(self.folder, source, **options)
        return self

    def load(self, environment: Mapping[str, str] | None = None) -> Registered:
        """Load everything that is installed, as the first use in a process does."""
        self._monkeypatch.syspath_prepend(str(self.folder))
        entry_points, broken = installed()
        result = load(entry_points, environment or {})
        result.broken += broken
        return result


def plugins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugins]:
    """Yield an empty folder, and forget what was imported from it."""
    yield Plugins(folder, monkeypatch)
    for name, module in list(sys.modules.items()):
        if str(folder) in str(getattr(module, "__file__", None) or ""):
            del sys.modules[name]


def model(source: str | Mapping[str, Any], registered: Registered, total: la.Total | None = None) -> Model:
    """Return a model as `la.load` does, with these plugins in place of the installed ones."""
    return Model(find(source, offline=True), total, registered)


def answer(coverage: la.Coverage, *, without: str = "acme") -> dict[str, Any]:
    """Return a model's answer but for one builder's claim."""
    said = coverage.to_dict()
    said["claims"] = [claim for claim in said["claims"] if claim["builder"] != without]
    return said
