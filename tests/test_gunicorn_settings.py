"""What gunicorn does with the application around its workers."""

import gc

from matcher import gunicorn_settings


def test_what_is_loaded_before_workers_are_forked_is_not_looked_through_for_garbage_again() -> None:
    gc.unfreeze()
    try:
        gunicorn_settings.when_ready(None)
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
