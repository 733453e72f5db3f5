"""What acts: plans are made, approved, applied, verified and undone here. The tools call this room's service."""
