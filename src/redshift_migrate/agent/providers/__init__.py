"""Which model answers: the spelling of `--model`, the models themselves, and what their errors mean."""
