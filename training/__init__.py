"""What measures the service and learns from judgements, offline, on the same matching code."""
