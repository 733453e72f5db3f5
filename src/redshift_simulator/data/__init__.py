"""What is in the databases of the account, and the Data API that asks about it."""
