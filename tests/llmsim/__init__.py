"""What LLMSim says of the models that it knows: facts, the schedules they are of, and how they are read."""
