"""LLMSim on any model: its config loading, its factory, and its test for experts, replaced wherever they are bound."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from llmsim_adapters.llmsim.checkout import LOCK, require_programs
from llmsim_adapters.llmsim.factory import create_model_arch
from llmsim_adapters.llmsim.loaded import beside, load_config

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmsim_adapters.llmsim.architecture import AdaptedArch

    Told = Callable[[AdaptedArch], object]

_HOOKED: Final = "llmsim_adapters.llmsim.bandwidth"


class _Originals(NamedTuple):
    from_json: Any
    factory: Any
    is_moe_model: Any


_originals: _Originals | None = None
_told: Told | None = None
_fields: dict[str, Any] = {}


def install(told: Told | None = None, **fields: Any) -> None:
    """Let LLMSim's command line, calculator, reports and optimizer work with every supported model; twice is once.

    Afterwards `ModelConfig.from_json` finds configs as `llmsim_adapters.load` does, `create_model_arch` builds any
    model that a builder claims and refuses any other with the reasons, and the optimizer spreads experts wherever there
    are any.

    Args:
        told: called with every architecture that LLMSim's factory gives.
        **fields: fields of `Schedule` that LLMSim has none for, in all schedules: `engine`, formats and the like.

    Raises:
        LLMSimUnavailable: LLMSim can't be imported, or is another version.
    """
    global _originals, _told, _fields
    with LOCK:
        require_programs()  # imports what binds the factory by name; programs that do are found among what is imported
        from src.arch.config import ModelConfig
        from src.arch.models_arch import model_arch
        from src.optimization.service import OptimizationService

        from llmsim_adapters.llmsim.bandwidth import tell_transfers_the_hardware

        tell_transfers_the_hardware()
        _told, _fields = told, fields
        if _originals is not None:
            return
        _originals = _Originals(
            ModelConfig.__dict__["from_json"], model_arch.create_model_arch, OptimizationService._is_moe_model
        )
        ModelConfig.from_json = staticmethod(load_config)
        OptimizationService._is_moe_model = _is_moe_model
        _rebind(_originals.factory, _create)


def uninstall() -> None:
    """Give LLMSim back what `install` and `create_model_arch` replaced."""
    global _originals, _told, _fields
    with LOCK:
        if _HOOKED in sys.modules:
            from llmsim_adapters.llmsim.bandwidth import tell_them_no_more

            tell_them_no_more()
        _told, _fields = None, {}
        if _originals is None:
            return
        from src.arch.config import ModelConfig
        from src.optimization.service import OptimizationService

        ModelConfig.from_json = _originals.from_json
        OptimizationService._is_moe_model = _originals.is_moe_model
        _rebind(_create, _originals.factory)
        _originals = None


def _create(model_config: Any, schedule_config: Any) -> Any:
    """In place of LLMSim's factory, with its parameters' names."""
    arch = create_model_arch(model_config, schedule_config, **_fields)
    told = _told
    if told is not None:
        told(arch)
    return arch


def _is_moe_model(self: Any, model_config: Any) -> bool:
    """In place of the optimizer's test, which goes by names."""
    found = beside(model_config)
    if found is None:
        assert _originals is not None  # else this is not bound
        return bool(_originals.is_moe_model(self, model_config))
    return found.has_experts


def _rebind(old: Any, new: Any) -> None:
    """Replace a function in every module that has it under some name."""
    for module in list(sys.modules.values()):
        names = dict(getattr(module, "__dict__", {}))
        for name, value in names.items():
            if value is old and names.get("__name__") != __name__:
                setattr(module, name, new)
