"""Settings as the environment gives them, and the table of them in the README."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from matcher.settings import Settings

README = Path(__file__).parents[1] / "README.md"
ROW = re.compile(r"^\| *`?(MATCHER_\w+)`? *\|(.*)\|(.*)\| *$", re.MULTILINE)


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MATCHER_{name.upper()}", raising=False)


def test_the_readme_names_every_setting_once_with_its_default_and_its_meaning() -> None:
    told = [
        (name, default.strip().strip("`"), meaning.strip())
        for name, default, meaning in ROW.findall(README.read_text("utf-8"))
    ]
    assert sorted(told) == sorted(
        (f"MATCHER_{name.upper()}", str(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    )


def test_a_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHER_WORKERS", "5")
    monkeypatch.setenv("MATCHER_LOG_LEVEL", "WARNING")
    settings = Settings()
    assert (settings.workers, settings.log_level, settings.bind) == (5, "warning", "127.0.0.1:8000")


@pytest.mark.parametrize(
    ("name", "value"),
    [("WORKERS", "0"), ("WORKERS", "two"), ("LOG_LEVEL", "loud"), ("MAX_BODY_BYTES", "10")],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"MATCHER_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()


@pytest.mark.parametrize(
    ("url", "engine_url"),
    [
        ("", "sqlite:////data/matcher.sqlite3"),
        ("sqlite:///x.sqlite3", "sqlite:///x.sqlite3"),
        ("postgresql://u:p@db/m", "postgresql+psycopg://u:p@db/m"),
        ("postgres://db/m", "postgresql+psycopg://db/m"),
        ("postgresql+psycopg://db/m", "postgresql+psycopg://db/m"),
    ],
)
def test_the_database_is_under_the_data_folder_or_where_its_url_says(url: str, engine_url: str) -> None:
    assert Settings(database_url=url, data_dir=Path("/data")).sqlalchemy_url() == engine_url
