"""cXML 1.2 documents of PunchOut: those that portals send, read, and those that they are sent, written."""

from matcher.cxml.reading import setup_request_from
from matcher.cxml.writing import order_message, setup_response, status_response

__all__ = ["order_message", "setup_request_from", "setup_response", "status_response"]
