"""The menu that every page has."""

from dataclasses import dataclass

from matcher.domain import Task
from matcher.texts import Phrase


@dataclass(frozen=True)
class MenuEntry:
    """Where one may go from every page: what it takes, the address, what it is called, and the other pages there."""

    task: Task
    address: str
    words: str
    others: tuple[str, ...] = ()
    """The first parts of the addresses of further pages that belong to it."""

    def current(self, path: str) -> str:
        """The value of aria-current on the page at a path, "" where the entry leads somewhere else.

        >>> coaches = MenuEntry("read_profiles", "/coaches", "Coaches", ("/imports",))
        >>> coaches.current("/coaches"), coaches.current("/imports/1"), coaches.current("/shortlists")
        ('page', 'true', '')
        """
        if path == self.address:
            return "page"
        return "true" if f"/{path.split('/')[1]}" in (self.address, *self.others) else ""


MENU = (
    MenuEntry("ask", "/", Phrase("Find a coach")),
    MenuEntry("match", "/shortlists", Phrase("Shortlists"), ("/deleted",)),
    MenuEntry(
        "read_profiles",
        "/coaches",
        Phrase("Coaches"),
        ("/new-coach", "/edit-coach", "/delete-coach", "/restore-coach", "/confirm-coach", "/imports"),
    ),
    MenuEntry("administer", "/accounts", Phrase("Admin"), ("/callers", "/rankers", "/audit")),
)
"""In the order of the menu."""
