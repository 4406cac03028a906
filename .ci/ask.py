"""Waits until a service is ready, then asks it for one shortlist: python ask.py ADDRESS KEY."""

import json
import sys
import time
import urllib.error
import urllib.request

address, key = sys.argv[1:]
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
page = urllib.request.urlopen(f"{address}/").read().decode()
assert "<form" in page
style = urllib.request.urlopen(f"{address}/assets/matcher.css")
assert style.status == 200
print("The service from the wheel answers with a shortlist of three, and with the form.")
