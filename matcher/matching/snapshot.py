"""The index as files that are mapped into memory: read in an instant, and shared by all processes that read them.

A snapshot is a folder with a file for each column and, written last, a list of them with their sizes. It gets its place
by being renamed, so there is a whole one or none; one whose files are not as listed counts as none.
"""

import fcntl
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from itertools import chain
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from matcher.matching.column_files import Growing, column_file
from matcher.matching.columns import Columns, Ragged
from matcher.matching.index import FORMAT, CoachIndex, further
from matcher.matching.index_parts import parts
from matcher.matching.postings import Postings, postings_in_turn
from matcher.matching.shown_rows import ShownRows

_LIST = "snapshot.json"
_LOCK = ".lock"

_COUNTS, _OFFSETS = ".counts", ".offsets"
"""How the names of those columns of ragged tables end; the second is made of the first."""

_SAMPLED, _POSTINGS = "passages.sampled", "passages.postings"
"""Of these the second is made of the first."""

_ADDED_UP = 1_000_000
"""Counts that are added up together."""

_LAYOUT = 4
"""Raised when columns lie otherwise in the files though they mean the same; earlier ones are then made anew."""

Table = TypeVar("Table", bound=Columns)
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Snapshots:
    """Where the snapshot of one service lies, of profiles that are read in the way that `reading` names."""

    folder: Path
    reading: str

    @property
    def place(self) -> Path:
        """The folder of the snapshot that this service may use."""
        named = json.dumps([FORMAT, _LAYOUT, self.reading])
        return self.folder / sha256(named.encode()).hexdigest()[:16]

    @contextmanager
    def alone(self, told: Callable[[], object]) -> Iterator[None]:
        """Until the block ends, no other process of this machine that asks for the same is in such a block; waits for
        one that is, and calls `told` before. At once where nothing can be kept."""
        with ExitStack() as opened:
            with suppress(OSError):
                self.folder.mkdir(parents=True, exist_ok=True)
                lock = opened.enter_context((self.folder / _LOCK).open("w"))
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    told()
                    fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def write(self, index: CoachIndex, mark: str) -> None:
        """Keeps the index in place of the last one; `mark` tells what it holds. Raises OSError when it cannot."""
        self.write_parts(parts(index), mark)

    def write_parts(self, each: Iterable[CoachIndex], mark: str) -> None:
        """The same of the index that has the coaches of all parts, each of whose ids comes after those of the parts
        before it; so that no more than a part must be in memory."""
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = Path(mkdtemp(prefix=".partial-", dir=self.folder))
        try:
            sizes = _written(partial, chain([CoachIndex.build([])], each))
            (partial / _LIST).write_text(json.dumps({"mark": mark, "sizes": sizes}))
            _put(partial, self.place)
        finally:
            self._clear(but=self.place)

    def drop(self) -> None:
        """Removes all that was kept, in whatever way it was read, as far as it can; whoever mapped it keeps it."""
        with suppress(OSError):
            self._clear(but=None)

    def _clear(self, but: Path | None) -> None:
        """Removes snapshots of before an upgrade, and what a process did not live to finish; all but that folder."""
        for other in self.folder.iterdir():
            if other not in (but, self.folder / _LOCK):
                shutil.rmtree(other, ignore_errors=True)

    def read(self) -> tuple[CoachIndex, str] | None:
        """The index that was last kept, and its mark; None when there is none, or not a whole one."""
        try:
            listed = self._list()
            arrays = {name: self._mapped(name, size) for name, size in listed["sizes"].items()}
            empty = CoachIndex.build([])
            columns = _filled(empty.columns, arrays, "columns")
            table = _filled(empty.store.tables[0], arrays, "passages").with_postings(Postings(arrays[_POSTINGS]))
            if self._list() != listed:
                # Files of two indexes may have the same sizes.
                return None
        except (OSError, ValueError, KeyError):
            return None
        return CoachIndex(columns, replace(empty.store, tables=(table,))), listed["mark"]

    def _list(self) -> Any:
        return json.loads((self.place / _LIST).read_text())

    def _mapped(self, name: str, size: int) -> NDArray[Any]:
        file = self.place / f"{name}.npy"
        if file.stat().st_size != size:
            raise ValueError(f"{name} is not as it was written")
        array: NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
        # Of the same class as any other column: what the mapping adds is looked for with every slice.
        return array.view(np.ndarray)


def _written(folder: Path, parts: Iterable[CoachIndex]) -> dict[str, int]:
    """Writes the columns of all parts, of which there is one at least, and gives the sizes of their files by name."""
    passages, files = 0, dict[str, Growing]()
    with ExitStack() as opened:
        for part in parts:
            compacted = part.compacted()
            tables = {"columns": further(compacted, passages), "passages": compacted.store.tables[0]}
            for name, array, axis in _arrays(tables):
                if name not in files:
                    files[name] = column_file(folder / f"{name}.npy", array, axis)
                    opened.callback(files[name].close)
                files[name].add(array)
            passages += len(compacted.store)
        sizes = {name: file.finish() for name, file in files.items()}
    offsets = dict(_written_offsets(folder, name) for name in sizes if name.endswith(_COUNTS))
    return sizes | offsets | {_POSTINGS: _written_postings(folder)}


def _written_offsets(folder: Path, counts: str) -> tuple[str, int]:
    """Writes where the entries of each row of a ragged table begin, given the name of the file of their counts: of many
    millions of passages a process would add them all up to look at a few. The name of the file and its size."""
    name = counts.removesuffix(_COUNTS) + _OFFSETS
    known, end = np.load(folder / f"{counts}.npy", mmap_mode="r"), np.zeros(1, np.int64)
    file = column_file(folder / f"{name}.npy", end, 0)
    try:
        file.add(end)
        for start in range(0, len(known), _ADDED_UP):
            ends = end + np.cumsum(known[start : start + _ADDED_UP])
            file.add(ends)
            end = ends[-1:]
        return name, file.finish()
    finally:
        file.close()


def _written_postings(folder: Path) -> int:
    """Writes where rows of words stand, made of the file of those sampled; the size of the file."""
    sampled = np.load(folder / f"{_SAMPLED}.npy", mmap_mode="r")
    file = column_file(folder / f"{_POSTINGS}.npy", np.empty(0, np.uint64), 0)
    try:
        for entries in postings_in_turn(sampled):
            file.add(entries)
        return file.finish()
    finally:
        file.close()


def _arrays(tables: Mapping[str, Columns]) -> Iterator[tuple[str, NDArray[Any], int]]:
    """Every column with its name and the axis along which its rows stand."""
    for path, table in tables.items():
        for field in fields(table):
            column, name = getattr(table, field.name), f"{path}.{field.name}"
            column = column.gathered() if isinstance(column, ShownRows) else column
            if isinstance(column, Columns):
                yield from _arrays({name: column})
            else:
                yield name, column, table.axis


def _filled(table: Table, arrays: Arrays, path: str) -> Table:
    """A table like that one with those columns."""
    if isinstance(table, ShownRows):
        return cast(Table, ShownRows.of(_filled(table.first, arrays, path)))
    columns: dict[str, Any] = {}
    for field in fields(table):
        column, name = getattr(table, field.name), f"{path}.{field.name}"
        columns[field.name] = _filled(column, arrays, name) if isinstance(column, Columns) else arrays[name]
    filled = replace(table, **columns)
    return filled.with_offsets(arrays[path + _OFFSETS]) if isinstance(filled, Ragged) else filled


def _put(partial: Path, place: Path) -> None:
    """The folder in its place; one that lies there goes, which readers who have mapped its files do not notice."""
    if place.exists():
        old = Path(mkdtemp(prefix=".old-", dir=place.parent))
        place.rename(old / place.name)
        shutil.rmtree(old, ignore_errors=True)
    partial.rename(place)
