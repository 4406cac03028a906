"""How fast the service is and what it needs, on this machine: `python -m benchmarks.bench`."""
