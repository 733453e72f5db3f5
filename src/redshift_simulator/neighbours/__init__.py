"""The services next to Redshift: what every extraction reads is answered here, since moto takes seconds to load.

A handler that does not know what is asked for leaves the request to moto, which may.
"""
