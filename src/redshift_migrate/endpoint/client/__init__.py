"""`./chat --endpoint URL`: the same chat, with the agent elsewhere."""
