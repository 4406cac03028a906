"""The index as it is kept between starts: whole or not at all, and only for the data that it was made of."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from errno import ENOSPC
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest
import structlog
from sqlalchemy import Engine

from matcher.matching.index import CoachIndex
from matcher.matching.postings import Postings
from matcher.matching.reading import Reader
from matcher.matching.snapshot import Snapshots
from matcher.service import catalogue, put_coaches
from matcher.service.catalogue import Catalogue, Edition
from matcher.store import coaches, database
from tests.factories import a_coach
from tests.judged_world import ENCODER, an_index, judged, profile
from tests.test_index import assert_same

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def snapshots(folder: Path, reading: str = "a way") -> Snapshots:
    return Snapshots(folder, reading)


def test_what_was_kept_is_read_again_and_can_be_changed_further(tmp_path: Path) -> None:
    known = list(judged().coaches.values())[:6]
    index = an_index(*known[:4]).updated({known[0].id: None, known[4].id: profile(known[4])})
    snapshots(tmp_path).write(index, "first")
    read = snapshots(tmp_path).read()
    assert read is not None
    assert read[1] == "first"
    assert_same(read[0], index)
    assert [read[0].passages_of(row) for row in range(4)] == [index.passages_of(row) for row in range(4)]
    changed = read[0].updated({known[5].id: profile(known[5])})
    assert_same(changed, an_index(*known[1:]))
    snapshots(tmp_path).write(changed, "second")
    assert_same(read[0], index)
    again = snapshots(tmp_path).read()
    assert again is not None
    assert again[1] == "second"
    assert_same(again[0], an_index(*known[1:]))
    assert len(list(tmp_path.iterdir())) == 1, "nothing is left of the first"


def test_files_that_are_replaced_while_they_are_read_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (an_index(a_coach(id=one, bio="I led a plant.")) for one in "ab")
    snapshots(tmp_path).write(first, "first")
    sizes = [file.stat().st_size for file in sorted(snapshots(tmp_path).place.iterdir())]
    load, replaced = np.load, list[Path]()

    def slowly(file: Path, **how: Any) -> Any:
        if not replaced and file.name == "columns.id.entries.byte.npy":
            replaced.append(file)
            snapshots(tmp_path).write(second, "other")
        return load(file, **how)

    monkeypatch.setattr(np, "load", slowly)
    assert snapshots(tmp_path).read() is None
    assert replaced
    assert [file.stat().st_size for file in sorted(snapshots(tmp_path).place.iterdir())] == sizes
    read = snapshots(tmp_path).read()
    assert read is not None
    assert read[0].ids == ("b",)


def test_an_index_of_nobody_is_kept_too(tmp_path: Path) -> None:
    snapshots(tmp_path).write(an_index(), "none")
    read = snapshots(tmp_path).read()
    assert read is not None
    assert len(read[0]) == 0


def test_what_is_not_whole_or_was_read_in_another_way_is_not_there(tmp_path: Path) -> None:
    assert snapshots(tmp_path).read() is None
    snapshots(tmp_path).write(an_index(a_coach(bio="I led a plant.")), "whole")
    assert snapshots(tmp_path).read() is not None
    assert snapshots(tmp_path, "another way").read() is None
    file = next(snapshots(tmp_path).place.glob("passages.themes.npy"))
    file.write_bytes(file.read_bytes()[:-1])
    assert snapshots(tmp_path).read() is None


@pytest.fixture
def kept_after_one_passage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_WORTH_KEEPING", 0)


def loaded(engine: Engine, folder: Path) -> Edition:
    one = Catalogue(engine, ENCODER, Reader(ENCODER).areas, folder)
    one.load()
    with one.opened() as (_, edition):
        return edition


def is_mapped(index: CoachIndex) -> bool:
    return isinstance(index.store.tables[0].themes.base, np.memmap)


@pytest.mark.usefixtures("kept_after_one_passage")
def test_a_start_takes_up_what_was_kept_and_what_changed_since(engine: Engine, tmp_path: Path) -> None:
    put_coaches(engine, ENCODER, [a_coach(id="a", bio="I led a plant."), a_coach(id="b", bio="I sold.")], NOW)
    first = loaded(engine, tmp_path)
    assert is_mapped(first.index)
    put_coaches(engine, ENCODER, [a_coach(id="b", bio="I sold boats."), a_coach(id="c", bio="I taught.")], NOW)
    with database.sessions(engine).begin() as session:
        coaches.delete(session, "a", NOW)
    second = loaded(engine, tmp_path)
    assert second.revision == first.revision + 2
    assert_same(second.index, an_index(a_coach(id="b", bio="I sold boats."), a_coach(id="c", bio="I taught.")))
    assert_same(loaded(engine, tmp_path).index, second.index)


@pytest.mark.usefixtures("kept_after_one_passage")
@pytest.mark.parametrize("bio", ["I led a plant.", ""])
def test_what_was_deleted_leaves_the_files_with_the_next_start(engine: Engine, tmp_path: Path, bio: str) -> None:
    put_coaches(engine, ENCODER, [a_coach(id="known-as-this", bio=bio), a_coach(id="b", bio="I sold.")], NOW)
    loaded(engine, tmp_path)
    files = b"".join(file.read_bytes() for file in tmp_path.glob("*/*"))
    assert b"known-as-this" in files
    assert bio.encode() in files
    with database.sessions(engine).begin() as session:
        coaches.delete(session, "known-as-this", NOW)
    assert is_mapped(loaded(engine, tmp_path).index)
    files = b"".join(file.read_bytes() for file in tmp_path.glob("*/*"))
    assert b"known-as-this" not in files
    assert not bio or bio.encode() not in files


def files_of(folder: Path) -> Snapshots:
    return snapshots(folder, f"{Reader(ENCODER).areas.name} with {ENCODER.name}")


@pytest.fixture
def kept_once(engine: Engine, tmp_path: Path) -> Snapshots:
    """Files of a coach who was deleted since, of a directory so small that they are not made again."""
    put_coaches(engine, ENCODER, [a_coach(id="a", bio="I led a plant."), a_coach(id="b", bio="I sold.")], NOW)
    with database.sessions(engine).begin() as session:
        mark = coaches.mark(session, coaches.revision(session))
        coaches.delete(session, "a", NOW)
    assert mark is not None
    files = files_of(tmp_path / "index")
    files.write(an_index(a_coach(id="a", bio="I led a plant."), a_coach(id="b", bio="I sold.")), mark)
    return files


def holds_the_plant(files: Snapshots) -> bool:
    return any(b"I led a plant." in file.read_bytes() for file in files.folder.rglob("*") if file.is_file())


def test_what_was_deleted_leaves_the_files_of_an_earlier_version_too(engine: Engine, kept_once: Snapshots) -> None:
    kept_once.place.rename(kept_once.folder / "0123456789abcdef")
    assert holds_the_plant(kept_once)
    assert loaded(engine, kept_once.folder).index.ids == ("b",)
    assert not holds_the_plant(kept_once)


def test_what_was_deleted_leaves_the_files_where_there_is_no_room_for_others(
    engine: Engine, kept_once: Snapshots, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(ENOSPC, "no room")

    monkeypatch.setattr(os, "fsync", full)
    assert kept_once.read() is not None
    assert loaded(engine, kept_once.folder).index.ids == ("b",)
    assert not holds_the_plant(kept_once)


def test_what_an_earlier_version_or_a_process_that_died_left_is_cleared_away(tmp_path: Path) -> None:
    for left in (".partial-x", "0123456789abcdef"):
        (tmp_path / left).mkdir()
    snapshots(tmp_path).write(an_index(), "none")
    assert list(tmp_path.iterdir()) == [snapshots(tmp_path).place]


@pytest.mark.usefixtures("kept_after_one_passage")
def test_what_was_kept_of_other_data_is_left_alone(engine: Engine, tmp_path: Path) -> None:
    put_coaches(engine, ENCODER, [a_coach(id="a", bio="I led a plant.")], NOW)
    snapshots(tmp_path, f"sentences with {ENCODER.name}").write(an_index(a_coach(id="z")), "of a backup")
    assert loaded(engine, tmp_path).index.ids == ("a",)


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "_WORTH_KEEPING", 0)
    put_coaches(engine, ENCODER, [a_coach(id="a", bio="I led a plant.")], NOW)
    (tmp_path / "file").write_text("in the way")
    assert loaded(engine, tmp_path / "file").index.ids == ("a",)


@pytest.fixture
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_TOGETHER", 2)


def test_a_process_waits_for_another_one_with_its_folder_and_takes_what_that_kept(
    engine: Engine, tmp_path: Path
) -> None:
    files, known = files_of(tmp_path), [a_coach(id=one, bio="I led a plant.") for one in "ab"]
    put_coaches(engine, ENCODER, known[:1], NOW)
    with structlog.testing.capture_logs() as lines, ThreadPoolExecutor(1) as other:
        with files.alone(lambda: None):
            started = other.submit(loaded, engine, tmp_path)
            deadline = monotonic() + 10
            while not lines and monotonic() < deadline and not started.done():
                sleep(0.01)
            put_coaches(engine, ENCODER, known[1:], NOW)
            with database.sessions(engine).begin() as session:
                mark = coaches.mark(session, coaches.revision(session))
            assert mark is not None
            files.write(an_index(*known), mark)
            assert not started.done()
        edition = started.result(timeout=10)
    assert [line["event"] for line in lines] == ["waits for another process that makes or reads the index"]
    assert is_mapped(edition.index)
    assert edition.index.ids == ("a", "b")
    with files.alone(pytest.fail):
        pass


def put_each(engine: Engine, *ids: str, bio: str) -> None:
    for coach_id in ids:
        put_coaches(engine, ENCODER, [a_coach(id=coach_id, bio=bio)], NOW)


@pytest.mark.usefixtures("few_are_many")
def test_very_many_profiles_are_kept_as_they_are_read_and_so_is_what_changed_of_them(
    engine: Engine, tmp_path: Path
) -> None:
    put_each(engine, *"hgfedcb", bio="I led a plant.")
    first = loaded(engine, tmp_path)
    assert is_mapped(first.index), "few passages were added, so that only the number of profiles can be why"
    assert_same(first.index, an_index(*(a_coach(id=one, bio="I led a plant.") for one in "bcdefgh")))
    put_each(engine, *"aci", bio="I sold boats.")
    with database.sessions(engine).begin() as session:
        coaches.delete(session, "h", NOW)
    second = loaded(engine, tmp_path)
    assert is_mapped(second.index)
    said = {one: "I sold boats." if one in "aci" else "I led a plant." for one in "abcdefgi"}
    assert_same(second.index, an_index(*(a_coach(id=one, bio=bio) for one, bio in said.items())))
    assert second.revision == first.revision + 4


@pytest.mark.usefixtures("few_are_many")
def test_very_many_profiles_are_read_all_the_same_where_nothing_can_be_kept(engine: Engine, tmp_path: Path) -> None:
    put_each(engine, *"abcdefgh", bio="I led a plant.")
    (tmp_path / "file").write_text("in the way")
    assert loaded(engine, tmp_path / "file").index.ids == tuple("abcdefgh")


def test_where_rows_of_words_stand_is_read_too_and_is_as_it_would_be_worked_out(tmp_path: Path) -> None:
    snapshots(tmp_path).write(an_index(*list(judged().coaches.values())[:5], a_coach(id="z", bio="")), "postings")
    read = snapshots(tmp_path).read()
    assert read is not None
    table = read[0].store.tables[0]
    assert isinstance(table.postings.entries.base, np.memmap)
    np.testing.assert_array_equal(table.postings.entries, Postings.of(table.sampled).entries)


def test_where_entries_begin_is_read_too_and_is_as_it_would_be_added_up(tmp_path: Path) -> None:
    snapshots(tmp_path).write(an_index(*list(judged().coaches.values())[:5], a_coach(id="z", bio="")), "offsets")
    read = snapshots(tmp_path).read()
    assert read is not None
    for table in (read[0].columns.windows, read[0].columns.references, read[0].store.tables[0].text):
        assert isinstance(table.offsets.base, np.memmap)
        np.testing.assert_array_equal(table.offsets, np.concatenate([[0], np.cumsum(table.counts)]))
