"""Frozen values that every package speaks of: coaches, needs, shortlists, outcomes, accounts and their vocabularies."""

from matcher.domain.account import ACCOUNT_ROLES, Account, AccountRole, NewAccount, Task
from matcher.domain.actor import COMMAND_LINE, PROVIDER, Actor
from matcher.domain.coach import Coach, CoachAvailability, Credential, Experience, Fees, Reference
from matcher.domain.identity import Identity
from matcher.domain.money import ReferenceRates
from matcher.domain.need import Budget, Goal, Need, Requirements, Sessions, ShortlistRequest, StyleWishes
from matcher.domain.outcome import EVENTS, Event, Outcome, OutcomeReport
from matcher.domain.ranker import Candidate, ComparedNeed, Comparison
from matcher.domain.requester import DEFAULT_ORGANISATION, Requester
from matcher.domain.shortlist import (
    EXCLUSION_REASONS,
    ROLES,
    Contribution,
    Evidence,
    EvidenceLevel,
    ExclusionReason,
    GridCell,
    GridGoal,
    ModelVersions,
    Price,
    ReferenceRate,
    Relaxation,
    Role,
    Shortlist,
    ShortlistedCoach,
    TextRead,
    WhyNot,
    WishKind,
    WishRead,
)
from matcher.domain.week import Window, minute_of_day

__all__ = [
    "ACCOUNT_ROLES",
    "COMMAND_LINE",
    "DEFAULT_ORGANISATION",
    "EVENTS",
    "EXCLUSION_REASONS",
    "PROVIDER",
    "ROLES",
    "Account",
    "AccountRole",
    "Actor",
    "Budget",
    "Candidate",
    "Coach",
    "CoachAvailability",
    "ComparedNeed",
    "Comparison",
    "Contribution",
    "Credential",
    "Event",
    "Evidence",
    "EvidenceLevel",
    "ExclusionReason",
    "Experience",
    "Fees",
    "Goal",
    "GridCell",
    "GridGoal",
    "Identity",
    "ModelVersions",
    "Need",
    "NewAccount",
    "Outcome",
    "OutcomeReport",
    "Price",
    "Reference",
    "ReferenceRate",
    "ReferenceRates",
    "Relaxation",
    "Requester",
    "Requirements",
    "Role",
    "Sessions",
    "Shortlist",
    "ShortlistRequest",
    "ShortlistedCoach",
    "StyleWishes",
    "Task",
    "TextRead",
    "WhyNot",
    "Window",
    "WishKind",
    "WishRead",
    "minute_of_day",
]
