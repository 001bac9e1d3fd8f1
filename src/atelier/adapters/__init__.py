"""The outside world, implementing the ports of features."""
