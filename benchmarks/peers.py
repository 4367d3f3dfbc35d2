"""From the path of a config to a model and its totals, by this package and by others, in one interleaved run.

    python -m benchmarks.peers [--write]

Each call reads a file that it never saw before, with other sizes, under a schedule of its own: nobody can remember an
answer. Peers are those that are installed: NVIDIA's aiconfigurator-core, and LLMSim where LLMSIM_HOME names a checkout.
What is asked of each is in its function. Times are processor time, of the best turn; ratios are of one run.
`--write` puts the table into this folder's README and those of the project.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import os
import re
import sys
from importlib.metadata import version
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import llmsim_adapters as la
from llmsim_adapters.sources import bundled_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FOLDER: Final = Path(__file__).parent
READMES: Final = (_FOLDER / "README.md", *(_FOLDER.parent / name for name in ("README.md", "README.zh-CN.md")))
TURNS: Final = 60
CALLS: Final = 10

_QWEN3_235B: Final = {
    "hidden_size": 4096,
    "intermediate_size": 12288,
    "max_position_embeddings": 40960,
    "moe_intermediate_size": 1536,
    "num_attention_heads": 64,
    "num_hidden_layers": 94,
    "max_window_layers": 94,
}
"""What Qwen3-235B-A22B's config.json has otherwise than that of Qwen3-30B-A3B, which is bundled."""

MODELS: Final[dict[str, tuple[str, dict[str, int]]]] = {
    "Qwen3-8B": ("Qwen--Qwen3-8B", {}),
    "Qwen3-235B-A22B": ("Qwen--Qwen3-30B-A3B", _QWEN3_235B),
    "DeepSeek-V3": ("deepseek-ai--DeepSeek-V3", {}),
}
_PARAMETERS: Final = {"Qwen3-8B": 8_190_735_360, "Qwen3-235B-A22B": 235_093_634_560, "DeepSeek-V3": 671_026_404_352}
"""As published, so that what is timed is these models."""

_STEPS: Final = count(1)


class Time(NamedTuple):
    """Seconds for a call: of the best turn, and of the middle one."""

    best: float
    middle: float


def ours(path: str) -> tuple[int, ...]:
    """Parameters, FLOPs, bytes of weights and elements of the cache; with gaps and claims on the way."""
    step = next(_STEPS)
    graph = la.load(path).build(la.Schedule(batch_size=1 + step % 64, seq_len=512 + step))
    return graph.parameters, graph.flops, graph.weight_bytes, graph.kv_cache_elements(4096)


def _aiconfigurator() -> Callable[[str], object]:
    from aiconfigurator_core.sdk import config, models

    def run(path: str) -> object:
        """Bytes of weights of both phases, bytes and elements of the cache; it counts neither parameters nor FLOPs."""
        options = config.ModelConfig(moe_tp_size=1, moe_ep_size=1)
        model = models.get_model(os.path.dirname(path), options, "sglang")
        return (
            sum(operation.get_weights() for operation in model.context_ops),
            sum(operation.get_weights() for operation in model.generation_ops),
            model.get_kvcache_bytes_per_sequence(512 + next(_STEPS)),
            model.get_kvcache_elements_per_token(),
        )

    return run


def _llmsim() -> Callable[[str], object]:
    from llmsim_adapters import llmsim

    llmsim.require()
    from src.arch.config import ModelConfig, ScheduleConfig
    from src.arch.model_type import ForwardMode
    from src.arch.models_arch.model_arch import create_model_arch

    def run(path: str) -> object:
        """The operators of a layer, which it counts by layers; no totals."""
        step = next(_STEPS)
        schedule = ScheduleConfig(
            batch_size=1 + step % 64,
            max_seqlen=1024 * (1 + step % 32),
            mode=ForwardMode.EXTEND,
            tp_size=1,
            dp_size=1,
            ep_size=1,
        )
        return create_model_arch(ModelConfig.from_json(path), schedule).build_operators()

    return run


def peers() -> dict[str, Callable[[str], object]]:
    """Return what can be timed here, ourselves first."""
    found: dict[str, Callable[[str], object]] = {f"llmsim-adapters {la.__version__}": ours}
    if importlib.util.find_spec("aiconfigurator_core") is not None:
        found[f"aiconfigurator-core {version('aiconfigurator-core')}"] = _aiconfigurator()
    if os.environ.get("LLMSIM_HOME"):
        found["LLMSim"] = _llmsim()
    return found


def files(folder: Path, model: str) -> Iterator[str]:
    """Yield files of a model's config, each with other sizes than those before."""
    base, sizes = MODELS[model]
    bundled = bundled_dir()
    assert bundled is not None
    config = {**json.loads((bundled / f"{base}.json").read_bytes()), **sizes}
    for number in count(1):
        place = folder / f"{model}-{number}"
        place.mkdir()
        file = place / "config.json"
        file.write_text(json.dumps({**config, "vocab_size": config["vocab_size"] + 64 * number}, indent=2))
        yield str(file)


def timed(model: str) -> dict[str, Time]:
    """Return the times of every peer, in turns that take each other's place."""
    with TemporaryDirectory() as folder:
        source = files(Path(folder), model)
        turns: dict[str, list[float]] = {}
        who = peers()
        for call in who.values():
            for _ in range(CALLS):
                call(next(source))
        for _ in range(TURNS):
            for name, call in who.items():
                paths = [next(source) for _ in range(CALLS)]
                gc.collect()
                start = process_time()
                for path in paths:
                    call(path)
                turns.setdefault(name, []).append((process_time() - start) / CALLS)
    return {name: Time(min(times), median(times)) for name, times in turns.items()}


def check() -> None:
    """Assert that the models are the published ones."""
    with TemporaryDirectory() as folder:
        for model in MODELS:
            config: dict[str, Any] = json.loads(Path(next(files(Path(folder), model))).read_bytes())
            config["vocab_size"] -= 64
            assert la.build(config).parameters == _PARAMETERS[model]


def table() -> str:
    """Return the times and ratios, as a table in Markdown."""
    check()
    found = {model: timed(model) for model in MODELS}
    own, *others = next(iter(found.values()))
    lines = [
        f"| Path to totals, µs | {own} | {' | '.join(f'{name} | ours / it' for name in others)} |".replace("|  |", "|"),
        "|---" * (2 + 2 * len(others)) + "|",
    ]
    for model, times in found.items():
        cells = [f"{times[own].best * 1e6:,.0f}"]
        for name in others:
            cells += [f"{times[name].best * 1e6:,.0f}", f"{times[own].best / times[name].best:.2f}×"]
        lines.append(f"| {model} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the table, and write it into this folder's README and those of the project."""
    found = table()
    print(found, end="")
    for readme in READMES if "--write" in sys.argv else ():
        text = readme.read_text(encoding="utf-8")
        marked = re.compile("(<!-- peers -->\n).*?(<!-- end of peers -->\n)", re.DOTALL)
        readme.write_text(marked.sub(rf"\g<1>{found}\g<2>", text), "utf-8")


if __name__ == "__main__":
    main()
