"""SigLIP's picture encoder in Janus, which names it. Source: SGLang's `deepseek_janus_pro.py`."""

from llmsim_adapters.dialects.towers import siglip_vision_model

DIALECT = siglip_vision_model.DIALECT.like(
    "siglip_large_patch16_384",
    costless={
        "image_size": "how pictures are cut: the named encoder has a table of its own",
        "model_name": "which encoder it is",
        "select_feature": "which states are projected: all layers are stored",
        "select_layer": "which layer's results are projected: all layers are stored",
    },
    hidden_size=1024,
    intermediate_size=4096,
    num_hidden_layers=24,
    num_attention_heads=16,
    image_size=384,
    patch_size=16,
)
