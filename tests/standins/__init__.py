"""Local servers that answer as the outside would, faults included, and keep what they were asked."""
