"""How a config says that its checkpoint's weights are quantized."""

from llmsim_adapters.dialects.quantization.methods import quantized

__all__ = ["quantized"]
