"""Dialects of files other than `config.json`, which are known by their keys: they name no model type."""
