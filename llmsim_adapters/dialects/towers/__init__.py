"""The model types of towers, one module each, named as the `model_type` of their sub-config with `_` for `-`."""
