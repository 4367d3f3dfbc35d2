"""The kit of tests finds what plugins get wrong, and says what to mend: run as their authors run it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from llmsim_adapters.scaffold import create
from tests import pages
from tests.fresh import ALONE
from tests.hub.fixtures import ROOT
from tests.plugins.distributions import write

if TYPE_CHECKING:
    from pathlib import Path

DIALECT: Final = """
import llmsim_adapters as la

def read(r):
    return la.decoder(r, la.attention(r, bias=r.flag("acme_bias")), la.mlp(r))

ACME = la.dialect("llama").like(
    "acme", read=read, aliases={"depth": "num_hidden_layers"}, costless={"acme_seed": "training only"}, acme_bias=False
)

@la.hookimpl
def llmsim_register_dialects():
    return [ACME]
"""
ITS_TESTS: Final = """
from llmsim_adapters.testing import DialectConformance, Example

CONFIG = {
    "model_type": "acme", "architectures": ["AcmeForCausalLM"], "vocab_size": 500, "hidden_size": 60,
    "intermediate_size": 160, "num_attention_heads": 4, "depth": 3, "tie_word_embeddings": True,
}

class TestAcme(DialectConformance):
    model_type = "acme"
    examples = {"small": Example(CONFIG, parameters=160_020), "other": Example({**CONFIG, "vocab_size": 501})}
"""

# What is otherwise than it should be: the text, what stands in its place, the test that fails, and what it says.
MISREAD: Final = {
    "an alias for something else": (
        'aliases={"depth": "num_hidden_layers"}',
        'aliases={"depth": "num_hidden_layers", "vocab": "hidden_size", "hidden_size": "vocab_size"}',
        "test_it_reads_the_example",
        "not all of the config is read",
    ),
    "a default that nobody reads": (
        "acme_bias=False",
        "acme_bais=False",
        "test_a_default_is_read",
        "no example reads the default 'acme_bais': it is misspelt, or needs an example that does",
    ),
    "a costless key that costs": (
        'costless={"acme_seed": "training only"}',
        'costless={"head_dim": "training only"}',
        "test_a_costless_key_costs_nothing",
        "`head_dim` costs",
    ),
    "another type": ('"acme", read', '"acme2", read', "", "no dialect of 'acme' is registered"),
}

LOWERED: Final = {
    "no cache": (
        '    site.cache("key_value", width, "kv_heads")\n',
        "",
        "text.layer attends to earlier tokens in a decode step and keeps nothing of them; its lowering lacks a `site.c",
    ),
    "results that nobody adds up": (
        'site.linear("o_proj", heads * width, hidden, "row")',
        'site.linear("o_proj", heads * width, hidden, "column")',
        "is split by column, heads, and nothing puts its parts together",
    ),
    "a cache that is split as no weight": (
        'site.cache("key_value", width, "kv_heads")',
        'site.cache("key_value", width, "column")',
        "the cache `key_value` of text.layer is split by column, and no weight is",
    ),
    "a size that no config states": (
        'site.linear("kv_proj", hidden, width, "kv_heads")',
        'site.linear("kv_proj", hidden, width + 48, "kv_heads")',
        "kv_proj (mixer.py:37): nothing says where the size 48 in",
    ),
}


SEEN: Final = {
    "fewer tokens of a larger picture": (
        "tokens = patches + 1, down * across + 1",
        "tokens = patches + 1, 200 // (down * across) + 1",
        "test_what_is_larger_becomes_no_fewer_tokens",
        "(96, 128) becomes 11 tokens, and (192, 256) 5",
    ),
    "rows that are no sequences": (
        "pieces=((rows, 1),)",
        "pieces=((patches, 1),)",
        "test_an_item_is_whole_sequences_of_an_encoder",
        "81 rows are not the sequences ((80, 1),)",
    ),
    "an error that is no Unfit": (
        "        height, width = (int(side) for side in given)\n",
        "        height, width = (int(side) for side in given)\n        1 // (height - 1)\n",
        "test_odd_sizes_are_taken_or_refused",
        "ZeroDivisionError",
    ),
}


def install(folder: Path, name: str, module: str) -> None:
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    write(
        folder,
        {
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
            f"{info}/entry_points.txt": f"[llmsim_adapters]\nacme = {module}\n",
        },
    )


def run(folder: Path, *options: str) -> str:
    dropped = {name for name in os.environ if "PYTEST" in name or name.startswith("LLMSIM")}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-pno:xdist", *ALONE, *options, "."],
        cwd=folder,
        env={**kept, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), "COLUMNS": "300"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


class TestADialectAlone:
    def written(self, folder: Path, old: str = "", new: str = "") -> Path:
        assert old in DIALECT
        install(folder, "llmsim-acme", "llmsim_acme")
        (folder / "llmsim_acme.py").write_text(DIALECT.replace(old, new) if old else DIALECT, encoding="utf-8")
        (folder / "test_acme.py").write_text(ITS_TESTS, encoding="utf-8")
        return folder

    def test_is_held_to_its_own_examples(self, tmp_path: Path) -> None:
        said = run(self.written(tmp_path))
        assert " passed" in said
        assert "failed" not in said
        assert "no total is given: count the parameters in the model's own implementation" in said

    @pytest.mark.parametrize(("old", "new", "test", "message"), MISREAD.values(), ids=list(MISREAD))
    def test_is_told(self, old: str, new: str, test: str, message: str, tmp_path: Path) -> None:
        said = run(self.written(tmp_path, old, new))
        assert message in said
        assert test in said


class TestAComponent:
    @pytest.mark.parametrize(("old", "new", "message"), LOWERED.values(), ids=list(LOWERED))
    def test_is_told(self, old: str, new: str, message: str, tmp_path: Path) -> None:
        folder = tmp_path / "project"
        create("acme9", folder, kind="component")
        install(folder, "acme9", "acme9")
        mixer = folder / "acme9" / "mixer.py"
        text = mixer.read_text(encoding="utf-8")
        assert old in text
        mixer.write_text(text.replace(old, new), encoding="utf-8")
        said = run(folder, "-k", "attends or share or formulas")
        assert message in " ".join(said.split())


class TestAnEncoder:
    """That of the tutorial's second part, with a mistake in its rule."""

    @pytest.mark.parametrize(("old", "new", "test", "message"), SEEN.values(), ids=list(SEEN))
    def test_is_told(self, old: str, new: str, test: str, message: str, tmp_path: Path) -> None:
        page = (ROOT / "docs" / "tutorial-media.md").read_text(encoding="utf-8")
        install(tmp_path, "llmsim-glance", "llmsim_glance")
        for name in ("llmsim_glance/rule.py", "llmsim_glance/__init__.py", "tests/test_glance.py"):
            text = pages.titled(page, name)
            assert name != "llmsim_glance/rule.py" or old in text
            write(tmp_path, {name: text.replace(old, new)})
        said = run(tmp_path, "-k", "TestGlance")
        assert message in said
        assert test in said
