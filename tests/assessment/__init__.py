"""Tests of what is decided about many clusters, and of what one costs."""
