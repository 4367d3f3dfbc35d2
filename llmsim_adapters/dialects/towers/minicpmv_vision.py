"""MiniCPM-V's picture encoder: SigLIP's without pooling. Source: SGLang's `minicpmv.py`, `idefics2.py`."""

from llmsim_adapters.dialects.towers import siglip_vision_model

DIALECT = siglip_vision_model.DIALECT.like("minicpmv_vision", vision_use_head=False)
