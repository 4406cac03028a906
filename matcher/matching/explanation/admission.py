"""Why a requirement keeps a coach out now, or lets one in that it kept out; with numbers where they are known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from matcher.domain import Coach, ExclusionReason, Need, Price
from matcher.locales import day_in, money_in
from matcher.matching.explanation import EXCLUSIONS
from matcher.texts import Phrase, Texts

_ADMISSIONS: Mapping[ExclusionReason, str] = {
    "language": Phrase("Speaks a language that is asked for now."),
    "modality": Phrase("Can meet in a way that is asked for now."),
    "budget": Phrase("Costs no more per session than the budget allows now."),
    "capacity": Phrase("Has capacity for a further engagement by now."),
    "start": Phrase("Is free by the start that is asked for now."),
    "availability": Phrase("Has time in common with the manager by the times asked for now."),
    "credential": Phrase("Has a verified credential of the rank that is asked for now."),
    "references": Phrase("Has as many verified references as are asked for now."),
    "conflict": Phrase("May work for this organisation by now."),
    "excluded": Phrase("Is left out by name no longer."),
    "contract": Phrase("Has a framework contract that is valid at the start asked for now."),
}
_LIFTED: Mapping[ExclusionReason, str] = {
    "language": Phrase("No language is asked for any more."),
    "modality": Phrase("No way to meet is asked for any more."),
    "budget": Phrase("There is no limit to the price any more."),
    "availability": Phrase("No times are asked for any more."),
    "credential": Phrase("No credential is asked for any more."),
    "references": Phrase("No verified references are asked for any more."),
    "contract": Phrase("No framework contract is asked for any more."),
}


@dataclass(frozen=True)
class Terms:
    """What is asked for now with the day of the start, and of one coach price and profile; None where not known.

    `priced_in` is the currency that the price is told in beside its own.
    """

    need: Need
    day: date
    priced_in: str
    price: Price | None
    profile: Coach | None

    @property
    def per_session(self) -> Decimal | None:
        """The price of a session in the budget's currency, rounded to a cent where it was converted."""
        if self.price is None or self.need.budget is None:
            return None
        currency = self.need.budget.currency
        if self.price.currency == currency:
            return self.price.per_session
        return self.price.in_budget_currency if self.priced_in == currency else None

    @property
    def verified(self) -> int | None:
        """How many references of the coach are verified."""
        return None if self.profile is None else sum(reference.verified for reference in self.profile.references)


def shut_out(reason: ExclusionReason, terms: Terms, texts: Texts) -> str:
    """Why the coach fails the requirement, in a sentence."""
    budget, required = terms.need.budget, terms.need.requirements.min_verified_references
    free = terms.profile.availability.accepting_from if terms.profile else None
    if reason == "budget" and budget and terms.per_session is not None and terms.per_session > budget.per_session:
        return texts.gettext(
            "%(price)s a session is over the limit of %(limit)s.",
            price=money_in(terms.per_session, budget.currency, texts.language),
            limit=money_in(budget.per_session, budget.currency, texts.language),
        )
    if reason == "start" and free and free > terms.day:
        free_from, start = day_in(free, texts.language), day_in(terms.day, texts.language)
        return texts.gettext("Is free from %(free)s on, after the start on %(start)s.", free=free_from, start=start)
    if reason == "references" and required and terms.verified is not None and terms.verified < required:
        return texts.ngettext(
            "Has %(number)s verified reference; %(required)s are asked for.",
            "Has %(number)s verified references; %(required)s are asked for.",
            terms.verified,
            required=required,
        )
    return texts.said(EXCLUSIONS[reason])


def admitted(reason: ExclusionReason, terms: Terms, texts: Texts) -> str:
    """Why the coach meets a requirement that was not met before, in a sentence."""
    budget = terms.need.budget
    free = terms.profile.availability.accepting_from if terms.profile else None
    if reason in _LIFTED and not _is_asked(reason, terms.need):
        return texts.said(_LIFTED[reason])
    if reason == "budget" and budget and terms.per_session is not None and terms.per_session <= budget.per_session:
        return texts.gettext(
            "%(price)s a session is within the limit of %(limit)s.",
            price=money_in(terms.per_session, budget.currency, texts.language),
            limit=money_in(budget.per_session, budget.currency, texts.language),
        )
    if reason == "start" and free and free <= terms.day:
        free_from, start = day_in(free, texts.language), day_in(terms.day, texts.language)
        return texts.gettext("Is free from %(free)s on, by the start on %(start)s.", free=free_from, start=start)
    return texts.said(_ADMISSIONS[reason])


def _is_asked(reason: ExclusionReason, need: Need) -> bool:
    asked: Mapping[str, object] = {
        "language": need.languages,
        "modality": need.modalities,
        "budget": need.budget,
        "availability": need.availability.weekly,
        "credential": need.requirements.min_credential_rank is not None,
        "references": need.requirements.min_verified_references,
        "contract": need.requirements.framework_contract,
    }
    return bool(asked[reason])
