"""The use cases that the API, the web form and the command line share."""

from dataclasses import dataclass

from sqlalchemy import Engine

from matcher.exchange import ExchangeRates
from matcher.matching.area_classifier import area_reading
from matcher.matching.embedding import Encoder
from matcher.matching.reading import Reader
from matcher.matching.remembering_areas import RememberingAreas
from matcher.secret_box import SecretBox
from matcher.service.accounts import (
    account_with_email,
    account_with_id,
    add_account,
    add_account_without_password,
    add_demo_account,
    change_password,
    disable_account,
    enable_account,
    every_account,
    expiry,
    reset_password,
    set_account_language,
    set_role,
    unlink_account,
)
from matcher.service.audit import Verdict, exported_audit, record_export, verify_audit
from matcher.service.batches import batch_with_id, batches_of, cancel_batch, create_batch, delete_batch, results_of
from matcher.service.callers import add_caller, revoke_caller, rotate_caller
from matcher.service.catalogue import Catalogue
from matcher.service.drafts import current_draft, forget_draft, keep_draft
from matcher.service.imports import BadRow, ImportReport, import_coaches, import_needs
from matcher.service.keyed_requests import claim_request, keep_answer, keep_refusal, let_go_of_request
from matcher.service.links import ask_for_talk, links_of, make_link, opened_link, revoke_link, take_back_talk
from matcher.service.outcomes import history_of, outcomes_of, record_outcome, withdraw_outcome
from matcher.service.previews import TextPreview, WhoCan, read_text, who_can
from matcher.service.profile_batches import LineResult, put_batch
from matcher.service.profile_changes import (
    Condition,
    change_profile,
    confirm_profile,
    delete_profile,
    drop_profile,
    profile_with_id,
    put_profile,
)
from matcher.service.profiles import embed_missing, put_coaches
from matcher.service.punchout import (
    add_buyer,
    basket_line,
    every_buyer,
    open_visit,
    revoke_buyer,
    set_up_visit,
    visit_of,
)
from matcher.service.rankers import (
    RankerInUse,
    add_candidate,
    found_ranker,
    promote_ranker,
    ranker_in_use,
    reset_ranker,
    weights_of,
)
from matcher.service.ranking_facts import RankingFacts, ranking_facts
from matcher.service.refinements import ChainedShortlist, chain_of, refine, refined_need
from matcher.service.retention import Purged, purge, purgeable
from matcher.service.shortlists import Desk, forget_shortlist
from matcher.service.sign_in import (
    SignInLimits,
    account_by_password,
    begin_sign_in,
    sign_in_limits,
    sign_out,
    sign_out_everywhere,
    signed_in_account,
)
from matcher.service.sign_on import account_by_identity, newcomers
from matcher.service.staged_imports import (
    StagedImport,
    begin_import,
    cancel_import,
    stage_import,
    staged_import,
    uploads,
)
from matcher.service.throttle import count_sign_on, site
from matcher.service.webhook_secrets import seal_secrets, secret_box, tell_unreadable, unreadable_webhooks
from matcher.service.webhooks import (
    add_webhook,
    add_webhook_with,
    deliveries_of,
    remove_webhook,
    replay_any_delivery,
    replay_delivery,
    rotate_secret,
    rotate_secret_with,
    webhooks_of,
)
from matcher.service.work import Work
from matcher.settings import Settings
from matcher.store import database

__all__ = [
    "BadRow",
    "ChainedShortlist",
    "Condition",
    "Desk",
    "ImportReport",
    "LineResult",
    "Purged",
    "RankingFacts",
    "Service",
    "SignInLimits",
    "StagedImport",
    "TextPreview",
    "Verdict",
    "WhoCan",
    "Work",
    "account_by_identity",
    "account_by_password",
    "account_with_email",
    "account_with_id",
    "add_account",
    "add_account_without_password",
    "add_buyer",
    "add_caller",
    "add_candidate",
    "add_demo_account",
    "add_webhook",
    "add_webhook_with",
    "ask_for_talk",
    "basket_line",
    "batch_with_id",
    "batches_of",
    "begin_import",
    "begin_sign_in",
    "cancel_batch",
    "cancel_import",
    "chain_of",
    "change_password",
    "change_profile",
    "claim_request",
    "confirm_profile",
    "count_sign_on",
    "create_batch",
    "current_draft",
    "delete_batch",
    "delete_profile",
    "deliveries_of",
    "disable_account",
    "drop_profile",
    "embed_missing",
    "enable_account",
    "every_account",
    "every_buyer",
    "expiry",
    "exported_audit",
    "forget_draft",
    "forget_shortlist",
    "found_ranker",
    "history_of",
    "import_coaches",
    "import_needs",
    "keep_answer",
    "keep_draft",
    "keep_refusal",
    "let_go_of_request",
    "links_of",
    "make_link",
    "newcomers",
    "open_service",
    "open_visit",
    "opened_link",
    "outcomes_of",
    "profile_with_id",
    "promote_ranker",
    "purge",
    "purgeable",
    "put_batch",
    "put_coaches",
    "put_profile",
    "ranker_in_use",
    "ranking_facts",
    "read_text",
    "record_export",
    "record_outcome",
    "refine",
    "refined_need",
    "remove_webhook",
    "replay_any_delivery",
    "replay_delivery",
    "reset_password",
    "reset_ranker",
    "results_of",
    "revoke_buyer",
    "revoke_caller",
    "revoke_link",
    "rotate_caller",
    "rotate_secret",
    "rotate_secret_with",
    "seal_secrets",
    "secret_box",
    "set_account_language",
    "set_role",
    "set_up_visit",
    "sign_in_limits",
    "sign_out",
    "sign_out_everywhere",
    "signed_in_account",
    "site",
    "stage_import",
    "staged_import",
    "take_back_talk",
    "unlink_account",
    "unreadable_webhooks",
    "uploads",
    "verify_audit",
    "visit_of",
    "webhooks_of",
    "weights_of",
    "who_can",
    "withdraw_outcome",
]


@dataclass(frozen=True)
class Service:
    """What the API and the web form work with."""

    settings: Settings
    engine: Engine
    encoder: Encoder
    desk: Desk
    work: Work
    box: SecretBox


def open_service(settings: Settings, engine: Engine, encoder: Encoder) -> Service:
    """The service on a database whose schema is current, with its index loaded: ready to rank.

    Raises ConfigurationError for a ranker, a rates file or classifiers of focus areas that cannot be used.
    """
    reader = Reader(encoder, RememberingAreas(area_reading(encoder)))
    catalogue = Catalogue(engine, encoder, reader.areas, settings.data_dir / "index")
    desk = Desk(
        engine=engine,
        catalogue=catalogue,
        reader=reader,
        ranker=RankerInUse(settings.ranker, encoder.name),
        rates=ExchangeRates(settings.rates_file),
    )
    # What the log has to say of a promoted ranker it says now, not with the first shortlist.
    catalogue.load()
    with database.snapshots(engine).begin() as session:
        desk.ranker.scorer(session)
    box = secret_box(settings)
    tell_unreadable(engine, box)
    work = Work(desk, webhooks_anywhere=settings.webhooks_anywhere, box=box)
    return Service(settings, engine, encoder, desk, work, box)
