"""cXML 1.2 documents of PunchOut: those that portals send, read, and those that they are sent, written."""

from matcher.cxml.reading import request_from
from matcher.cxml.writing import order_message, profile_response, setup_response, status_response

__all__ = ["order_message", "profile_response", "request_from", "setup_response", "status_response"]
