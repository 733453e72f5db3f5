"""The offline model: plain requests in, the same tool calls a language model would make, by fixed rules."""
