"""Columns as files in NumPy's form that are written a part at a time, so that none need ever be whole in memory."""

import os
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.lib import format as numpy_format
from numpy.typing import NDArray

Array = NDArray[Any]


class Growing(Protocol):
    """A file of a column that is being written."""

    def add(self, part: Array) -> None:
        """Writes the rows that follow those written before; raises OSError when the disk is full."""

    def finish(self) -> int:
        """Ends the file, on the disk and not in its cache alone; its size in bytes. Raises OSError as above."""

    def close(self) -> None:
        """Lets go of the file, whether it was finished or not."""


def column_file(file: Path, like: Array, axis: int) -> Growing:
    """A new file for a column of the type and the form of another one, whose rows stand along that axis (0 or 1)."""
    return ColumnFile(file, like) if axis == 0 else LinesFile(file, like)


class ColumnFile:
    """A file of a column whose rows follow each other."""

    def __init__(self, file: Path, like: Array) -> None:
        """Makes the file of no rows yet."""
        self._file, self._like, self._rows = file, like, 0
        self._target = file.open("wb")
        self._write_header()

    def _write_header(self) -> None:
        # NumPy leaves room in it for any number of rows, so that it can be written again once they are known.
        kind = numpy_format.dtype_to_descr(self._like.dtype)
        shape = (self._rows, *self._like.shape[1:])
        numpy_format.write_array_header_1_0(self._target, {"descr": kind, "fortran_order": False, "shape": shape})

    def add(self, part: Array) -> None:
        """Writes rows of the type and the form of those before; raises ValueError for others."""
        if part.dtype != self._like.dtype or part.shape[1:] != self._like.shape[1:]:
            raise ValueError(f"{self._file.name} cannot go on with rows of {part.dtype}, {part.shape[1:]}")
        self._rows += len(part)
        self._target.write(np.ascontiguousarray(part).data)

    def end(self) -> None:
        """Tells the header how many rows came, so that the file can be read; it need not be on the disk yet."""
        self._target.seek(0)
        self._write_header()
        self._target.flush()

    def finish(self) -> int:
        """Ends the file, on the disk too."""
        self.end()
        os.fsync(self._target.fileno())
        self._target.close()
        return self._file.stat().st_size

    def close(self) -> None:
        """Lets go of the file."""
        self._target.close()


class LinesFile:
    """A file of a column of several lines, each of which has a value of every row; they follow each other once they are
    whole, and lie in files of their own until then."""

    def __init__(self, file: Path, like: Array) -> None:
        """Makes the files of the lines, of no rows yet."""
        self._file, self._like = file, like
        self._files = [file.with_name(f"{file.name}.{number}") for number in range(len(like))]
        self._lines = [ColumnFile(own, line) for own, line in zip(self._files, like, strict=True)]

    def add(self, part: Array) -> None:
        """Writes the part of each line."""
        for line, own in zip(self._lines, part, strict=True):
            line.add(own)

    def finish(self) -> int:
        """Puts the lines into one file."""
        for line in self._lines:
            line.end()
            line.close()
        lines = (np.load(own, mmap_mode="r")[np.newaxis] for own in self._files)
        first = next(lines)
        whole = ColumnFile(self._file, first)
        try:
            for line in chain([first], lines):
                whole.add(line)
            return whole.finish()
        finally:
            whole.close()
            for own in self._files:
                own.unlink()

    def close(self) -> None:
        """Lets go of the files."""
        for line in self._lines:
            line.close()
