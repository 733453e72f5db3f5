"""ProvisionedClusterConfig → what is wanted of serverless: pure, one file a subject, every rule with its source."""
