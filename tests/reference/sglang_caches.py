"""What SGLang's own pools keep of tokens and sequences on a rank, as facts.

    python -m tests.reference.sglang_caches ROWS.jsonl

writes `facts/sglang/caches.json` from what was recorded of SGLang's pools (README). Neither SGLang nor torch is needed.

    python -m tests.reference.sglang_caches --add ROWS.jsonl

adds to the facts what was recorded of further configs, and leaves the others as they are.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.reference.sglang import FOLDER, MADE_WITH, stored
from tests.reference.store import line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIELDS: Final = {
    "runs": "tp, dp, --kv-cache-dtype, bytes",
    "bytes": "of a token in keys, values and latents; in the indexer; in pools of windows; of a sequence in states",
    "page": "tokens of a page",
}

_NOT_RECORDED: Final = (
    ("DeepSeekV4", "the sizes of its pools follow from each other and from the number of requests"),
    ("_compress_tail", "a key of each pool of tokens is no whole number of bytes of a token: a test has its sizes"),
    ("bitsandbytes", "its quantization asks for a package with kernels"),
    ("sparse config", "the config says nothing of its sparse layers"),
    ("at least one SWA layer", "the config has no layer with a window, which SGLang's pools ask for"),
    ("swa_num_key_value_heads", "the config has no key that SGLang's pools ask for"),
    ("attention sinks", "refused: its learnable sinks ask for a cache in 16 bits"),
    ("ngram_eos_token_id", "the config names no token that ends a text, which SGLang's pools ask for"),
    ("parameters alone", "what its class allocates was recorded alone, without pools"),
    ("", "the recording built no model"),
)


def rounded(counts: Mapping[str, float] | None, indexer: bool | None = None) -> int:
    """Return the bytes of some buffers, by whether they are an indexer's."""
    size = sum(size for name, size in (counts or {}).items() if indexer is None or ("index" in name) == indexer)
    assert size == int(size), counts
    return int(size)


def sizes(row: Mapping[str, Any]) -> list[int]:
    """Return the bytes of a row, as `FIELDS` has them."""
    tokens = row["per_token"]
    kept = [rounded(tokens, indexer=False), rounded(tokens, indexer=True)]
    return [*kept, rounded(row.get("per_windowed_token")), rounded(row.get("per_sequence"))]


def generate(rows: Iterable[Mapping[str, Any]], *, adds: bool = False) -> None:
    """Write the facts, or add to them."""
    latest = {line(row["key"]): row for row in rows}
    before = stored("caches") if adds else {"caches": {}, "not_recorded": {}}
    recorded = {row["key"][0] for row in latest.values()}
    caches: dict[str, dict[str, Any]] = {k: v for k, v in before["caches"].items() if k not in recorded}
    missing: dict[str, str] = {k: v for k, v in before["not_recorded"].items() if k not in recorded}
    for row in latest.values():
        config, tp, _, dp, asked = row["key"]
        pool = row.get("pool", "")
        beside = " ".join(row.get("by_requests") or ())
        if "error" in row or pool.startswith("DeepSeekV4") or "_compress_tail" in beside:
            said = pool + row.get("error", "") + row.get("at", "") + beside
            missing[config] = next(words for part, words in _NOT_RECORDED if part in said)
            continue
        entry = caches.setdefault(config, {"pool": pool, "page": row["page_size"], "runs": []})
        assert (entry["pool"], entry["page"]) == (pool, row["page_size"]), row["key"]
        entry["runs"].append([tp, dp, asked, sizes(row)])
    head = {
        "made_with": MADE_WITH,
        "script": "tests/reference/sglang_caches.py",
        "fields": FIELDS,
        "not_recorded": dict(sorted((config, why) for config, why in missing.items() if config not in caches)),
    }
    text = "{\n" + "".join(f"{line(key)}:{line(value)},\n" for key, value in head.items()) + '"caches":{\n'
    text += ",\n".join(f"{line(config)}:{line(entry)}" for config, entry in sorted(caches.items())) + "\n}}\n"
    json.loads(text)
    (FOLDER / "caches.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    further = sys.argv[1] == "--add"
    generate(map(json.loads, Path(sys.argv[-1]).read_text(encoding="utf-8").splitlines()), adds=further)
