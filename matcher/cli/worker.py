"""`matcher worker`: works on what is queued, in a process of its own."""

import os

import click

from matcher.cli.setup import EncoderLoader, configured_engine, told_plainly
from matcher.log import configure_log
from matcher.service import open_service
from matcher.settings import Settings


@click.command()
@click.pass_obj
@told_plainly
def worker(load: EncoderLoader) -> None:
    """Work on batches until told to end; any number of workers share the work.

    The web processes work too, unless they have MATCHER_WORKER=external.
    """
    # Read by PyTorch when it is first needed: a core, as the web processes have it, so that all answer alike.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    settings = Settings()
    configure_log(settings.log_level)
    with configured_engine() as engine:
        service = open_service(settings, engine, load(settings.encoder))
        click.echo("Working on what is queued; end it with SIGTERM.", err=True)
        service.work.run()
