"""Keeps measured tables in a document up to date."""

from pathlib import Path


def replace_block(document: Path, name: str, text: str) -> None:
    """Puts the text between the lines `<!-- name:begin -->` and `<!-- name:end -->`, in place of what stands there.

    Raises ValueError, and changes nothing, when the document does not have each of them once, in that order.
    """
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, found_begin, rest = document.read_text("utf-8").partition(begin)
    _, found_end, after = rest.partition(end)
    if not found_begin or not found_end or begin in rest or end in before + after:
        raise ValueError(f"{document.name} needs the lines {begin} and {end} once each, in that order")
    document.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", "utf-8")
