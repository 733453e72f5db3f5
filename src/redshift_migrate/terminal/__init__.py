"""The terminal: interactive chat, scripted mode, slash commands, and how results are drawn."""
