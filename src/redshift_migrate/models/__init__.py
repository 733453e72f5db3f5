"""Values without behaviour or I/O: what is read, what is wanted, what will be done, what was done."""
