"""Waits until a service is ready, then asks it for a shortlist: python ask.py ADDRESS KEY EMAIL ONE_TIME_PASSWORD."""

import json
import re
import sys
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

address, key, email, password = sys.argv[1:]
goals = [{"area": "delegation", "importance": 3}]
need = {"summary": "He keeps all the work to himself.", "focus_areas": goals, "start_by": "2030-01-01"}

for _ in range(120):
    try:
        urllib.request.urlopen(f"{address}/readyz")
        break
    except (urllib.error.URLError, ConnectionError):
        time.sleep(1)
else:
    sys.exit("the service from the wheel did not become ready")

request = urllib.request.Request(
    f"{address}/api/v1/shortlists",
    json.dumps(need).encode(),
    {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
)
answer = json.load(urllib.request.urlopen(request))
assert len(answer["coaches"]) == 3, answer["excluded_counts"]
for coach in answer["coaches"]:
    total = coach["base"] + sum(added["contribution"] for added in coach["contributions"])
    assert abs(total - coach["score"]) < 1e-9, coach

browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))


def sent(page: str, path: str, **fields: str) -> str:
    """The page that answers a form, sent with the token of the page that it stands on."""
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[-1]
    return browser.open(address + path, urlencode(fields | {"csrf_token": token}).encode()).read().decode()


page = browser.open(f"{address}/").read().decode()
assert "<h1>Sign in</h1>" in page
page = sent(page, "/sign-in", email=email, password=password)
new = "a heron over the wet field"
page = sent(page, "/account/password", current=password, new=new, repeated=new)
assert '<textarea id="summary"' in page
page = sent(page, "/", summary="He keeps all the work to himself.", start_by="2030-01-01")
assert '<p class="eyebrow"><a href="/shortlists">Shortlists</a></p>' in page
assert '<ol class="cards"' in page
style = urllib.request.urlopen(f"{address}/assets/matcher.css")
assert style.status == 200
print("The service from the wheel answers with a shortlist of three, and with the pages to somebody who signs in.")
