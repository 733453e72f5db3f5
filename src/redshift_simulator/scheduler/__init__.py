"""EventBridge Scheduler: schedule groups and schedules."""
