import io
import zlib
from dataclasses import replace

import numpy as np

from matcher.domain import EXCLUSION_REASONS
from matcher.matching.assessment import Assessment
from matcher.matching.explanation import why_not
from tests.factories import a_coach, a_need
from tests.judged_world import a_recommender, judged, recommended
from training.judgements import JUDGED_ON


def assessed(*capacities: int) -> Assessment:
    coaches = [a_coach(id=f"c{place}", availability={"capacity": number}) for place, number in enumerate(capacities)]
    return a_recommender(*coaches).recommend(a_need(), 3, JUDGED_ON).assessment


def test_an_assessment_is_the_same_after_a_round_trip_through_bytes() -> None:
    for assessment in (recommended(next(iter(judged().needs))).assessment, assessed(), assessed(0, 0)):
        data = assessment.to_bytes()
        again = Assessment.from_bytes(data)
        assert (again.ids, again.scorer, again.changes) == (assessment.ids, assessment.scorer, assessment.changes)
        for column in ("failed", "order", "values", "contributions", "scores", "gained"):
            np.testing.assert_array_equal(getattr(again, column), getattr(assessment, column))
        assert again.failed.dtype == bool
        assert again.to_bytes() == data == assessment.to_bytes()


def test_an_assessment_of_before_changes_were_kept_has_none() -> None:
    assessment = recommended(next(iter(judged().needs))).assessment
    assert assessment.gained.any()
    with np.load(io.BytesIO(assessment.to_bytes())) as kept:
        earlier = io.BytesIO()
        columns = {name: kept[name] for name in kept if name not in ("changes", "moved", "units")}
        np.savez(earlier, **columns, values=assessment.values)
    again = Assessment.from_bytes(zlib.compress(earlier.getvalue()))
    assert (again.changes, again.gained.shape) == ((), (len(assessment.order), 0))
    assert why_not(again, again.ids[again.order[4]], 3) == why_not(assessment, again.ids[again.order[4]], 3)[:2]


def test_ids_of_any_script_and_length_come_back_from_bytes() -> None:
    ids = ["a", "ü" * 128, "コーチ", "x y"]
    coaches = [a_coach(id=coach_id) for coach_id in ids]
    assessment = a_recommender(*coaches).recommend(a_need(), 3, JUDGED_ON).assessment
    assert sorted(Assessment.from_bytes(assessment.to_bytes()).ids) == sorted(ids)


def test_a_coach_stands_where_the_order_says() -> None:
    assessment = assessed(1, 0, 1)
    assert [assessment.place(f"c{place}") for place in range(4)] == [0, 1, 2, None]
    assert [assessment.rank(f"c{place}") for place in range(4)] == [1, None, 2, None]
    assert assessment.excluded_by("c1") == ("capacity",)
    assert assessment.excluded_by("c0") == ()
    assert assessment.failed.shape == (len(EXCLUSION_REASONS), 3)


def test_an_unknown_value_has_no_number_and_adds_nothing() -> None:
    contributions = {entry.facet: entry for entry in assessed(1).contributions_at(1)}
    assert (contributions["level"].value, contributions["level"].contribution) == (None, 0)
    assert contributions["start_and_times"].value == 1


def test_a_facet_that_does_not_count_takes_nothing_and_is_not_told_with_a_minus() -> None:
    assessment = assessed(1)
    facets = tuple(facet.model_copy(update={"weight": 0.0, "neutral": 1.0}) for facet in assessment.scorer.facets)
    silent = replace(assessment, scorer=replace(assessment.scorer, facets=facets))
    assert {str(entry.contribution) for entry in silent.contributions_at(1)} == {"0.0"}
