"""Cuts a file into the bytes of its rows without ever holding more than one of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from matcher.texts import Phrase

LONGEST_ROW = 2_000_000
"""Bytes of one row; a longer one is passed over without being kept."""


@dataclass(frozen=True)
class Chunk:
    """The bytes of one row, and the first and last of the lines that it stands in."""

    line: int
    last_line: int
    content: bytes
    problem: str = ""
    """What is wrong with the row as a whole; empty when it was read."""

    @property
    def extent(self) -> str:
        """Which lines a message is about, when they are several: " (lines 3 to 5)"."""
        return (
            ""
            if self.line == self.last_line
            else Phrase(" (lines %(first)s to %(last)s)", first=self.line, last=self.last_line)
        )


def _chunk(file: BinaryIO, line: int, quoting: bool) -> Chunk | None:
    kept = bytearray()
    size = breaks = 0
    broken = quoted = False
    while (quoted or not broken) and (piece := file.readline(LONGEST_ROW)):
        size += len(piece)
        if size <= LONGEST_ROW:
            kept += piece
        quoted ^= quoting and piece.count(b'"') % 2 == 1
        broken = piece.endswith(b"\n")
        breaks += broken
    if not size:
        return None
    last_line = line + breaks - broken
    if size > LONGEST_ROW:
        return Chunk(line, last_line, b"", Phrase("is longer than %(most)s bytes", most=LONGEST_ROW))
    return Chunk(line, last_line, bytes(kept).rstrip(b"\r\n"))


def chunks(file: BinaryIO, quoting: bool = False) -> Iterator[Chunk]:
    """The rows of a file, blank ones left out: a line each.

    With `quoting`, a row goes on over line breaks within quotation marks (RFC 4180); one whose quotation marks do
    not pair takes in the lines up to the next unpaired one, so that nothing within a cell is ever taken for a row.
    """
    line = 1
    while chunk := _chunk(file, line, quoting):
        line = chunk.last_line + 1
        if chunk.problem or chunk.content.strip():
            yield chunk
