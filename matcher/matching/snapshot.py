"""The index as files that are mapped into memory: read in an instant, and shared by all processes that read them.

A snapshot is a folder with a file for each column and, written last, a list of them with their sizes. It gets its place
by being renamed, so there is a whole one or none; one whose files are not as listed counts as none.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.matching.columns import Columns
from matcher.matching.index import FORMAT, CoachIndex
from matcher.matching.vector_form import VectorForm

_LIST = "snapshot.json"

_LAYOUT = 2
"""Raised when columns lie otherwise in the files though they mean the same; earlier ones are then made anew."""

Table = TypeVar("Table", bound=Columns)
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Snapshots:
    """Where the snapshot of one service lies, of profiles that are read in the way that `reading` names."""

    folder: Path
    reading: str
    form: VectorForm

    @property
    def place(self) -> Path:
        """The folder of the snapshot that this service may use."""
        named = json.dumps([FORMAT, _LAYOUT, self.reading, self.form.name])
        return self.folder / sha256(named.encode()).hexdigest()[:16]

    def write(self, index: CoachIndex, mark: str) -> None:
        """Keeps the index in place of the last one; `mark` tells what it holds. Raises OSError when it cannot."""
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = Path(mkdtemp(prefix=".partial-", dir=self.folder))
        try:
            compacted = index.compacted()
            tables = {"columns": compacted.columns, "passages": compacted.store.tables[0]}
            sizes = {name: _saved(partial / f"{name}.npy", array) for name, array in _arrays(tables)}
            (partial / _LIST).write_text(json.dumps({"mark": mark, "sizes": sizes}))
            _put(partial, self.place)
        finally:
            self._clear()

    def _clear(self) -> None:
        """Removes what others left: snapshots of before an upgrade, and what a process did not live to finish."""
        for other in self.folder.iterdir():
            if other != self.place:
                shutil.rmtree(other, ignore_errors=True)

    def read(self) -> tuple[CoachIndex, str] | None:
        """The index that was last kept, and its mark; None when there is none, or not a whole one."""
        try:
            listed = json.loads((self.place / _LIST).read_text())
            arrays = {name: self._mapped(name, size) for name, size in listed["sizes"].items()}
            empty = CoachIndex.build([], self.form)
            columns = _filled(empty.columns, arrays, "columns")
            table = _filled(empty.store.tables[0], arrays, "passages")
        except (OSError, ValueError, KeyError):
            return None
        return CoachIndex(columns, replace(empty.store, tables=(table,))), listed["mark"]

    def _mapped(self, name: str, size: int) -> NDArray[Any]:
        file = self.place / f"{name}.npy"
        if file.stat().st_size != size:
            raise ValueError(f"{name} is not as it was written")
        array: NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
        # Of the same class as any other column: what the mapping adds is looked for with every slice.
        return array.view(np.ndarray)


def _arrays(tables: Mapping[str, Columns]) -> Iterator[tuple[str, NDArray[Any]]]:
    for path, table in tables.items():
        for field in fields(table):
            column, name = getattr(table, field.name), f"{path}.{field.name}"
            if isinstance(column, Columns):
                yield from _arrays({name: column})
            else:
                yield name, column


def _filled(table: Table, arrays: Arrays, path: str) -> Table:
    """A table like that one with those columns."""
    columns = {}
    for field in fields(table):
        column, name = getattr(table, field.name), f"{path}.{field.name}"
        columns[field.name] = _filled(column, arrays, name) if isinstance(column, Columns) else arrays[name]
    return replace(table, **columns)


def _saved(file: Path, array: NDArray[Any]) -> int:
    with file.open("wb") as target:
        np.save(target, array, allow_pickle=False)
        target.flush()
        os.fsync(target.fileno())
    return file.stat().st_size


def _put(partial: Path, place: Path) -> None:
    """The folder in its place; one that lies there goes, which readers who have mapped its files do not notice."""
    if place.exists():
        old = Path(mkdtemp(prefix=".old-", dir=place.parent))
        place.rename(old / place.name)
        shutil.rmtree(old, ignore_errors=True)
    partial.rename(place)
