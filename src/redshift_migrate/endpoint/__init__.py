"""The agent over HTTP: one app for this machine, for Lambda, and for AgentCore; and the client that talks to it."""
