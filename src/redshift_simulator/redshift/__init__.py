"""Provisioned Redshift: the operations that the account answers, one file a resource."""
