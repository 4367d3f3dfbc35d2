"""The bridge inside LLMSim: its own classes, calculator, reports, command line and optimizer.

What needs LLMSim runs where LLMSIM_HOME names a checkout; what it says where there is none runs always.
"""

from __future__ import annotations

import copy
import json
import multiprocessing
import os
import pickle
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

import llmsim_adapters as la
from llmsim_adapters import llmsim
from llmsim_adapters.llmsim.interface import COMMIT
from tests.facts import LLAMA, facts
from tests.llmsim.by_hand import BY_HAND
from tests.llmsim.rows import Point, configs, rows_of_description
from tests.test_llmsim_description import LATENT, MOE, MXFP4, SEEING, WINDOWED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOME: Final = os.environ.get("LLMSIM_HOME", "")
if HOME:
    llmsim.require()
needs_llmsim = pytest.mark.skipif(not HOME, reason="LLMSIM_HOME names no checkout of LLMSim")

PARTIAL: Final = {**LLAMA, "model_type": "nobody_declared_this", "architectures": ["NobodyForCausalLM"]}
REFUSED: Final = {"model_type": "nobody_declared_this", "architectures": ["NobodyModel"]}


def schedule(**fields: Any) -> Any:
    """Return LLMSim's own ScheduleConfig, by default of one rank and without its switches."""
    from src.arch.config import ScheduleConfig
    from src.arch.model_type import ForwardMode

    one = {
        "batch_size": 1,
        "max_seqlen": 64,
        "tp_size": 1,
        "dp_size": 1,
        "ep_size": 1,
        "is_mtp": False,
        "deepep": False,
    }
    mode = ForwardMode[fields.pop("mode", "extend").upper()]
    return ScheduleConfig(**{**one, **fields}, mode=mode)


def performance(arch: Any, hardware: str = "default") -> Any:
    """Return what LLMSim's calculator makes of an architecture on one of its presets."""
    from src.arch.perf_calculator import PerformanceCalculator
    from src.hardware.hardware_config import get_hardware_config

    return PerformanceCalculator(get_hardware_config(hardware)).calculate_model_performance(arch)


def operators(perf: Any) -> dict[str, Any]:
    return {op.name: op for layer in perf.layer_performances for op in layer.operators}


def command(*arguments: str, home: str = HOME) -> subprocess.CompletedProcess[str]:
    """Return what `llmsim-adapters llmsim` says."""
    run = [sys.executable, "-m", "llmsim_adapters", "llmsim", *arguments]
    environment = {**os.environ, "LLMSIM_HOME": home}
    return subprocess.run(run, capture_output=True, text=True, timeout=120, check=False, env=environment)


def said_in_one_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command says that ends with an error, and nothing else."""
    assert done.returncode == 1, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture
def installed() -> Iterator[None]:
    llmsim.install()
    yield
    llmsim.uninstall()


@pytest.fixture
def config_file(tmp_path: Path) -> Callable[[dict[str, Any]], str]:
    def write(raw: dict[str, Any]) -> str:
        path = tmp_path / "config.json"
        path.write_text(json.dumps(raw), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """One process that inherits nothing."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor


class TestWithoutLLMSim:
    """A clear error, that says what to do."""

    CALL = (
        "from llmsim_adapters import llmsim\n"
        "try:\n    llmsim.install()\nexcept llmsim.LLMSimUnavailable as error:\n    print(error)"
    )

    def test_nothing_names_a_checkout(self, run_python: Callable[..., str]) -> None:
        assert "set LLMSIM_HOME to a checkout" in run_python(self.CALL, LLMSIM_HOME=None)

    def test_the_folder_is_no_checkout(self, run_python: Callable[..., str], tmp_path: Path) -> None:
        assert "is no LLMSim checkout" in run_python(self.CALL, LLMSIM_HOME=str(tmp_path))

    def test_another_package_has_the_name(self, run_python: Callable[..., str], tmp_path: Path) -> None:
        (tmp_path / "src").mkdir()
        (tmp_path / "src" / "__init__.py").touch()
        said = run_python(
            f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import src\n{self.CALL}", LLMSIM_HOME=None
        )
        assert "another package named `src`" in said

    def test_the_command_says_it_in_one_line(self) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "LLMSIM_HOME"}
        command = [sys.executable, "-m", "llmsim_adapters", "llmsim", "--", "--help"]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
        assert done.returncode == 1
        assert done.stderr.startswith("error: LLMSim can't be imported: set LLMSIM_HOME")
        assert done.stderr.count("\n") == 1

    @pytest.mark.parametrize(
        ("files", "reason"),
        [
            ({}, "has no src.arch.config"),
            ({"config.py": ""}, "has no src.arch.config.ModelConfig.from_dict"),
            ({"config.py": "from src.arch.model_type import ForwardMode"}, "has no src.arch.model_type"),
            ({"config.py": "from src.arch import Nothing"}, "has no src.arch.config, which fails: ImportError"),
            ({"config.py": "class ModelConfig(:"}, "has no src.arch.config, which fails: SyntaxError"),
        ],
        ids=["module", "name", "import", "imported name", "syntax"],
    )
    def test_another_version_says_what_it_lacks_and_which_one_to_take(
        self, files: dict[str, str], reason: str, tmp_path: Path
    ) -> None:
        (tmp_path / "src" / "arch").mkdir(parents=True)
        for name, text in {"__init__.py": "", **files}.items():
            (tmp_path / "src" / "arch" / name).write_text(text, encoding="utf-8")
        said = said_in_one_line(command("--", "--help", home=str(tmp_path)))
        assert "another version of LLMSim" in said
        assert reason in said
        assert f"check out {COMMIT} of github.com/zkkython/llmsim" in said

    def test_a_package_that_llmsim_needs_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "src" / "arch").mkdir(parents=True)
        (tmp_path / "src" / "arch" / "config.py").write_text("import not_installed", encoding="utf-8")
        said = said_in_one_line(command("--", "--help", home=str(tmp_path)))
        assert "No module named 'not_installed'; install what it needs" in said

    def test_it_is_one_of_our_errors(self) -> None:
        assert issubclass(llmsim.LLMSimUnavailable, la.AdapterError)

    def test_importing_the_bridge_imports_nothing_of_it(self, run_python: Callable[..., str]) -> None:
        assert run_python("import sys, llmsim_adapters.llmsim; print('src' in sys.modules)").strip() == "False"


OTHER_VERSIONS: Final = {
    "the attribute of a transfer's bandwidth": (
        *("arch/perf_calculator.py", '_bandwidth_gb_s"', '_rate"'),
        "its calculator does not ask for the bandwidth of a transfer",
    ),
    "the method that is hooked": (
        *("arch/perf_calculator.py", "calculate_transfer_time", "transfer_time_of"),
        "src.arch.perf_calculator.PerformanceCalculator.calculate_transfer_time",
    ),
    "a bandwidth": (
        *("hardware/hardware_config.py", "link_bandwidth_decode_gb_s", "link_decode"),
        "src.hardware.hardware_config.BandwidthConfig.link_bandwidth_decode_gb_s",
    ),
    "the bytes that are read": (
        *("arch/perf_calculator.py", '"load"', '"read"'),
        "its calculator does not ask for the bytes that an operator moves",
    ),
    "weights": (
        *("arch/perf_calculator.py", "get_weight_mem_occupy", "get_weight_bytes"),
        "its calculator fails with an operator of ours: AttributeError",
    ),
    "a field of the schedule": (
        *("arch/config.py", "enable_moe_dense_fully_dp", "dense_dp"),
        "src.arch.config.ScheduleConfig.enable_moe_dense_fully_dp",
    ),
    "the test for experts": (
        *("optimization/service.py", "_is_moe_model", "_has_experts"),
        "src.optimization.service.OptimizationService._is_moe_model",
    ),
    "the main program": ("main.py", "def main(", "def run(", "src.main.main"),
}
"""What else LLMSim may call something, and what is said of it: file, the name, another one, the reason."""


@needs_llmsim
@pytest.mark.parametrize("what", OTHER_VERSIONS)
def test_a_version_that_names_something_otherwise_is_one_clear_line(what: str, tmp_path: Path) -> None:
    for folder in ("src", "hardware_config"):
        shutil.copytree(Path(HOME, folder), tmp_path / folder)
    name, old, new, reason = OTHER_VERSIONS[what]
    path = tmp_path / "src" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    said = said_in_one_line(command("--", "--model_path", "google/gemma-2-9b", "--batch_size", "1", home=str(tmp_path)))
    assert "another version of LLMSim" in said
    assert reason in said
    assert COMMIT in said


@needs_llmsim
class TestFacts:
    def test_the_recorded_facts_are_current(self) -> None:
        from tests.reference.llmsim import FACTS, record, text

        assert text(record()) == FACTS.read_text(encoding="utf-8")

    @pytest.mark.parametrize("name", configs())
    @pytest.mark.parametrize("mode", ["extend", "decode"])
    def test_the_objects_have_the_figures_of_the_description(self, name: str, mode: str) -> None:
        """So that what holds of descriptions (`test_llmsim_parity.py`) holds of LLMSim's own objects."""
        from tests.reference.llmsim import rows_of, schedule_config

        for point in (Point(mode, 1, 1, False, False, False), Point(mode, 4, 16, True, True, True)):
            arch = llmsim.create_model_arch(configs()[name], schedule_config(point, dp_size=4))
            objects = {row.name: row for row in rows_of(arch)}
            described = {row.name: row for row in rows_of_description(arch.description)}
            assert objects == described


@needs_llmsim
class TestArchitecture:
    @pytest.mark.parametrize("raw", [LLAMA, MOE, LATENT, WINDOWED, MXFP4], ids=lambda raw: str(raw["model_type"]))
    @pytest.mark.parametrize("mode", ["extend", "decode"])
    def test_is_llmsims_own_kind_with_llmsims_own_operators(self, raw: dict[str, Any], mode: str) -> None:
        from src.arch.models_arch.base_model_arch import BaseModelArch
        from src.arch.op.attn_op import AttentionOperator
        from src.arch.op.matmul_op import MatmulOperator
        from src.arch.op.transfer_op import TransferOperator

        arch = llmsim.create_model_arch(raw, schedule(mode=mode, tp_size=2))
        assert isinstance(arch, BaseModelArch)
        arch.build_operators()
        assert all(isinstance(op, MatmulOperator) for op in arch.operators)
        assert all(isinstance(op, AttentionOperator) for op in arch.attention_operators["attention"])
        assert all(isinstance(op, TransferOperator) for op in arch.transfer_operators)

    def test_building_twice_does_not_double(self) -> None:
        arch = llmsim.create_model_arch(MOE, schedule(tp_size=2))
        arch.build_operators()
        once = len(arch.operators), len(arch.attention_operators["attention"]), len(arch.transfer_operators)
        arch.build_operators()
        assert (len(arch.operators), len(arch.attention_operators["attention"]), len(arch.transfer_operators)) == once

    @pytest.mark.parametrize("raw", [LLAMA, MOE, LATENT, WINDOWED, MXFP4], ids=lambda raw: str(raw["model_type"]))
    def test_the_calculators_totals_are_the_graphs(self, raw: dict[str, Any]) -> None:
        """FLOPs of attention among them, which LLMSim has as microseconds, and the weights of all experts."""
        arch = llmsim.create_model_arch(raw, schedule(tp_size=2, dp_size=2, batch_size=2))
        perf = performance(arch)
        assert sum(op.flops for op in operators(perf).values()) == arch.graph.flops
        assert perf.model_total_mem_occupy == pytest.approx(arch.graph.weight_bytes, rel=1e-12)

    def test_attention_takes_the_time_of_the_hardware_at_hand(self) -> None:
        arch = llmsim.create_model_arch(LLAMA, schedule())
        arch.build_operators()
        (flops,) = {op.get_compute_complexity() for op in arch.attention_operators["attention"]}
        for hardware, tflops in (("default", 250.0), ("h20", 148.0)):
            assert operators(performance(arch, hardware))["qk"].compute_time == pytest.approx(flops / tflops / 1e6)

    def test_a_format_below_a_byte_is_multiplied_in_its_inputs(self) -> None:
        """At the rate of bfloat16, which LLMSim takes by `value`; reports show the name."""
        perf = operators(performance(llmsim.create_model_arch(MXFP4, schedule())))
        weight = perf["moe_up"].metadata.io_config.weight_dtype
        assert (weight.name, weight.value) == ("FLOAT4_E2M1FN", 2)

    def test_the_schedule_is_llmsims(self) -> None:
        extend = llmsim.create_model_arch(
            LLAMA, schedule(batch_size=3, tp_size=2, dp_size=5), engine="llmsim"
        ).graph.schedule
        assert (extend.mode, extend.batch_size, extend.seq_len, extend.context_len) == ("extend", 3, 64, 0)
        assert (extend.tp_size, extend.dp_size) == (2, 5)
        decode = llmsim.create_model_arch(LLAMA, schedule(batch_size=3, mode="decode")).graph.schedule
        assert (decode.mode, decode.batch_size, decode.seq_len, decode.context_len) == ("decode", 3, 1, 63)

    def test_pictures_are_given_beside_it(self) -> None:
        """The calculator's total has what their encoder runs; in mode decode there is no place for them."""
        pictures = {"images": ((84, 112), (56, 56))}
        arch = llmsim.create_model_arch(SEEING, schedule(batch_size=2), **pictures)
        graph = la.build(SEEING, la.Schedule(batch_size=2, seq_len=64, **pictures))
        assert arch.graph == graph
        named = operators(performance(arch))
        assert {"qkv_proj", "vision_qkv_proj"} <= named.keys()
        with pytest.raises(la.ScheduleError, match="media run in mode 'extend'"):
            llmsim.create_model_arch(SEEING, schedule(mode="decode"), **pictures)

    def test_what_a_model_has_no_use_for_is_a_note(self) -> None:
        notes = llmsim.create_model_arch(
            LLAMA, schedule(ep_size=16, deepep=True, is_mtp=True), engine="llmsim"
        ).graph.notes
        assert [note.partition(" is ignored")[0] for note in notes] == ["`ep_size`", "`deepep`", "`mtp`"]

    @pytest.mark.parametrize("source", ["dictionary", "path", "model", "config"])
    def test_a_source_is_anything_that_can_be_loaded(
        self, source: str, config_file: Callable[[dict[str, Any]], str]
    ) -> None:
        given = {
            "dictionary": lambda: LLAMA,
            "path": lambda: Path(config_file(LLAMA)),
            "model": lambda: la.load(LLAMA),
            "config": lambda: llmsim.load_config(LLAMA),
        }[source]()
        arch = llmsim.create_model_arch(given, schedule())
        assert arch.model_config.model_type == "llama"
        assert arch.graph.weight_bytes == la.build(LLAMA).weight_bytes


COMPOSITE: Final = {
    "model_type": "gemma3",
    "architectures": ["Gemma3ForConditionalGeneration"],
    "text_config": {**{k: v for k, v in LLAMA.items() if k != "architectures"}, "model_type": "gemma3_text"},
}


@needs_llmsim
class TestChangedConfig:
    """A field that is set after loading is honoured, or refused by name; never ignored."""

    @pytest.mark.parametrize(
        "changes",
        [
            {"num_hidden_layers": 4},
            {"num_hidden_layers": 2, "hidden_size": 192},
            {"head_dim": 24},  # a key that the file does not have
            {"quantization_config": {"quant_method": "fp8", "weight_block_size": [8, 8]}},
        ],
        ids=str,
    )
    def test_is_the_model_of_a_config_with_that_value(self, changes: dict[str, Any]) -> None:
        config = llmsim.load_config(LLAMA)
        before = llmsim.create_model_arch(config, schedule())
        for name, value in changes.items():
            setattr(config, name, value)
        changed = llmsim.create_model_arch(config, schedule())
        wanted = llmsim.create_model_arch({**LLAMA, **changes}, schedule())
        assert changed.description == wanted.description
        assert changed.description != before.description
        assert changed.get_kv_cache() == wanted.get_kv_cache()

    @pytest.mark.filterwarnings("ignore:builder qwen3 models .* in part")
    def test_a_value_within_one_counts_too(self) -> None:
        config = llmsim.load_config(COMPOSITE)
        llmsim.create_model_arch(config, schedule())
        config.text_config["num_hidden_layers"] = 5
        wanted = {**COMPOSITE, "text_config": {**COMPOSITE["text_config"], "num_hidden_layers": 5}}
        found = llmsim.create_model_arch(config, schedule())
        assert found.description == llmsim.create_model_arch(wanted, schedule()).description
        assert COMPOSITE["text_config"]["num_hidden_layers"] == 3

    def test_one_that_is_taken_back_or_deleted_counts_too(self) -> None:
        config = llmsim.load_config(LLAMA)
        loaded = llmsim.create_model_arch(config, schedule()).description
        config.num_hidden_layers = 4
        assert llmsim.create_model_arch(config, schedule()).description != loaded
        config.num_hidden_layers = 3
        assert llmsim.create_model_arch(config, schedule()).description == loaded
        del config.torch_dtype
        without = {name: value for name, value in LLAMA.items() if name != "torch_dtype"}
        wanted = llmsim.create_model_arch(without, schedule()).description
        assert llmsim.create_model_arch(config, schedule()).description == wanted

    def test_the_optimizer_sees_it(self, installed: None) -> None:
        from src.hardware.hardware_config import DEFAULT_HARDWARE
        from src.optimization.evaluator import PerformanceEvaluator

        config = llmsim.load_config(LLAMA)
        config.num_hidden_layers = 4
        estimate = PerformanceEvaluator(config, DEFAULT_HARDWARE).get_model_memory_estimate(schedule())
        assert estimate * 1024**3 == pytest.approx(la.build({**LLAMA, "num_hidden_layers": 4}).weight_bytes)

    @pytest.mark.parametrize(
        ("raw", "name", "value", "reason"),
        [
            (LLAMA, "n_routed_expert", 8, "nobody read"),
            (LLAMA, "attention_type", "mla", "nobody read"),
            (LLAMA, "num_hidden_layers", "4", "expected an integer"),
            (COMPOSITE, "num_hidden_layers", 4, "keys of the language model are in `text_config`"),
            ({"model_type": "gpt2", "n_layer": 3}, "num_hidden_layers", 7, "`n_layer` = 3 are two values"),
        ],
        ids=["misspelt", "of LLMSim's own", "no value", "elsewhere", "another spelling"],
    )
    def test_what_can_not_be_honoured_is_an_error_that_names_it(
        self, raw: dict[str, Any], name: str, value: object, reason: str
    ) -> None:
        config = llmsim.load_config(raw)
        setattr(config, name, value)
        with pytest.raises(la.AdapterError, match=f"field `{name}` of a loaded config was changed, .*{reason}"):
            llmsim.create_model_arch(config, schedule())


def transfer_times(arch: Any, hardware: str) -> dict[str, float]:
    """Return the time of each transfer; run in a process of a pool."""
    return {name: op.transfer_time for name, op in operators(performance(arch, hardware)).items() if op.transfer_time}


@needs_llmsim
class TestPickling:
    def test_a_process_pool_builds_of_one_loaded_config(self, pool: ProcessPoolExecutor) -> None:
        config = llmsim.load_config(LATENT)
        schedules = [schedule(tp_size=2, batch_size=size, mode="decode") for size in (1, 2)]
        for given, found in zip(schedules, pool.map(llmsim.create_model_arch, [config] * 2, schedules), strict=True):
            here = llmsim.create_model_arch(config, given)
            assert (found.graph, found.description) == (here.graph, here.description)
            assert found.model_config == here.model_config
            assert transfer_times(found, "h20") == transfer_times(here, "h20")

    def test_transfers_have_the_hardwares_bandwidth_there_too(self, pool: ProcessPoolExecutor) -> None:
        arch = llmsim.create_model_arch(LATENT, schedule(mode="decode", tp_size=2, dp_size=4, ep_size=8, deepep=True))
        assert pool.submit(transfer_times, arch, "gb200").result() == transfer_times(arch, "gb200")

    @pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda config: pickle.loads(pickle.dumps(config))])
    def test_a_changed_field_is_changed_there_too(self, again: Callable[[Any], Any]) -> None:
        config = llmsim.load_config(LLAMA)
        config.num_hidden_layers = 4
        wanted = llmsim.create_model_arch({**LLAMA, "num_hidden_layers": 4}, schedule()).description
        assert llmsim.create_model_arch(again(config), schedule()).description == wanted

    def test_is_small(self) -> None:
        config = llmsim.load_config("deepseek-ai/DeepSeek-V3")
        llmsim.create_model_arch(config, schedule())
        assert len(pickle.dumps(config)) < 8_000


@needs_llmsim
class TestCache:
    def test_is_bytes_per_token(self) -> None:
        arch = llmsim.create_model_arch(LLAMA, schedule(tp_size=4))
        assert arch.get_kv_cache() == 3 * 2 * 2 * 12 * 2
        assert arch.get_kv_cache_per_gpu() == 3 * 2 * 1 * 12 * 2  # one key/value head a rank: two copies of each

    def test_of_a_window_is_spread_over_the_sequence(self) -> None:
        arch = llmsim.create_model_arch(WINDOWED, schedule(max_seqlen=1000))
        sliding, full = 2, 1
        kept = (sliding * 64 + full * 1000) * 2 * 2 * 12 * 2
        assert arch.get_kv_cache() * 1000 == pytest.approx(kept, rel=1e-12)


@needs_llmsim
class TestTransfers:
    @pytest.mark.parametrize("hardware", ["default", "h20", "gb200"])
    @pytest.mark.parametrize("mode", ["extend", "decode"])
    def test_bandwidth_is_the_hardwares_for_the_mode(self, hardware: str, mode: str) -> None:
        from src.hardware.hardware_config import get_hardware_config

        arch = llmsim.create_model_arch(LATENT, schedule(mode=mode, tp_size=2, dp_size=4, ep_size=8, deepep=True))
        found = operators(performance(arch, hardware))
        bandwidth = asdict(get_hardware_config(hardware))["bandwidth"]
        decode = "decode_" if mode == "decode" else ""
        for transfer in arch.description.transfers:
            over = "dma" if transfer.name in ("dispatch", "combine") else "link"
            wanted = transfer.payload / bandwidth[f"{over}_bandwidth_{decode}gb_s"] / 1000
            assert found[transfer.name].transfer_time == pytest.approx(wanted)

    def test_llmsims_own_architectures_keep_theirs(self) -> None:
        from src.arch.models_arch.deepseek_v3_model_arch import DeepSeekV3Arch

        from tests.reference.llmsim import own_config

        llmsim.create_model_arch(LLAMA, schedule())
        config = own_config(configs()["deepseek-v3"])
        found = operators(performance(DeepSeekV3Arch(config, schedule(tp_size=4, ep_size=16, max_seqlen=4096))))
        assert found["attn_all_reduce"].transfer_time == 4096 * 7168 * 2 / 85.0 / 1000


@needs_llmsim
class TestRefusals:
    def test_an_unsupported_model_is_refused_with_the_reasons(self) -> None:
        with pytest.raises(la.BuildError, match="no builder can model") as caught:
            llmsim.create_model_arch(REFUSED, schedule())
        gaps = caught.value.coverage.gaps
        assert all(str(gap) in str(caught.value) for gap in gaps[:3])
        assert len(gaps) <= 3 or str(caught.value).endswith(f"and {len(gaps) - 3} more")

    def test_a_partly_supported_one_warns_of_every_gap_and_its_impact(self) -> None:
        model = la.load(PARTIAL)
        assert str(model.coverage.status) == "partially_supported"
        with pytest.warns(UserWarning, match="in part") as caught:
            arch = llmsim.create_model_arch(model, schedule())
        said = str(caught[0].message)
        assert all(f"{gap}; " in said for gap in arch.graph.gaps)
        assert said.count("impact unknown") + said.count("without it") == len(arch.graph.gaps)

    def test_ranks_that_cannot_be_are_an_error_that_names_the_field(self) -> None:
        with pytest.raises(la.ScheduleError, match=r"`tp_size` is 3; .* num_attention_heads = 8"):
            llmsim.create_model_arch(LLAMA, schedule(tp_size=3))


@needs_llmsim
class TestInstall:
    def test_replaces_the_factory_wherever_it_is_bound(self, installed: None) -> None:
        import src.main
        from src.arch.models_arch import model_arch
        from src.optimization import evaluator

        assert src.main.create_model_arch is model_arch.create_model_arch is evaluator.create_model_arch
        assert model_arch.create_model_arch.__module__ == "llmsim_adapters.llmsim.installation"

    def test_twice_is_once_and_uninstall_gives_all_back(self) -> None:
        import src.main
        from src.arch.config import ModelConfig
        from src.arch.models_arch import model_arch
        from src.arch.perf_calculator import PerformanceCalculator
        from src.optimization.service import OptimizationService

        def bound() -> tuple[Any, ...]:
            return (
                ModelConfig.__dict__["from_json"],
                model_arch.create_model_arch,
                src.main.create_model_arch,
                OptimizationService._is_moe_model,
                PerformanceCalculator.calculate_transfer_time,
            )

        llmsim.uninstall()
        before = bound()
        llmsim.install()
        llmsim.install()
        llmsim.create_model_arch(LLAMA, schedule())
        assert all(now is not then for now, then in zip(bound(), before, strict=True))
        llmsim.uninstall()
        llmsim.uninstall()
        assert bound() == before

    def test_of_many_threads_is_once(self, run_python: Callable[..., str]) -> None:
        """In a fresh process, where what they import keeps them all at the same place for a while."""
        code = """
from threading import Barrier, Thread
from llmsim_adapters import llmsim
from tests.test_llmsim import LLAMA, schedule
from src.arch.config import ModelConfig
from src.arch.perf_calculator import PerformanceCalculator

def bound():
    return ModelConfig.__dict__["from_json"], PerformanceCalculator.calculate_transfer_time

before, barrier, config = bound(), Barrier(16), llmsim.load_config(LLAMA)

def work():
    barrier.wait()
    llmsim.install()
    llmsim.create_model_arch(config, schedule())

threads = [Thread(target=work) for _ in range(16)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert bound()[0] is not before[0] and bound()[1] is not before[1]
llmsim.uninstall()
print(bound() == before)
"""
        assert run_python(code, LLMSIM_HOME=HOME).strip() == "True"

    def test_from_json_loads_and_the_factory_builds(
        self, installed: None, config_file: Callable[[dict[str, Any]], str]
    ) -> None:
        from src.arch.config import ModelConfig
        from src.arch.models_arch.model_arch import create_model_arch

        config = ModelConfig.from_json(config_file(MOE))
        assert isinstance(config, ModelConfig)
        arch = create_model_arch(model_config=config, schedule_config=schedule())
        assert {"moe_up", "moe_down"} <= {each.name for each in arch.description.operators}

    def test_types_that_llmsim_has_keep_their_class(
        self, installed: None, config_file: Callable[[dict[str, Any]], str]
    ) -> None:
        from src.arch.config import DeepSeekV3Config, ModelConfig

        assert isinstance(ModelConfig.from_json(config_file(LATENT)), DeepSeekV3Config)

    def test_a_config_that_was_made_otherwise_is_refused(self, installed: None) -> None:
        from src.arch.config import DeepSeekV3Config
        from src.arch.models_arch.model_arch import create_model_arch

        with pytest.raises(la.AdapterError, match="can't be recovered from it"):
            create_model_arch(DeepSeekV3Config(), schedule())


@needs_llmsim
class TestOptimizer:
    def test_a_mixture_of_any_name_gets_expert_parallelism(self, installed: None) -> None:
        from src.optimization.service import OptimizationService

        service = OptimizationService()
        assert service._is_moe_model(llmsim.load_config(MOE))
        assert not service._is_moe_model(llmsim.load_config(LLAMA))

    def test_its_estimate_of_memory_is_the_ranks_weights(self, installed: None) -> None:
        from src.hardware.hardware_config import DEFAULT_HARDWARE
        from src.optimization.evaluator import PerformanceEvaluator

        evaluator = PerformanceEvaluator(llmsim.load_config(MXFP4), DEFAULT_HARDWARE)
        bytes_of_a_rank = la.load(MXFP4).build(la.Schedule(tp_size=2, dp_size=2, ep_size=4)).weight_bytes
        estimate = evaluator.get_model_memory_estimate(schedule(tp_size=2, dp_size=2, ep_size=4))
        assert estimate * 1024**3 == pytest.approx(bytes_of_a_rank)

    def test_searches_a_grid(self, installed: None) -> None:
        from src.hardware.hardware_config import DEFAULT_HARDWARE
        from src.optimization.config import SearchSpaceConfig
        from src.optimization.service import OptimizationService

        space = SearchSpaceConfig(tp_size=[1, 2], dp_size=[2, 4], ep_size=[1, 2], batch_size=[2, 4], mode="decode")
        result = OptimizationService().optimize(llmsim.load_config(MOE), DEFAULT_HARDWARE, 64, space)
        assert result.total_evaluations == 16
        assert result.best_config is not None


@needs_llmsim
@pytest.mark.parametrize("mode", ["extend", "decode"])
@pytest.mark.parametrize("name", BY_HAND)
class TestByHand:
    """LLMSim's report of six models that it does not know by itself, with its own defaults on 16 ranks."""

    def test_memory_is_what_is_calculated_by_hand(self, name: str, mode: str) -> None:
        hand = BY_HAND[name]
        assert hand.parameters == hand.published
        ranks = {"tp_size": 4, "dp_size": 4, "ep_size": hand.ep_size}
        arch = llmsim.create_model_arch(
            hand.source, schedule(mode=mode, max_seqlen=4096, batch_size=4, **ranks), engine="llmsim"
        )
        assert performance(arch).model_total_mem_occupy == hand.weights
        assert arch.get_kv_cache_per_gpu() * 4096 == hand.cache

    def test_the_command_prints_it(self, name: str, mode: str, config_file: Callable[[dict[str, Any]], str]) -> None:
        hand = BY_HAND[name]
        path = hand.source if isinstance(hand.source, str) else config_file(hand.source)
        arguments = ("--model_path", path, "--batch_size", "4", "--ep_size", str(hand.ep_size), "--mode", mode)
        done = command("--engine", "llmsim", "--", *arguments)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert f"Weight Memory/Single GPU: {hand.weights / 1024**3:.3f} GB" in done.stdout
        assert f"KV Cache Memory/Single GPU: {hand.cache / 4096 / 1024**3:.6f} GB" in done.stdout


@needs_llmsim
class TestCommand:
    def test_writes_llmsims_excel_report(self, tmp_path: Path) -> None:
        openpyxl = pytest.importorskip("openpyxl")
        path = tmp_path / "report.xlsx"
        arguments = ("--model_path", "google/gemma-2-9b", "--batch_size", "4", "--output_format", "excel")
        done = command("--", *arguments, "--output_file", str(path))
        assert done.returncode == 0, done.stderr
        names = [row[0].value for row in openpyxl.load_workbook(path).active.iter_rows(min_row=4)]
        assert {"qkv_proj", "qk", "qkv", "dense_gate_up_proj", "lm_head"} <= set(names)

    @pytest.mark.parametrize("batch_size", [1, 4])
    def test_says_whose_figures_these_are_and_what_the_caches_is_of(self, batch_size: int) -> None:
        arguments = ("--model_path", "google/gemma-2-9b", "--batch_size", str(batch_size), "--tp_size", "2")
        done = command("--engine", "llmsim", "--", *arguments, "--ep_size", "1", "--mode", "decode")
        graph = la.build(
            "google/gemma-2-9b", la.Schedule(tp_size=2, dp_size=4, mode="decode", context_len=4095, engine="llmsim")
        )
        cache = graph.rank_kv_cache_bytes(4096)
        report, _, ours = done.stdout.partition("This is one of 8 GPUs (tp_size 2 × dp_size 4, ep_size 1, llmsim)")
        assert f"KV Cache Memory/Single GPU: {cache / 4096 / 1024**3:.6f} GB" in report
        assert (
            f"KV cache (float32) of one sequence of 4,096 tokens: {cache:,} (1.41 GB); LLMSim's figure is of one token"
            in ours
        )
        assert (f"KV cache of 4 sequences: {4 * cache:,} (" in ours) == (batch_size == 4)
        assert "state" not in ours
        assert "Note" not in ours

    def test_says_what_recurrent_layers_keep(self, config_file: Callable[[dict[str, Any]], str]) -> None:
        raw = facts("bamba")["cases"][0]["config"]
        arguments = ("--model_path", config_file(raw), "--batch_size", "2", "--max_seqlen", "64", "--mode", "decode")
        done = command("--engine", "llmsim", "--", *arguments, "--tp_size", "1", "--ep_size", "1")
        state = la.build(raw, la.Schedule(engine="llmsim")).rank_state_bytes
        assert state > 0
        assert f"Recurrent state of one sequence, whatever its length: {state:,} (" in done.stdout
        assert f"Recurrent state of 2 sequences: {2 * state:,} (" in done.stdout

    @pytest.mark.parametrize("optimizer", [False, True], ids=["main", "optimizer"])
    def test_prints_each_note_once(self, optimizer: bool, config_file: Callable[[dict[str, Any]], str]) -> None:
        arguments = ["--model_path", config_file(LLAMA), "--max_seqlen", "64"]
        grid = ["--tp_range", "1,2", "--dp_range", "4", "--ep_range", "1,2", "--batch_range", "2,4"]
        arguments += grid if optimizer else ["--batch_size", "2", "--tp_size", "2"]
        done = command(*(["--optimizer"] if optimizer else []), "--", *arguments)
        assert done.returncode == 0, done.stderr
        asked = "deepep" if optimizer else "ep_size"  # by default
        assert done.stdout.count(f"\nNote: `{asked}` is ignored: the model has no experts\n") == 1

    def test_runs_llmsims_optimizer(self, config_file: Callable[[dict[str, Any]], str]) -> None:
        grid = ("--tp_range", "1,2", "--dp_range", "2,4", "--ep_range", "1,2", "--batch_range", "2,4")
        arguments = ("--model_path", config_file(MOE), "--max_seqlen", "64", "--mode", "decode", *grid)
        done = command("--optimizer", "--", *arguments)
        assert done.returncode == 0, done.stderr
        assert "Total evaluations: 16" in done.stdout

    def test_a_refusal_explains_itself(self, config_file: Callable[[dict[str, Any]], str]) -> None:
        done = command("--", "--model_path", config_file(REFUSED), "--batch_size", "1")
        assert done.returncode == 1
        assert "no builder can model" in done.stderr
        assert "Traceback" not in done.stderr

    def test_a_partly_supported_model_warns_on_standard_error(
        self, config_file: Callable[[dict[str, Any]], str]
    ) -> None:
        done = command(
            "--engine", "llmsim", "--", "--model_path", config_file(PARTIAL), "--batch_size", "1", "--tp_size", "1"
        )
        assert done.returncode == 0
        assert done.stderr.startswith("warning: ")
        assert "UserWarning" not in done.stderr
        assert all(f"{gap}; " in done.stderr for gap in la.load(PARTIAL).coverage.gaps)
