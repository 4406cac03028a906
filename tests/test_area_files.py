"""Files of classifiers of focus areas that are broken, missing or of another version are refused with the reason."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.domain.backgrounds import BACKGROUNDS
from matcher.domain.vocabulary import FOCUS_AREAS, STYLES
from matcher.errors import ConfigurationError
from matcher.matching.area_classifier import CARD, COEFFICIENTS, NONE, area_reading
from matcher.matching.backgrounds import NO_BACKGROUND
from tests.test_area_classifier import ENCODER, all_as_bytes, by_meaning, written


def npz(left_out: Sequence[str] = (), **changes: Any) -> bytes:
    """The file with some arrays left out or replaced."""
    with np.load(io.BytesIO(all_as_bytes())) as stored:
        arrays = {name: stored[name] for name in stored if name not in left_out}
    file = io.BytesIO()
    np.savez(file, **(arrays | changes))
    return file.getvalue()


ROWS = by_meaning("profile").coefficients


@pytest.mark.parametrize(
    ("content", "changes", "why"),
    [
        (None, {"format": 5}, "no model card of this format"),
        (None, {"say": {side: {"meaning": 1, "words": 1} for side in ("need", "profile")}}, "no model card"),
        (None, {"styles": STYLES[1:]}, "other styles"),
        (None, {"areas": FOCUS_AREAS[1:]}, "other focus areas"),
        (None, {"backgrounds": BACKGROUNDS[1:]}, "other backgrounds"),
        (npz(["background_by_words"]), {}, "does not hold"),
        (npz(background_units=np.ones(NO_BACKGROUND, np.float32)), {}, "does not hold"),
        (None, {"coefficients_sha256": "0"}, "not the file"),
        (b"no archive", {}, "does not hold"),
        (npz(["need_by_meaning"]), {}, "does not hold"),
        (npz(["profile_terms"]), {}, "does not hold"),
        (npz(profile_by_meaning=ROWS[1:]), {}, "does not hold"),
        (npz(profile_by_meaning=ROWS[:, 1:]), {}, "does not hold"),
        (npz(profile_by_meaning=ROWS * np.nan), {}, "does not hold"),
        (npz(profile_by_meaning=np.array([None])), {}, "does not hold"),
        (npz(["wish_by_words"]), {}, "does not hold"),
        (npz(["whole_by_words"]), {}, "does not hold"),
        (npz(["whole_terms"]), {}, "does not hold"),
        (npz(whole_units=np.ones(NONE + 1, np.float32)), {}, "does not hold"),
        (npz(whole_by_words=np.zeros((NONE, 2))), {}, "does not hold"),
        (npz(wish_by_meaning=by_meaning("need").coefficients), {}, "does not hold"),
        (npz(need_by_words=np.zeros((NONE + 1, 3))), {}, "does not hold"),
        (npz(["need_units"]), {}, "does not hold"),
        (npz(need_units=np.ones(2, np.float32)), {}, "does not hold"),
        (npz(need_units=np.ones(1, np.float32)), {}, "does not hold"),
        (npz(need_units=np.full(NONE + 1, np.nan, np.float32)), {}, "does not hold"),
        (npz(need_frequencies=np.ones(1)), {}, "does not hold"),
        (npz(need_terms=np.frombuffer(b"no JSON", np.uint8)), {}, "does not hold"),
        (npz(need_terms=np.frombuffer(b"7", np.uint8)), {}, "does not hold"),
    ],
)
def test_broken_files_are_refused_with_the_reason(
    tmp_path: Path, content: bytes | None, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(ConfigurationError, match=why):
        area_reading(ENCODER, written(tmp_path, content, **changes))


@pytest.mark.parametrize("missing", [CARD, COEFFICIENTS])
def test_a_missing_file_is_refused(tmp_path: Path, missing: str) -> None:
    (written(tmp_path) / missing).unlink()
    with pytest.raises(ConfigurationError, match="missing"):
        area_reading(ENCODER, tmp_path)
