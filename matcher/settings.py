"""Every setting of the service, read from the environment; the README's table is held against this."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

_SHORTEST_KEY = 32

LogLevel = Annotated[Literal["debug", "info", "warning", "error", "critical"], BeforeValidator(str.lower)]


class Settings(BaseSettings):
    """The service's settings; each is the environment variable `MATCHER_` plus its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="MATCHER_", frozen=True, hide_input_in_errors=True)

    data_dir: Path = Field(Path("var"), description="Folder for the SQLite database and other state.")
    database_url: str = Field(
        "", description="SQLAlchemy URL; empty: SQLite under the data folder. PostgreSQL: `postgresql://...`."
    )
    encoder: str = Field(
        "", description="sentence-transformers model, by name or folder; empty: the packaged all-MiniLM-L6-v2."
    )
    ranker: str = Field(
        "", description="File with the ranker's weights; empty: the promoted ranker, else the packaged `ranker.json`."
    )
    rates_file: str = Field(
        "", description="ECB reference rates (`eurofxref-hist.zip` or `.csv`); empty: those packaged."
    )
    bind: str = Field("127.0.0.1:8000", description="Address that `matcher serve` listens on.")
    workers: int = Field(2, ge=1, le=64, description="Worker processes of `matcher serve`.")
    max_body_bytes: int = Field(1_000_000, ge=1_000, description="The largest request body that is read.")
    max_upload_bytes: int = Field(
        64_000_000, ge=1_000, description="The largest file of profiles that is taken on the pages."
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs cookies, at least 32 characters; empty: made once and kept in the data folder.",
    )
    session_idle_minutes: int = Field(
        480, ge=1, description="For how long somebody stays signed in without doing anything."
    )
    session_hours: int = Field(168, ge=1, description="For how long somebody stays signed in at all.")
    plain_http: bool = Field(
        False, description="Cookies over plain HTTP, for trying out at a loopback address; `serve --trial` sets it."
    )
    proxies: int = Field(
        0, ge=0, le=9, description="Reverse proxies in front, whose `X-Forwarded-For` and `X-Forwarded-Proto` are true."
    )
    draft_days: int = Field(30, ge=1, description="For how long a draft of a need is kept that nobody goes on with.")
    idempotency_hours: int = Field(
        24, ge=1, description="For how long the answer to a request with an `Idempotency-Key` is kept."
    )
    form_organisation: str = Field("", description="Organisation that the form starts with.")
    contact: str = Field("", description="Whom to ask about the ranking, as the page on it says; empty: nobody named.")
    log_level: LogLevel = Field("info", description="Least severe log line that is written.")

    @field_validator("secret_key")
    @classmethod
    def _is_long_enough(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key) < _SHORTEST_KEY:
            raise PydanticCustomError("short_key", f"Input should have at least {_SHORTEST_KEY} characters")
        return key

    @property
    def is_on_loopback(self) -> bool:
        """Whether nothing but this machine reaches the address to listen on."""
        host = self.bind.rpartition(":")[0].strip("[]")
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    def sqlalchemy_url(self) -> str:
        """The database to use, as SQLAlchemy wants it; PostgreSQL always through psycopg 3."""
        url = self.database_url or f"sqlite:///{self.data_dir.resolve() / 'matcher.sqlite3'}"
        for scheme in ("postgresql://", "postgres://"):
            if url.startswith(scheme):
                return "postgresql+psycopg://" + url.removeprefix(scheme)
        return url
