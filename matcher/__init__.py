"""Coach matching: from a paragraph about a manager to three coaches one can defend."""

__version__ = "0.1.0"
