"""Every setting of the service, read from the environment; the README's table is held against this."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from matcher.domain import AccountRole
from matcher.domain.account import HeldRole
from matcher.texts import Language

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
    worker: Literal["inline", "external"] = Field(
        "inline", description="What works on batches and webhooks: the web processes, or `matcher worker` (`external`)."
    )
    max_body_bytes: int = Field(1_000_000, ge=1_000, description="The largest request body that is read.")
    max_batch_bytes: int = Field(32_000_000, ge=1_000, description="The largest batch of needs that the API takes.")
    max_upload_bytes: int = Field(
        64_000_000, ge=1_000, description="The largest file of profiles on the pages, or batch of the API."
    )
    secret_key: SecretStr = Field(
        SecretStr(""),
        description="Signs cookies and seals webhook secrets, at least 32 characters; empty: made once and kept in the "
        "data folder.",
    )
    secret_key_before: SecretStr = Field(
        SecretStr(""),
        description="The secret key before, which opens webhook secrets until `matcher webhooks seal` was run.",
    )
    issuer: str = Field(
        "", description="This service in its access tokens, `https://...`; empty: the address that it was asked at."
    )
    signing_key: SecretStr = Field(
        SecretStr(""),
        description="Signs access tokens, a P-256 private key in PEM; empty: made once and kept in the data folder.",
    )
    token_minutes: int = Field(10, ge=1, le=60, description="For how long an access token holds.")
    rate_limit: str = Field(
        "30000/minute", description="Requests that a caller may send, such as `600/minute`; empty: any number."
    )
    token_rate_limit: str = Field(
        "120/minute", description="Access tokens that may be asked for, by one client and from one address; empty: any."
    )
    rate_limit_storage: str = Field(
        "memory://", description="Where requests are counted: `redis://...`, or `memory://`, each process by itself."
    )
    session_idle_minutes: int = Field(
        480, ge=1, description="For how long somebody stays signed in without doing anything."
    )
    session_hours: int = Field(168, ge=1, description="For how long somebody stays signed in at all.")
    one_time_password_days: int = Field(
        7, ge=1, le=365, description="For how many days a one-time password can be used."
    )
    oidc_issuer: str = Field(
        "", description="Issuer of the OpenID provider through which people sign in, `https://...`; empty: none."
    )
    oidc_client_id: str = Field("", description="What the provider calls this service.")
    oidc_client_secret: SecretStr = Field(SecretStr(""), description="What this service proves itself with there.")
    oidc_name: str = Field("your organisation", description="The provider, as “Sign in through ...” names it.")
    oidc_scopes: str = Field("openid email profile", description="What is asked of the provider; `openid` among it.")
    oidc_verified_claim: str = Field(
        "email_verified", description="Claim by which an email address is verified; Entra ID: `xms_edov`."
    )
    oidc_role_claim: str = Field(
        "", description="Claim whose values decide the role at every sign-in, such as `groups`; empty: none does."
    )
    oidc_roles: dict[str, AccountRole] = Field(
        {}, description='Role by value of that claim, the first that is held, as `{"value": "hr_partner"}`.'
    )
    oidc_organisation_claim: str = Field(
        "", description="Claim that names the organisation at every sign-in; empty: none does."
    )
    oidc_newcomer_organisation: str = Field(
        "", description="Organisation of those who have no account and get one; empty: nobody gets one."
    )
    oidc_newcomer_role: AccountRole | None = Field(None, description="Their role.")
    oidc_only: bool = Field(
        False, description="Whether administrators alone may sign in by password, and all others through the provider."
    )
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
    shortlist_days: int = Field(
        0, ge=0, description="After how many days `matcher purge` deletes shortlists with their needs; 0: never."
    )
    batch_days: int = Field(
        0, ge=0, description="After how many days `matcher purge` deletes finished batches; 0: never."
    )
    visit_days: int = Field(
        30, ge=1, description="After how many days `matcher purge` deletes ended visits from portals, and their guests."
    )
    language: Language = Field(
        "en", description="Language of the pages, `en` or `de`, for whom neither account nor browser asks for one."
    )
    webhooks_anywhere: bool = Field(
        False, description="Whether webhooks may be at addresses that are not public, and without HTTPS."
    )
    punchout_start_minutes: int = Field(
        10, ge=1, le=60, description="For how long the address that a procurement portal is given opens a visit."
    )
    punchout_minutes: int = Field(120, ge=5, le=1440, description="For how long a visit from a portal lasts.")
    form_organisation: str = Field("", description="Organisation that the form starts with.")
    contact: str = Field("", description="Whom to ask about the ranking, as the page on it says; empty: nobody named.")
    log_level: LogLevel = Field("info", description="Least severe log line that is written.")

    @field_validator("secret_key", "secret_key_before")
    @classmethod
    def _is_long_enough(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key) < _SHORTEST_KEY:
            raise PydanticCustomError("short_key", f"Input should have at least {_SHORTEST_KEY} characters")
        return key

    @field_validator("rate_limit", "token_rate_limit")
    @classmethod
    def _is_a_rate(cls, rate: str) -> str:
        try:
            parse_many(rate or "1/minute")
        except ValueError:
            raise PydanticCustomError("rate", "Input should be a rate such as 600/minute") from None
        return rate

    @model_validator(mode="after")
    def _can_sign_on(self) -> Self:
        wanting = [
            f"MATCHER_{name.upper()}" for name in ("oidc_client_id", "oidc_client_secret") if not getattr(self, name)
        ]
        if self.oidc_issuer and wanting:
            raise PydanticCustomError("sign_on", f"MATCHER_OIDC_ISSUER needs {' and '.join(wanting)}")
        if self.oidc_issuer and not _is_safe(self.oidc_issuer):
            raise PydanticCustomError("sign_on", "MATCHER_OIDC_ISSUER must begin with https://")
        if self.oidc_only and not self.oidc_issuer:
            raise PydanticCustomError("sign_on", "MATCHER_OIDC_ONLY needs MATCHER_OIDC_ISSUER")
        if bool(self.oidc_newcomer_organisation) != bool(self.oidc_newcomer_role):
            raise PydanticCustomError(
                "sign_on", "MATCHER_OIDC_NEWCOMER_ORGANISATION and MATCHER_OIDC_NEWCOMER_ROLE go together"
            )
        return self

    def takes_password_of(self, role: HeldRole) -> bool:
        """Whether accounts of that role may sign in by password."""
        return not self.oidc_only or role == "administrator"

    @property
    def is_on_loopback(self) -> bool:
        """Whether nothing but this machine reaches the address to listen on."""
        return _is_loopback(self.bind.rpartition(":")[0].strip("[]"))

    def sqlalchemy_url(self) -> str:
        """The database to use, as SQLAlchemy wants it; PostgreSQL always through psycopg 3."""
        url = self.database_url or f"sqlite:///{self.data_dir.resolve() / 'matcher.sqlite3'}"
        for scheme in ("postgresql://", "postgres://"):
            if url.startswith(scheme):
                return "postgresql+psycopg://" + url.removeprefix(scheme)
        return url


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_safe(address: str) -> bool:
    """Whether what is sent to an address cannot be read on the way."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))
