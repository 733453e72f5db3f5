"""What is decided about many clusters at once, and what one costs: pure."""
