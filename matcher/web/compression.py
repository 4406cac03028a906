"""Sends pages, and the files that they are made of, compressed to browsers that take that.

A page holds things to keep from others: the token of its forms, and what was written about a manager. Whoever can put
guesses into a page and see how long it is could find such things out (BREACH). So nothing is compressed that an
address with a query asks for, since the query may stand in the answer; forms from other sites are refused, and the
cookie does not come along with what those load by themselves. The token is signed anew each second besides.
"""

from apiflask import APIFlask
from flask import Response, request
from flask_compress import Compress

from matcher.web.blueprint import web

_KINDS = ("text/html", "text/css", "text/javascript", "image/svg+xml")
_compress = Compress()


def set_up_compression(app: APIFlask) -> None:
    """Tells an application what to compress, and how."""
    app.config.update(
        COMPRESS_REGISTER=False,
        COMPRESS_MIMETYPES=list(_KINDS),
        COMPRESS_ALGORITHM=["br", "gzip"],
    )
    _compress.init_app(app)


@web.after_request
def compressed(response: Response) -> Response:
    """The answer, compressed if it may be; else as it is."""
    if request.query_string or response.mimetype not in _KINDS:
        return response
    # A file is read whole: it is small, and one that Flask-Compress streams stays open.
    response.direct_passthrough = False
    response.make_sequence()
    return _compress.after_request(response)
