"""The agent: tools, gate, models and sessions. The only room that imports strands, and only when it is used."""
