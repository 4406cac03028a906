"""Stores profiles together with the vectors of their passages, so that no stored profile lacks one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import COMMAND_LINE, Actor, Coach
from matcher.matching.area_classifier import area_reading
from matcher.matching.areas import THEMES, AreaReading, Strengths
from matcher.matching.embedding import Encoder, Vectors, text_hash
from matcher.matching.index import Profile
from matcher.matching.passages import coach_passages
from matcher.store import audit, coaches, database, embeddings

Progress = Callable[[int], None]
"""Told how many steps are done."""

MOST_AT_ONCE = 200
"""Profiles of one transaction of an import."""

MOST_NEW_TEXTS = 256
"""Texts encoded for one transaction of an import, give or take those of a profile: what a killed import loses at most,
and how often its progress moves. Encoders that take texts in batches fill theirs with so many of all lengths."""

_PAGE = 200
"""Profiles that are looked at together when vectors are missing."""


def put_coaches(
    engine: Engine,
    encoder: Encoder,
    profiles: Sequence[Coach],
    now: datetime,
    *,
    areas: AreaReading | None = None,
    by: Actor = COMMAND_LINE,
) -> coaches.PutCounts:
    """Adds or replaces those profiles as `put_each_coach` does, and counts what became of them."""
    return coaches.counted(put_each_coach(engine, encoder, profiles, now, areas=areas, by=by).values())


def put_each_coach(
    engine: Engine,
    encoder: Encoder,
    profiles: Sequence[Coach],
    now: datetime,
    *,
    areas: AreaReading | None = None,
    by: Actor = COMMAND_LINE,
) -> dict[str, coaches.Fate]:
    """Adds or replaces those profiles, all or none, with the vectors of their passages and, where they take
    time, the readings of them by `areas` (by default those that go with the encoder). The audit log notes what changed.

    Texts are encoded before the transaction begins, so that nothing waits for the encoder.
    """
    with database.snapshots(engine).begin() as session:
        found = missing_texts(session, encoder, areas or area_reading(encoder), profiles)
    return _stored(engine, found, profiles, now, by)


def put_in_pieces(
    engine: Engine, encoder: Encoder, areas: AreaReading, profiles: Sequence[Coach], now: datetime, *, by: Actor
) -> Iterator[dict[str, coaches.Fate]]:
    """Adds or replaces those profiles, each with another id, in their order as `put_each_coach` does, a piece a
    transaction; what became of each piece, once it is stored.

    A piece ends with MOST_AT_ONCE profiles, or when those in it have MOST_NEW_TEXTS that are still to be encoded.
    """
    for start in range(0, len(profiles), MOST_AT_ONCE):
        some = profiles[start : start + MOST_AT_ONCE]
        hashes = [{text_hash(passage.text) for passage in coach_passages(coach)} for coach in some]
        with database.snapshots(engine).begin() as session:
            lacking = _lacking(session, encoder, areas, set().union(*hashes))
        if lacking:
            for piece in _pieces(some, [of_one & lacking for of_one in hashes]):
                yield put_each_coach(engine, encoder, piece, now, areas=areas, by=by)
        else:
            yield _stored(engine, {}, some, now, by)


def _lacking(session: Session, encoder: Encoder, areas: AreaReading, hashes: set[str]) -> set[str]:
    names = [encoder.name, _readings(encoder, areas)] if areas.kept else [encoder.name]
    return set().union(*(embeddings.missing(session, name, hashes) for name in names))


def _pieces(profiles: Sequence[Coach], new_texts: Sequence[set[str]]) -> Iterator[list[Coach]]:
    piece, new = list[Coach](), set[str]()
    for coach, of_one in zip(profiles, new_texts, strict=True):
        piece.append(coach)
        new |= of_one
        if len(new) >= MOST_NEW_TEXTS:
            yield piece
            piece, new = [], set()
    if piece:
        yield piece


def _stored(
    engine: Engine, found: Mapping[str, Mapping[str, Vectors]], profiles: Sequence[Coach], now: datetime, by: Actor
) -> dict[str, coaches.Fate]:
    with database.sessions(engine).begin() as session:
        keep_texts(session, found)
        fates = coaches.put_each(session, profiles, now)
        if changed := {coach_id: fate for coach_id, fate in fates.items() if fate != "unchanged"}:
            audit.append(session, by, "profiles.imported", now, profiles=changed, unchanged=len(fates) - len(changed))
        return fates


def embed_missing(
    engine: Engine, encoder: Encoder, progress: Progress = lambda _: None, *, areas: AreaReading | None = None
) -> int:
    """Encodes and reads what the stored profiles lack, as after a change of the encoder or of the classifiers;
    the number of texts encoded.

    `progress` is told how many profiles were looked at. Each page of them is stored at once, so it can be
    stopped and run again.
    """
    encoded, seen, after = 0, 0, None
    areas = areas or area_reading(encoder)
    while True:
        with database.snapshots(engine).begin() as session:
            page = coaches.page(session, after, _PAGE)
            found = missing_texts(session, encoder, areas, page)
        if any(found.values()):
            with database.sessions(engine).begin() as session:
                keep_texts(session, found)
        if not page:
            return encoded
        encoded, seen, after = encoded + len(found[encoder.name]), seen + len(page), page[-1].id
        progress(seen)


def indexed(session: Session, encoder: Encoder, areas: AreaReading, profiles: Sequence[Coach]) -> list[Profile]:
    """Those profiles with what their passages show of each theme, read from the store; what lacks there is made."""
    cut = [coach_passages(coach) for coach in profiles]
    hashes = [text_hash(passage.text) for passages in cut for passage in passages]
    texts = {hashed: passage.text for hashed, passage in zip(hashes, chain.from_iterable(cut), strict=True)}
    shown = embeddings.vectors(session, _readings(encoder, areas), texts) if areas.kept else {}
    if unread := [hashed for hashed in texts if hashed not in shown]:
        vectors = embeddings.vectors(session, encoder.name, unread)
        vectors |= _encoded(encoder, texts, [hashed for hashed in unread if hashed not in vectors])
        shown |= _read(areas, texts, {hashed: vectors[hashed] for hashed in unread})
    ends = np.cumsum([len(passages) for passages in cut])[:-1]
    themes = np.split(_stacked(hashes, shown), ends)
    return [Profile(*own) for own in zip(profiles, themes, cut, strict=True)] if profiles else []


def missing_texts(
    session: Session, encoder: Encoder, areas: AreaReading, profiles: Iterable[Coach]
) -> dict[str, dict[str, Vectors]]:
    """What the store lacks of the profiles' passages: by name of what made it, by hash of the text. Texts are encoded
    here, so not within a transaction that writes."""
    texts = {text_hash(passage.text): passage.text for coach in profiles for passage in coach_passages(coach)}
    vectors = _encoded(encoder, texts, sorted(embeddings.missing(session, encoder.name, texts)))
    if not areas.kept:
        return {encoder.name: vectors}
    unread = embeddings.missing(session, _readings(encoder, areas), texts)
    known = embeddings.vectors(session, encoder.name, unread - vectors.keys())
    shown = _read(areas, texts, {hashed: (known | vectors)[hashed] for hashed in sorted(unread)})
    return {encoder.name: vectors, _readings(encoder, areas): shown}


def keep_texts(session: Session, found: Mapping[str, Mapping[str, Vectors]]) -> None:
    """Stores what `missing_texts` found missing, before the profiles themselves."""
    for name, by_hash in found.items():
        embeddings.add(session, name, by_hash)


def _readings(encoder: Encoder, areas: AreaReading) -> str:
    """The name under which readings are kept, beside the vectors of the encoder that they rest on."""
    return f"{areas.name} with {encoder.name}"


def _read(areas: AreaReading, texts: Mapping[str, str], vectors: Mapping[str, Vectors]) -> dict[str, Strengths]:
    """What each of the texts with those vectors shows of each theme; all at once, since that is much faster."""
    if not vectors:
        return {}
    shown = areas.of_profile([texts[hashed] for hashed in vectors], np.stack(list(vectors.values())))
    return dict(zip(vectors, shown, strict=True))


def _encoded(encoder: Encoder, texts: Mapping[str, str], hashes: Sequence[str]) -> dict[str, Vectors]:
    if not hashes:
        return {}
    # Texts that are as long share a batch, and the long ones do not come last, when a core may have nothing else left.
    longest_first = sorted(hashes, key=lambda hashed: (-len(texts[hashed]), hashed))
    return dict(zip(longest_first, encoder.encode([texts[hashed] for hashed in longest_first]), strict=True))


def _stacked(hashes: Sequence[str], by_hash: Mapping[str, Strengths]) -> Strengths:
    """A row for each hash; all that are by hash are looked at once, however often one comes."""
    if not hashes:
        return np.empty((0, THEMES), np.float32)
    place = {hashed: number for number, hashed in enumerate(by_hash)}
    stacked: Strengths = np.stack([*by_hash.values()])[[place[hashed] for hashed in hashes]]
    return stacked
