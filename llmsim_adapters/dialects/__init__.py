"""How Hugging Face configs say what a model is: from a raw config to a `ModelSpec`, every key accounted for."""

from llmsim_adapters.dialects.read import read
from llmsim_adapters.dialects.reading.dialect import Dialect
from llmsim_adapters.dialects.reading.reader import Reader
from llmsim_adapters.dialects.reading.reading import Origin, Parameter, Reading

__all__ = ["Dialect", "Origin", "Parameter", "Reader", "Reading", "read"]
