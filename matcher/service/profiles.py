"""Stores profiles together with the vectors of their passages, so that no stored profile lacks one."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import Coach
from matcher.matching.areas import AreaReading
from matcher.matching.embedding import Encoder, Vectors, text_hash
from matcher.matching.index import Profile
from matcher.matching.passages import Passage, coach_passages
from matcher.store import coaches, database, embeddings

Progress = Callable[[int], None]
"""Told how many steps are done."""

_PAGE = 200
"""Profiles that are looked at together when vectors are missing."""


def put_coaches(engine: Engine, encoder: Encoder, profiles: Sequence[Coach], now: datetime) -> coaches.PutCounts:
    """Adds or replaces those profiles, all or none, with the vectors of their passages.

    Texts are encoded before the transaction begins, so that nothing waits for the encoder.
    """
    with database.snapshots(engine).begin() as session:
        vectors = _encode_missing(session, encoder, profiles)
    with database.sessions(engine).begin() as session:
        embeddings.add(session, encoder.name, vectors)
        return coaches.put(session, profiles, now)


def embed_missing(engine: Engine, encoder: Encoder, progress: Progress = lambda _: None) -> int:
    """Encodes what the stored profiles lack, as after a change of the encoder; the number of texts encoded.

    `progress` is told how many profiles were looked at. Each page of them is stored at once, so it can be
    stopped and run again.
    """
    encoded, seen, after = 0, 0, None
    while True:
        with database.snapshots(engine).begin() as session:
            page = coaches.page(session, after, _PAGE)
            vectors = _encode_missing(session, encoder, page)
        if vectors:
            with database.sessions(engine).begin() as session:
                embeddings.add(session, encoder.name, vectors)
        if not page:
            return encoded
        encoded, seen, after = encoded + len(vectors), seen + len(page), page[-1].id
        progress(seen)


def indexed(session: Session, encoder: Encoder, areas: AreaReading, profiles: Sequence[Coach]) -> list[Profile]:
    """Those profiles with the vectors of their passages, read from the store (what lacks there is encoded),
    and with what the passages show of each focus area."""
    cut = [(coach, coach_passages(coach)) for coach in profiles]
    texts = {text_hash(passage.text): passage.text for _, passages in cut for passage in passages}
    stored = embeddings.vectors(session, encoder.name, texts)
    vectors = stored | _encoded(encoder, texts, [hashed for hashed in texts if hashed not in stored])
    stacked = [_stacked(passages, vectors, encoder.dimension) for _, passages in cut]
    # All at once, since it is much faster than profile by profile.
    shown = areas.of_profile(np.concatenate(stacked)) if stacked else np.empty((0, 0), np.float32)
    ends = np.cumsum([len(own) for own in stacked])
    return [
        Profile(coach, own, shown[end - len(own) : end], passages)
        for (coach, passages), own, end in zip(cut, stacked, ends.tolist(), strict=True)
    ]


def _encode_missing(session: Session, encoder: Encoder, profiles: Iterable[Coach]) -> dict[str, Vectors]:
    texts = {text_hash(passage.text): passage.text for coach in profiles for passage in coach_passages(coach)}
    return _encoded(encoder, texts, sorted(embeddings.missing(session, encoder.name, texts)))


def _encoded(encoder: Encoder, texts: Mapping[str, str], hashes: Sequence[str]) -> dict[str, Vectors]:
    if not hashes:
        return {}
    return dict(zip(hashes, encoder.encode([texts[hashed] for hashed in hashes]), strict=True))


def _stacked(passages: Sequence[Passage], vectors: Mapping[str, Vectors], dimension: int) -> Vectors:
    rows = [vectors[text_hash(passage.text)] for passage in passages]
    return np.stack(rows) if rows else np.empty((0, dimension), np.float32)
