"""The plugin host: hooks, builders, claims, and the loading of what is installed."""

from llmsim_adapters.plugins.builder import Builder
from llmsim_adapters.plugins.claim import Claim
from llmsim_adapters.plugins.hookspecs import hookimpl, hookspec
from llmsim_adapters.plugins.isolation import PluginError
from llmsim_adapters.plugins.manager import registered
from llmsim_adapters.plugins.registered import BrokenPlugin, Registered, RegisteredBuilder
from llmsim_adapters.plugins.requirements import Requirements

__all__ = [
    "BrokenPlugin",
    "Builder",
    "Claim",
    "PluginError",
    "Registered",
    "RegisteredBuilder",
    "Requirements",
    "hookimpl",
    "hookspec",
    "registered",
]
