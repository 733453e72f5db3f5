"""The difference of two configurations as steps: pure. Equal values give no steps."""
