"""Move Amazon Redshift provisioned clusters to Redshift Serverless: plan, approve, apply, verify."""

__version__ = "0.1.0"
