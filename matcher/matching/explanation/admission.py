"""Why a requirement keeps a coach out now, or lets one in that it kept out; with numbers where they are known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from matcher.domain import Coach, ExclusionReason, Need, Price
from matcher.matching.explanation import EXCLUSIONS
from matcher.matching.explanation.reasons import counted

_ADMISSIONS: Mapping[ExclusionReason, str] = {
    "language": "Speaks a language that is asked for now.",
    "modality": "Can meet in a way that is asked for now.",
    "budget": "Costs no more per session than the budget allows now.",
    "capacity": "Has capacity for a further engagement by now.",
    "start": "Is free by the start that is asked for now.",
    "availability": "Has time in common with the manager by the times asked for now.",
    "credential": "Has a verified credential of the rank that is asked for now.",
    "references": "Has as many verified references as are asked for now.",
    "conflict": "May work for this organisation by now.",
    "excluded": "Is left out by name no longer.",
}
_LIFTED: Mapping[ExclusionReason, str] = {
    "language": "No language is asked for any more.",
    "modality": "No way to meet is asked for any more.",
    "budget": "There is no limit to the price any more.",
    "availability": "No times are asked for any more.",
    "credential": "No credential is asked for any more.",
    "references": "No verified references are asked for any more.",
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


def shut_out(reason: ExclusionReason, terms: Terms) -> str:
    """Why the coach fails the requirement, in a sentence."""
    budget, required = terms.need.budget, terms.need.requirements.min_verified_references
    free = terms.profile.availability.accepting_from if terms.profile else None
    if reason == "budget" and budget and terms.per_session is not None and terms.per_session > budget.per_session:
        return f"{_amount(terms.per_session)} {budget.currency} a session is over the limit of {_limit(terms)}."
    if reason == "start" and free and free > terms.day:
        return f"Is free from {free} on, after the start on {terms.day}."
    if reason == "references" and required and terms.verified is not None and terms.verified < required:
        return f"Has {counted(terms.verified, 'verified reference')}; {required} are asked for."
    return EXCLUSIONS[reason]


def admitted(reason: ExclusionReason, terms: Terms) -> str:
    """Why the coach meets a requirement that was not met before, in a sentence."""
    budget = terms.need.budget
    free = terms.profile.availability.accepting_from if terms.profile else None
    if reason in _LIFTED and not _is_asked(reason, terms.need):
        return _LIFTED[reason]
    if reason == "budget" and budget and terms.per_session is not None and terms.per_session <= budget.per_session:
        return f"{_amount(terms.per_session)} {budget.currency} a session is within the limit of {_limit(terms)}."
    if reason == "start" and free and free <= terms.day:
        return f"Is free from {free} on, by the start on {terms.day}."
    return _ADMISSIONS[reason]


def _is_asked(reason: ExclusionReason, need: Need) -> bool:
    asked: Mapping[str, object] = {
        "language": need.languages,
        "modality": need.modalities,
        "budget": need.budget,
        "availability": need.availability.weekly,
        "credential": need.requirements.min_credential_rank is not None,
        "references": need.requirements.min_verified_references,
    }
    return bool(asked[reason])


def _limit(terms: Terms) -> str:
    budget = terms.need.budget
    return f"{_amount(budget.per_session)} {budget.currency}" if budget else ""


def _amount(amount: Decimal) -> str:
    """An amount without zeros that say nothing.

    >>> _amount(Decimal("260.00")), _amount(Decimal("187.50"))
    ('260', '187.50')
    """
    return str(int(amount)) if amount == amount.to_integral_value() else f"{amount:.2f}"
