"""Frozen values that every package speaks of: coaches, needs, shortlists and their vocabularies."""

from matcher.domain.coach import Coach, CoachAvailability, Credential, Experience, Fees, Reference
from matcher.domain.money import ReferenceRates
from matcher.domain.need import Budget, Goal, Need, Requirements, Sessions, ShortlistRequest, StyleWishes
from matcher.domain.shortlist import (
    EXCLUSION_REASONS,
    Contribution,
    Evidence,
    ExclusionReason,
    ModelVersions,
    Price,
    ReferenceRate,
    Relaxation,
    Shortlist,
    ShortlistedCoach,
    WhyNot,
)
from matcher.domain.week import Window, minute_of_day

__all__ = [
    "EXCLUSION_REASONS",
    "Budget",
    "Coach",
    "CoachAvailability",
    "Contribution",
    "Credential",
    "Evidence",
    "ExclusionReason",
    "Experience",
    "Fees",
    "Goal",
    "ModelVersions",
    "Need",
    "Price",
    "Reference",
    "ReferenceRate",
    "ReferenceRates",
    "Relaxation",
    "Requirements",
    "Sessions",
    "Shortlist",
    "ShortlistRequest",
    "ShortlistedCoach",
    "StyleWishes",
    "WhyNot",
    "Window",
    "minute_of_day",
]
