"""What the first pages cost somebody who has never been here."""

from playwright.sync_api import Response

from matcher.domain import Account
from tests.browser.conftest import NewContext
from tests.browser.person import find, sign_in

MOST_BYTES = 100_000


def test_the_first_two_pages_are_small_enough(new_context: NewContext, account: Account) -> None:
    context = new_context()
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    context.on("response", keep)
    page = sign_in(context.new_page(), account.email)
    find(page).wait_for()
    page.wait_for_load_state("networkidle")
    sizes = {answer.url: answer.request.sizes() for answer in answers}
    assert any(url.endswith(".css") for url in sizes)
    assert sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes.values()) < MOST_BYTES
