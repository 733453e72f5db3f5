"""The one door to AWS: the only room that knows boto3 and botocore."""
