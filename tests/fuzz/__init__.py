"""Configs that are changed by chance or by rule, and what holds of every answer to them."""
