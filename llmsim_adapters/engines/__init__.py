"""Engines: the ways in which inference engines store a model and spread it over ranks.

An engine is a name, the options that it knows, and rules, each with its source. Rules say what is stored and who has
it; what a model is and what it computes is never theirs.
"""

from llmsim_adapters.engines.engine import Engine, EngineOption
from llmsim_adapters.engines.layout import Layout

__all__ = ["Engine", "EngineOption", "Layout"]
