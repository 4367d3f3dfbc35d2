"""The vocabulary that model types and towers are written in: from a reader to components, layers and whole models."""
