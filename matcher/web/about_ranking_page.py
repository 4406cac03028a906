"""The page that says what a list rests on, to everybody who is signed in."""

from flask import render_template

from matcher.service import ranking_facts
from matcher.web import about_ranking
from matcher.web.access import SIGNED_IN, open_to
from matcher.web.blueprint import service, web


@web.get("/about-the-ranking")
@open_to(SIGNED_IN)
def about_the_ranking() -> str:
    """What counts and how much in the next list, how good it is, its limits, and who decides."""
    return render_template(
        "about_ranking.html",
        about=about_ranking.present(ranking_facts(service().desk, service().settings)),
        requirements=about_ranking.REQUIREMENTS.values(),
        contact=service().settings.contact,
    )
