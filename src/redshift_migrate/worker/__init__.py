"""Carries out accepted plans on Lambda durable functions, for as long as they take, by the same steps as elsewhere."""
