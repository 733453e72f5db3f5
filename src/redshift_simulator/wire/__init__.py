"""The wire formats of AWS, read and written from botocore's own service models."""
