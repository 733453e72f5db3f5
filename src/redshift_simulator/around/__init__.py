"""Reads of the services next to Redshift that every extraction needs, answered here because moto takes seconds to load.

A handler that does not know what is asked for leaves the request to moto, which may.
"""
