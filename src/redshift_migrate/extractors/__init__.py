"""AWS → models: one file a subject, reads only. A denied read becomes `Unknown`, never "none"."""
