"""How fast other ways to search vectors under a filter are, on the same vectors: `python -m benchmarks.peers`."""
