"""One module for each declared model type, under its name: `DIALECT` says what makes the type different."""
