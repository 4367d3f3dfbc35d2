"""The bridge to LLMSim, the inference simulator: any supported model as LLMSim's own architecture.

    from llmsim_adapters import llmsim

    arch = llmsim.create_model_arch("mistralai/Mixtral-8x7B-v0.1", ScheduleConfig(ep_size=8, …))

or, for LLMSim's own command line, reports and optimizer, `llmsim.install()` once before them. LLMSim is imported at
first use, from where Python finds its `src`, or from the checkout that LLMSIM_HOME names; `llmsim.require()` does that
for a program that imports from `src` itself.
"""

from __future__ import annotations

from llmsim_adapters.llmsim.checkout import LLMSimUnavailable, require
from llmsim_adapters.llmsim.factory import create_model_arch
from llmsim_adapters.llmsim.installation import install, uninstall
from llmsim_adapters.llmsim.loaded import load_config

__all__ = ["LLMSimUnavailable", "create_model_arch", "install", "load_config", "require", "uninstall"]
