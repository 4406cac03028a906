"""The catalogues of what the service says in other languages than English."""
