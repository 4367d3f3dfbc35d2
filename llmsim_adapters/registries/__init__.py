"""The lists of models that reports are made of."""

from llmsim_adapters.registries.registry import Registry, RegistryError, Row, load_registry

__all__ = ["Registry", "RegistryError", "Row", "load_registry"]
