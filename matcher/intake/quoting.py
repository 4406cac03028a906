"""How cells hold texts that a spreadsheet would change, and lists whose entries hold semicolons.

A text that begins like a formula, or begins or ends with a space or line break, stands in single quotation marks. A
list whose entries cannot stand between semicolons is written as JSON. Other cells hold what they say.
"""

import json
from collections.abc import Sequence

from matcher.errors import MalformedDocument
from matcher.intake.json_text import parse_json

_FORMULA = ("=", "+", "-", "@")


def quoted(text: str) -> str:
    """The text as a cell that `unquoted` reads.

    >>> quoted("plain"), quoted("=1+1"), quoted("ends so ")
    ('plain', "'=1+1'", "'ends so '")
    """
    return f"'{text}'" if _needs_quotes(text) else text


def unquoted(cell: str) -> str:
    """The text in a cell; quotation marks around what needs none are part of it.

    >>> unquoted("'=1+1'"), unquoted("'Tis the season'")
    ('=1+1', "'Tis the season'")
    """
    return cell[1:-1] if _in_quotes(cell) and _needs_quotes(cell[1:-1]) else cell


def list_cell(entries: Sequence[str]) -> str:
    """The list as a cell that `list_entries` reads.

    >>> list_cell(["en", "nl"]), list_cell(["Head of sales; EMEA"])
    ('en; nl', '["Head of sales; EMEA"]')
    """
    cell = "; ".join(entries)
    plain = not cell.startswith((*_FORMULA, "[")) and list_entries(cell) == list(entries)
    return cell if plain else json.dumps(list(entries), ensure_ascii=False)


def list_entries(cell: str) -> list[str]:
    """The entries of a list in a cell: those of a JSON list of texts, else what stands between semicolons."""
    if cell.startswith("["):
        try:
            entries = parse_json(cell)
        except MalformedDocument:
            entries = None
        if isinstance(entries, list) and all(isinstance(entry, str) for entry in entries):
            return entries
    return [part.strip() for part in cell.split(";") if part.strip()]


def _in_quotes(text: str) -> bool:
    return len(text) > 2 and text.startswith("'") and text.endswith("'")


def _needs_quotes(text: str) -> bool:
    # Texts that already look like a quoted one need quotation marks too, or they would lose theirs.
    return text.startswith(_FORMULA) or text != text.strip() or (_in_quotes(text) and _needs_quotes(text[1:-1]))
