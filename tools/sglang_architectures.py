"""Write the registry of the architectures that an SGLang release registers.

    python tools/sglang_architectures.py sglang-0.5.23-….whl

SGLang fills its model registry by importing every plain module directly inside ``sglang.srt.models``
(packages below it are helpers and are skipped) and by taking each module's ``EntryClass``: one class, or a
list of classes. The key of a class is its ``__name__``. This script finds the same names without importing
anything: it reads the modules out of the wheel and looks at their syntax trees. An ``EntryClass`` that comes
about in a way that cannot be read off the syntax is an error, never a row that is silently missing; so is a
name that two modules register, as it is in SGLang.

What comes out is what a release declares. On one machine fewer may be registered, because SGLang skips a
module whose import fails there (a missing accelerator library, say).
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import os
import re
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "sglang/srt/models/"

# The start of an architecture's name, or failing that of its module's, in lower case -> its family.
FAMILIES = {
    "afmoe": "AFMoE", "apertus": "Apertus", "arcee": "Arcee", "baichuan": "Baichuan", "bailing": "Bailing",
    "beam": "Beam", "bert": "BERT", "chatglm": "GLM", "clip": "CLIP", "cohere": "Cohere", "cosmos": "Cosmos",
    "dbrx": "DBRX", "deepseek": "DeepSeek", "dflash": "DFlash", "dots": "Dots", "dspark": "DSpark",
    "embeddinggemma": "Gemma", "ernie": "ERNIE", "exaone": "EXAONE", "falcon": "Falcon", "gemma": "Gemma",
    "gigachat": "GigaChat", "glm": "GLM", "gpt": "GPT", "granite": "Granite", "grok": "Grok", "hrm": "HRM",
    "hunyuan": "Hunyuan", "inkling": "Inkling", "intern": "Intern", "iquest": "IQuest", "jet": "Jet",
    "kimi": "Kimi", "laguna": "Laguna", "lfm": "LFM", "lighton": "LightOn", "lilicorr": "LiLiCorr",
    "ling": "Bailing", "llada": "LLaDA", "llama": "Llama", "llava": "LLaVA",
    "locateanything": "LocateAnything", "longcat": "LongCat", "mamba": "Mamba", "mellum": "Mellum",
    "midasheng": "MiDashengLM", "mimo": "MiMo", "mindspore": "MindSpore", "minicpm": "MiniCPM",
    "minimax": "MiniMax", "ministral": "Mistral", "mistral": "Mistral", "mixtral": "Mixtral",
    "mllama": "Llama", "moss": "MOSS", "muse": "Muse", "nanbeige": "Nanbeige", "nemotron": "Nemotron",
    "nvila": "NVILA", "olmo": "OLMo", "opt": "OPT", "orion": "Orion", "paddleocr": "PaddleOCR",
    "persimmon": "Persimmon", "phi": "Phi", "pixtral": "Mistral", "points": "POINTS", "qwen": "Qwen",
    "roberta": "BERT", "sarashina": "Sarashina", "sarvam": "Sarvam", "sdar": "SDAR", "solar": "Solar",
    "spark": "Spark", "stablelm": "StableLM", "starcoder": "StarCoder", "step": "Step", "teleflm": "Tele-FLM",
    "torchnative": "TorchNative", "transformers": "Transformers", "unlimitedocr": "UnlimitedOCR",
    "voxtral": "Mistral", "whisper": "Whisper", "xllm": "xLLM", "xverse": "XVERSE", "yivl": "Yi",
    "zaya": "ZAYA",
}  # fmt: skip


class UnreadableEntryError(Exception):
    """An ``EntryClass`` whose classes cannot be read off the syntax tree."""


@dataclass(frozen=True)
class Entry:
    architecture: str
    module: str

    @property
    def family(self) -> str:
        for name in (self.architecture, self.module.rpartition(".")[2]):
            plain = re.sub(r"[^a-z0-9]", "", name.lower())
            for prefix in sorted(FAMILIES, key=len, reverse=True):
                if plain.startswith(prefix):
                    return FAMILIES[prefix]
        return self.module.rpartition(".")[2]


def entries(tree: ast.Module, module: str) -> list[Entry]:
    """The architectures that one module registers, in its order."""
    assigned = [value for target, value in assignments(tree) if target == "EntryClass"]
    mentions = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "EntryClass"]
    imported = {alias.asname or alias.name for node in imports(tree) for alias in node.names}
    if len(mentions) != len(assigned) or len(assigned) > 1 or "EntryClass" in imported:
        raise UnreadableEntryError(f"{module}: EntryClass is not given by one assignment at the top level alone")
    if not assigned:
        if "*" in imported:
            raise UnreadableEntryError(f"{module}: a star import may bring an EntryClass")
        return []
    listed = assigned[0].elts if isinstance(assigned[0], ast.List) else [assigned[0]]
    return [Entry(class_name(tree, item, module), module) for item in listed]


def assignments(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """What the top level of a module gives names to."""
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))


def class_name(tree: ast.Module, item: ast.expr, module: str) -> str:
    """The ``__name__`` of the class that a name in a module stands for."""
    if isinstance(item, ast.Name):
        if any(isinstance(node, ast.ClassDef) and node.name == item.id for node in ast.walk(tree)):
            return item.id
        for source in imports(tree):
            for alias in source.names:
                if (alias.asname or alias.name) == item.id:
                    return alias.name
        for target, value in assignments(tree):
            if target == item.id:
                return class_name(tree, value, module)
    raise UnreadableEntryError(f"{module}: cannot tell which class {ast.unparse(item)!r} is")


def read_wheel(wheel: Path) -> tuple[str, list[Entry]]:
    """The version of the release in a wheel, and everything that it registers."""
    found: dict[str, Entry] = {}
    version = ""
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            if re.fullmatch(r"sglang-[^/]+\.dist-info/METADATA", name):
                version = HeaderParser().parsestr(archive.read(name).decode())["Version"]
            inner = name.removeprefix(PACKAGE)
            if inner == name or "/" in inner or not inner.endswith(".py") or inner == "__init__.py":
                continue
            module = name.removesuffix(".py").replace("/", ".")
            for entry in entries(ast.parse(archive.read(name)), module):
                if entry.architecture in found:
                    other = found[entry.architecture].module
                    raise UnreadableEntryError(f"{entry.architecture} is registered by {other} and by {module}")
                found[entry.architecture] = entry
    if not version or not found:
        raise UnreadableEntryError(f"{wheel.name} is not an SGLang wheel")
    return version, list(found.values())


def bundled_models(folder: Path) -> dict[str, str]:
    """For each architecture that a bundled config names, one model id: the first of them by name."""
    models: dict[str, str] = {}
    for path in sorted(folder.glob("*.json"), key=lambda path: path.stem):
        for architecture in json.loads(path.read_text(encoding="utf-8")).get("architectures", []):
            models.setdefault(architecture, path.stem.replace("--", "/", 1))
    return models


def registry_text(version: str, digest: str, found: list[Entry], bundled: dict[str, str]) -> str:
    head = {
        "name": "sglang",
        "title": f"Architectures that SGLang {version} registers",
        "version": version,
        "source": f"sglang {version} wheel from PyPI, sha256 {digest}",
    }
    rows = [
        {
            "family": entry.family,
            "name": entry.architecture,
            "architecture": entry.architecture,
            "module": entry.module,
            "huggingface": bundled.get(entry.architecture),
            "modelscope": None,
            "total": None,
        }
        for entry in sorted(found, key=lambda entry: (entry.family.casefold(), entry.architecture))
    ]
    top = json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}")
    return f'{top},\n  "models": [\n' + ",\n".join(f"    {json.dumps(row)}" for row in rows) + "\n  ]\n}\n"


def write(path: Path, text: str) -> None:
    """Replace a file as a whole, or leave it as it was."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink()
        raise


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the registry of what an SGLang wheel registers.")
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--configs", type=Path, default=ROOT / "hf_config", help="the bundled configs")
    parser.add_argument("--output", type=Path, default=ROOT / "llmsim_adapters/registries/sglang.json")
    options = parser.parse_args()
    try:
        version, found = read_wheel(options.wheel)
        digest = hashlib.sha256(options.wheel.read_bytes()).hexdigest()
        write(options.output, registry_text(version, digest, found, bundled_models(options.configs)))
    except (OSError, SyntaxError, UnreadableEntryError, zipfile.BadZipFile) as error:
        print(f"{options.wheel}: {error}", file=sys.stderr)
        return 1
    modules = len({entry.module for entry in found})
    print(f"{len(found)} architectures from {modules} modules of SGLang {version}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
