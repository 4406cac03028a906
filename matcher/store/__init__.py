"""The database: profiles, vectors of texts, needs, sealed shortlists, outcomes, rankers and callers.

Functions take a session and never commit; whoever calls them decides what belongs together:
`with sessions(engine).begin() as session`.
"""
