"""What gunicorn serves where workers are killed: each stands still at a moment that the test names, and waits for it.

`STAND_STILL` is a folder. A worker that comes to a moment for which a file is there takes the file away and leaves its
own number in another one, and goes on only after long.
"""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from flask import Response, request
from numpy.typing import NDArray

from matcher.app import create_app
from matcher.settings import Settings
from tests.factories import FakeEncoder
from tests.test_idempotency import SUMMARY

_FOLDER = Path(os.environ["STAND_STILL"])


def _come_to(moment: str) -> None:
    with suppress(FileNotFoundError):
        (_FOLDER / moment).unlink()
        (_FOLDER / "standing").write_text(str(os.getpid()))
        time.sleep(60)


class _Encoder(FakeEncoder):
    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if SUMMARY in texts:
            _come_to("before it is stored")
        return super().encode(texts)


def _before_it_is_told(response: Response) -> Response:
    if request.method in ("POST", "PUT"):
        _come_to("before it is told")
    return response


app = create_app(Settings(), _Encoder())
app.after_request(_before_it_is_told)
