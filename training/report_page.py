"""Everything measured on one page, with plots: `python -m training.report_page OUT.html`."""

import re
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

import click

from matcher.matching.area_classifier import Side
from matcher.matching.embedding import Encoder, load_encoder
from matcher.matching.index import CoachIndex, Profile
from matcher.matching.reading import Reader
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.scoring import Scorer, load_scorer
from matcher.settings import Settings
from training import diagnostics, evaluate, graded, judgements, plots, report, train
from training.annotations import FIXTURES
from training.evaluate import READERS, SERVICE, with_progress
from training.judgements import Judgements
from training.learn_to_rank import PRIOR, Graded, graded_pairs, learn
from training.read_areas import Words
from training.slices import RULES, slices

DRAWS = 200
"""How often needs are drawn for the intervals of the weights."""

_STYLE = """
:root { color-scheme: light dark; --ink: #1c1e21; --paper: #ffffff; --line: #d5d8dc; --quiet: #5c636b; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8ea; --paper: #16181b; --line: #3a3f45; --quiet: #a2a9b0; }
}
body { color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, sans-serif; max-width: 70rem;
  margin: 2rem auto; padding: 0 1rem; }
section { margin: 2.5rem 0; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: 0.85rem; }
th, td { border-bottom: 1px solid var(--line); padding: 0.3rem 0.7rem; text-align: left; vertical-align: top; }
svg { max-width: 100%; height: auto; }
p.note { color: var(--quiet); max-width: 46rem; }
"""


@dataclass(frozen=True)
class Subject:
    """What the page is about: the service with one encoder and one scorer, on one judged set, and the folder
    of texts and graded pairs that it is learned from."""

    judged: Judgements
    encoder: RememberingEncoder
    scorer: Scorer
    folder: Path

    @cached_property
    def reader(self) -> Reader:
        """What reads needs and profiles."""
        return Reader(self.encoder)

    @cached_property
    def profiles(self) -> list[Profile]:
        """The judged coaches as an index takes them in."""
        return evaluate.encode_profiles(self.judged, self.encoder, self.reader.areas)

    @cached_property
    def prior(self) -> Scorer:
        """The ranker before anything was learned."""
        return load_scorer(str(PRIOR), self.encoder.name)

    @cached_property
    def measured(self) -> Graded:
        """The judged needs of which something can be told, with the values of their coaches."""
        index = CoachIndex.build(self.profiles)
        readers = list(self.judged.readers.values())
        needs = evaluate.measured_needs(self.judged)
        return graded_pairs(needs, readers, index, self.reader, scorer=self.prior)

    @cached_property
    def lessons(self) -> Graded:
        """The graded pairs that rankers learn from."""
        pairs = graded.load(self.folder)
        profiles = evaluate.encode_profiles(pairs, self.encoder, self.reader.areas)
        return graded.measured(pairs, CoachIndex.build(profiles), self.reader, self.prior)


def as_html(table: str) -> str:
    """A Markdown table of `training.report` as one of HTML.

    >>> as_html("| a |\\n| --- |\\n| **1** < 2 |").count("<td><b>1</b> &lt; 2</td>")
    1
    """
    header, _, *rows = [line.strip("| ").split(" | ") for line in table.splitlines()]
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    body = "".join(f"<tr>{''.join(f'<td>{_bold(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _bold(cell: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(cell))


def _section(title: str, note: str, *parts: str) -> str:
    return f'<section><h2>{escape(title)}</h2><p class="note">{escape(note)}</p>{"".join(parts)}</section>'


def rankers(subject: Subject) -> str:
    """The tables of rankers, over all needs and by kind of need."""
    judged = subject.judged
    every = evaluate.all_rankers(judged, subject.encoder, subject.reader, subject.profiles, {SERVICE: subject.scorer})
    needs = evaluate.measured_needs(judged)
    parts = []
    for title, own in (("Needs as they are", needs), ("The text of the needs alone", evaluate.text_only(needs))):
        values = evaluate.evaluate(every, judged, own) | {READERS: evaluate.reader_agreement(judged, own)}
        tables = report.comparison(values, SERVICE), report.by_slice(values, slices(judged, own), SERVICE)
        parts += [f"<h3>{title} ({len(own)})</h3>", *map(as_html, tables)]
    note = (
        "In brackets the 95 % bootstrap interval over needs: round, of the difference from the service; square, of "
        f"its own mean. {RULES}"
    )
    return _section("Rankers", note, *parts)


def reliability(subject: Subject) -> str:
    """Whether differences of score mean what the ranker says they do."""
    found, clear = diagnostics.reliability(subject.scorer, subject.measured), subject.scorer.clear_difference
    if found is None or clear is None:
        return _section("Reliability", "The ranker does not know what difference of score is clear.")
    note = (
        f"{int(found.pairs.sum())} pairs of coaches of one judged need whom readers grade differently, in "
        f"{len(found.pairs)} bins of as many pairs by difference of score. From the clear difference on, nine in ten "
        "pairs should be in the readers' order."
    )
    return _section("Reliability", note, plots.reliability_plot(found, clear))


def weights(subject: Subject, draws: int) -> str:
    """What each facet counts, and how sure that is."""
    learned = learn(subject.prior, subject.lessons, "learned")
    drawn = diagnostics.weights_drawn(subject.prior, subject.lessons, draws, with_progress)
    of_learned, of_prior = ([facet.weight for facet in scorer.facets] for scorer in (learned, subject.prior))
    note = f"Learned from the graded pairs; the intervals are of {draws} drawings of their needs with replacement."
    return _section("Weights", note, plots.weights_plot(learned.names, of_learned, drawn, of_prior))


def ablation(subject: Subject) -> str:
    """What the ranking loses without each facet."""
    learned = learn(subject.prior, subject.lessons, "learned")
    whole = diagnostics.mean_quality(learned, subject.measured)
    without = diagnostics.without_each(subject.prior, subject.lessons, subject.measured, with_progress)
    note = "The weights of the other facets are learned anew; measured on the judged needs as they are."
    return _section("Without each facet", note, plots.ablation_plot(whole, without))


def ranker_curve(subject: Subject) -> str:
    """What more graded needs would bring."""
    curve = diagnostics.ranker_curve(subject.prior, subject.lessons, subject.measured, with_progress)
    note = "0 needs are the prior; each other point is the mean of five choices of needs, with their range."
    plot = plots.curve_plot({"learned from them": curve}, "Graded needs", "nDCG@5", "ranker-curve")
    return _section("Learning to rank from more needs", note, plot)


def reading_curve(subject: Subject, words: Words | None) -> str:
    """What more texts would bring to reading by words; the place for it when `words` is None."""
    title = "Learning to read from more texts"
    if words is None:
        return _section(title, "Not measured for this page; --reading does so and takes long.")
    texts, sides = train.reading(subject.folder), {"need": "needs", "profile": "profiles"}
    curves = {
        sides[side]: diagnostics.reading_curve(side, texts.examples(side), texts.kept_back(side), words, with_progress)
        for side in _SIDES
    }
    note = (
        "By words alone, on documents that were kept back: of needs the share of stated areas among the five read, "
        "of profiles the mean average precision by area."
    )
    return _section(title, note, plots.curve_plot(curves, "Texts", "Value", "reading-curve"))


_SIDES: tuple[Side, ...] = ("need", "profile")


def page(subject: Subject, *, draws: int = DRAWS, words: Words | None = None) -> str:
    """The whole page, which asks for nothing from elsewhere."""
    parts = [
        rankers(subject),
        reliability(subject),
        weights(subject, draws),
        ablation(subject),
        ranker_curve(subject),
        reading_curve(subject, words),
    ]
    about = f"Encoder {subject.encoder.name}, ranker {subject.scorer.name}, judgements {subject.judged.digest[:12]}."
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>How good the ranking is</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><h1>How good the ranking is</h1>"
        f'<p class="note">{escape(about)}</p>{"".join(parts)}</body></html>\n'
    )


@click.command()
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--judged", type=click.Path(exists=True, file_okay=False, path_type=Path), default=judgements.JUDGED)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default=FIXTURES)
@click.option("--draws", type=click.IntRange(min=2), default=DRAWS, help="Drawings of needs for the weights.")
@click.option("--reading", is_flag=True, help="Measure reading by words over the number of texts too; slow.")
@click.pass_obj
def main(encoder: Encoder | None, *, out: Path, judged: Path, data: Path, draws: int, reading: bool) -> None:
    """Measure the service and write the page OUT."""
    settings = Settings()
    encoder = encoder or load_encoder(settings.encoder)
    scorer = load_scorer(settings.ranker, encoder.name)
    subject = Subject(judgements.load(judged), RememberingEncoder(encoder), scorer, data)
    out.write_text(page(subject, draws=draws, words=Words() if reading else None), "utf-8")


if __name__ == "__main__":
    main()
