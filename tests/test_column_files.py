"""Columns that are written in parts are as if they were written at once."""

from pathlib import Path

import numpy as np
import pytest

from matcher.matching.column_files import column_file


@pytest.mark.parametrize(("axis", "shapes"), [(0, [(0, 3), (2, 3), (1, 3)]), (1, [(3, 0), (3, 2), (3, 1)])])
def test_a_column_that_is_written_in_parts_is_read_as_one(
    tmp_path: Path, axis: int, shapes: list[tuple[int, int]]
) -> None:
    rng = np.random.default_rng(1)
    written = [rng.random(shape).astype(np.float32) for shape in shapes]
    file = column_file(tmp_path / "column.npy", written[0], axis)
    for part in written:
        file.add(part)
    assert file.finish() == (tmp_path / "column.npy").stat().st_size
    whole = np.concatenate(written, axis=axis)
    np.testing.assert_array_equal(np.load(tmp_path / "column.npy", allow_pickle=False), whole)
    np.save(tmp_path / "at_once.npy", whole)
    assert (tmp_path / "at_once.npy").read_bytes() == (tmp_path / "column.npy").read_bytes()
    assert {left.name for left in tmp_path.iterdir()} == {"at_once.npy", "column.npy"}


def test_a_column_goes_on_with_rows_like_those_before_alone(tmp_path: Path) -> None:
    file = column_file(tmp_path / "column.npy", np.zeros((2, 3)), 0)
    for other in (np.zeros((2, 3), np.float32), np.zeros((2, 4))):
        with pytest.raises(ValueError, match=r"column\.npy"):
            file.add(other)
    file.close()
