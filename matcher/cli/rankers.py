"""`matcher ranker ...`: candidates are looked at beside the ranker in use, promoted, and given up."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from matcher.cli.setup import EncoderLoader, configured_engine, told_plainly
from matcher.domain import Comparison
from matcher.intake import candidate_from, read_json
from matcher.service import add_candidate, found_ranker, promote_ranker, ranker_in_use, reset_ranker, weights_of
from matcher.service.rankers import Choice
from matcher.settings import Settings
from matcher.store import database, rankers
from matcher.store.rankers import Ranker


@click.group()
def ranker() -> None:
    """What each facet counts: the weights in use, and candidates for them."""


@ranker.command(name="list")
@told_plainly
def list_() -> None:
    """Name all rankers but the packaged one, the newest first, with what each was measured to change."""
    with configured_engine() as engine, database.snapshots(engine).begin() as session:
        known = rankers.every(session)
    for one in known:
        told = one.comparison
        means = f"{told.measure} {told.before:.3f} -> {told.after:.3f}"
        click.echo(f"{one.name}\tmade {one.created_at:%Y-%m-%d}\t{_state(one)}\t{means}")
    if not _warn_of_file() and not any(one.is_promoted for one in known):
        click.echo("None is promoted; the packaged ranker is in use.", err=True)


@ranker.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
@told_plainly
def add(load: EncoderLoader, file: Path) -> None:
    """Keep the ranker of a file, {"ranker": ..., "comparison": ...}, as a candidate."""
    candidate = candidate_from(read_json(file.read_bytes()))
    with configured_engine() as engine:
        added = add_candidate(engine, candidate, load(Settings().encoder).name, datetime.now(UTC))
    click.echo(f"{added.name} is a candidate; 'matcher ranker promote' puts it to use.")


@ranker.command()
@click.argument("name")
@click.pass_obj
@told_plainly
def show(load: EncoderLoader, name: str) -> None:
    """Show a ranker's weights beside those in use now, and how it compares, need by need."""
    settings = Settings()
    with configured_engine() as engine, database.snapshots(engine).begin() as session:
        shown = found_ranker(session, name)
        used = ranker_in_use(session, settings.ranker, load(settings.encoder).name)
    if used.refusal:
        click.echo(f"The promoted ranker is not used. {used.refusal}", err=True)
    _show_weights(shown, used)
    click.echo()
    _show_comparison(shown.comparison)


@ranker.command()
@click.argument("name")
@click.pass_obj
@told_plainly
def promote(load: EncoderLoader, name: str) -> None:
    """Show how a ranker compares, and use it from the next shortlist on, on every worker."""
    encoder = load(Settings().encoder)
    with configured_engine() as engine:
        with database.snapshots(engine).begin() as session:
            _show_comparison(found_ranker(session, name).comparison)
        promote_ranker(engine, name, encoder.name, datetime.now(UTC))
    click.echo(f"\n{name} is promoted.")
    _warn_of_file()


@ranker.command()
@told_plainly
def reset() -> None:
    """Go back to the packaged ranker from the next shortlist on, on every worker."""
    with configured_engine() as engine:
        withdrawn = reset_ranker(engine, datetime.now(UTC))
    click.echo("The packaged ranker is in use again." if withdrawn else "The packaged ranker is in use already.")
    _warn_of_file()


def _state(one: Ranker) -> str:
    if one.promoted_at is None:
        return "candidate"
    return f"retired {one.retired_at:%Y-%m-%d}" if one.retired_at else f"promoted {one.promoted_at:%Y-%m-%d}"


def _warn_of_file() -> bool:
    """Says that a file goes before what is promoted, where the settings name one; whether they do."""
    file = Settings().ranker
    if file:
        click.echo(f"A service started with MATCHER_RANKER={file}, as set here, uses that file instead.", err=True)
    return bool(file)


def _show_weights(shown: Ranker, used: Choice) -> None:
    own, in_use = weights_of(shown), {weight.facet: weight.weight for weight in used.scorer.facets}
    rows = [(facet, _weight(in_use.get(facet)), _weight(own.get(facet))) for facet in in_use | own]
    _echo_columns([("Weights", f"in use: {used.scorer.name}", shown.name), *rows])


def _weight(weight: float | None) -> str:
    return "-" if weight is None else f"{weight:.4f}"


def _show_comparison(told: Comparison) -> None:
    lines = [*((need.need, need.before, need.after) for need in told.needs), ("mean", told.before, told.after)]
    rows = [(name, f"{before:.3f}", f"{after:.3f}", f"{after - before:+.3f}") for name, before, after in lines]
    _echo_columns([(told.measure, "before", "after", "difference"), *rows])
    low, high = told.interval
    click.echo(f"Interval of the mean difference: {low:+.3f} to {high:+.3f}")


def _echo_columns(rows: Sequence[tuple[str, ...]]) -> None:
    """Writes the rows as columns, the first to the left and the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = [other.rjust(width) for other, width in zip(others, widths[1:], strict=True)]
        click.echo("  ".join([first.ljust(widths[0]), *cells]))
