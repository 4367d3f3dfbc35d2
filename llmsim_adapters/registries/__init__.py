"""The lists of models that reports are made of."""
