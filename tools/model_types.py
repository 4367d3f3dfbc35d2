"""List the model types that the package declares, in `docs/model-types.md` and, by category, in the READMEs.

    python tools/model_types.py

What a type is comes from the first lines of its dialect's module, its category and builder from evaluating a model of
its reference facts.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = ROOT / "docs" / "model-types.md"
READMES: Final = {
    ROOT / "README.md": ("{count} model types are declared.", "category | types | such as"),
    ROOT / "README.zh-CN.md": ("已声明 {count} 种模型类型。", "类别 | 数量 | 例如"),
}
"""Each README, with the sentence and the head of the table in its language."""
TYPES: Final = ROOT / "llmsim_adapters" / "dialects" / "types"
MARKS: Final = ("<!-- types -->\n", "<!-- end of types -->")
sys.path.insert(0, str(ROOT))

_HEAD: Final = """# Model types

{count} model types are declared: a config of one of them is read by a dialect of its own, and its figures are held to
the real model by reference facts. Any other type is read by its keys alone ([how near it comes](inference.md)).
`python tools/model_types.py` writes this page.

| model_type | category | builder | what it is |
| --- | --- | --- | --- |
"""


class Type(NamedTuple):
    """One row: a declared type."""

    name: str
    category: str
    builder: str
    summary: str


def types() -> list[Type]:
    """Return every declared type, by name."""
    import llmsim_adapters as la
    from llmsim_adapters.dialects.reading.find import DIALECT_OF_ARCHITECTURE, built_in
    from tests.facts import CASES, facts

    published = facts("sglang/configs")["configs"].values()
    configs = {str(entry["config"].get("model_type")): entry["config"] for entry in published}
    configs |= {
        DIALECT_OF_ARCHITECTURE[entry["architecture"]]: entry["config"]
        for entry in published
        if entry["architecture"] in DIALECT_OF_ARCHITECTURE and "vision_config" not in entry["config"]
    }
    configs |= {name: case["config"] for name, case in reversed(CASES) if case["form"] != "default"}
    inside = [entry["config"].get(key) for entry in published for key in ("llm_config", "text_config")]
    configs = {str(inner.get("model_type")): inner for inner in inside if isinstance(inner, dict)} | configs
    recorded = {**facts("media_sounds")["types"], **facts("media_runs")["types"]}
    configs |= {name: run["config"] for name, run in recorded.items() if name not in configs}
    inside = [config["text_config"] for config in configs.values() if isinstance(config.get("text_config"), dict)]
    configs = {str(text.get("model_type")): text for text in inside} | configs
    rows = []
    for path in sorted(TYPES.glob("[a-z]*.py")):
        doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        summary = doc.split("\n\n")[0].replace("\n", " ").split(" Source: ")[0].rstrip(".")
        dialect = built_in(path.stem)
        assert dialect is not None
        name = dialect.model_type
        answer = la.evaluate(configs.get(name, {"model_type": name}))
        rows.append(Type(name, str(answer.category or ""), answer.builder or "", summary.replace("|", "/")))
    return rows


def page(rows: list[Type]) -> str:
    """Return the page in Markdown."""
    lines = [f"| `{row.name}` | {row.category} | {row.builder} | {row.summary} |\n" for row in rows]
    return _HEAD.format(count=len(rows)) + "".join(lines)


def readme(rows: list[Type], path: Path) -> str:
    """Return a README with the number of types of each category."""
    sentence, head = READMES[path]
    text = path.read_text(encoding="utf-8")
    before, _, rest = text.partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    counts = Counter(row.category or "other" for row in rows)
    lines = [f"{sentence.format(count=len(rows))}\n\n", f"| {head} |\n", "| --- | --- | --- |\n"]
    for category, count in counts.most_common():
        names = [f"`{row.name}`" for row in rows if (row.category or "other") == category and row.name in _WELL_KNOWN]
        lines.append(f"| {category} | {count} | {', '.join(names)} |\n")
    return f"{before}{MARKS[0]}{''.join(lines)}{MARKS[1]}{after}"


_WELL_KNOWN: Final = {
    *("llama", "mistral", "mixtral", "qwen2", "qwen3", "gemma", "gemma2"),
    *("phi3", "chatglm", "gpt2", "falcon", "qwen3_moe", "gpt_oss", "glm4_moe"),
    *("llama4_text", "deepseek_v2", "deepseek_v3", "kimi_k2", "deepseek_v32", "minicpm3", "qwen3_next"),
    *("jamba", "nemotron_h", "lfm2", "mamba", "mamba2", "rwkv", "gemma3", "llava", "qwen2_5_vl", "qwen3_vl"),
}


if __name__ == "__main__":
    found = types()
    PAGE.write_text(page(found), encoding="utf-8")
    for readme_path in READMES:
        readme_path.write_text(readme(found, readme_path), encoding="utf-8")
