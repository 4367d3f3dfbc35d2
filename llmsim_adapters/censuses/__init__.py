"""A census: any number of configs, evaluated as a stream in constant memory, into one file of rows and a summary."""
