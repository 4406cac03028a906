"""Vectors of texts, kept by encoder and by the hash of the text, so that no text is encoded twice."""

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from matcher.store.database import among, insert, listed, put_rows
from matcher.store.tables import EmbeddingRow

Vector = NDArray[np.float32]

_STORED = np.dtype("<f4")


def vectors(session: Session, encoder: str, hashes: Collection[str]) -> dict[str, Vector]:
    """The stored vectors of that encoder, shape (dimension,), by hash; a hash without one is left out."""
    query = select(EmbeddingRow.text_hash, EmbeddingRow.vector).where(
        EmbeddingRow.encoder == encoder, among(session, EmbeddingRow.text_hash, hashes)
    )
    return {hashed: np.frombuffer(stored, _STORED).astype(np.float32) for hashed, stored in session.execute(query)}


def missing(session: Session, encoder: str, hashes: Collection[str]) -> set[str]:
    """Those hashes for which that encoder has no vector yet."""
    asked = listed(session, hashes)
    stored = exists().where(EmbeddingRow.encoder == encoder, EmbeddingRow.text_hash == asked)
    return set(session.scalars(select(asked).where(~stored)))


def add(session: Session, encoder: str, vectors: Mapping[str, Vector]) -> None:
    """Keeps vectors by hash; one that is there already stays as it is.

    Add vectors before profiles where one transaction does both, so that two such transactions wait
    for each other in one order.
    """
    # In one order too, or two transactions that add the same texts could each wait for the other.
    rows = [
        {"encoder": encoder, "text_hash": hashed, "vector": vectors[hashed].astype(_STORED).tobytes()}
        for hashed in sorted(vectors)
    ]
    put_rows(session, insert(session, EmbeddingRow).on_conflict_do_nothing(), rows)
