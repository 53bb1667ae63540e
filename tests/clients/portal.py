"""Signs in at the sandbox's portal as the person that PERSON names, or denies, and goes where that leads."""

import os
import sys

import requests

browser = requests.Session()
# Of the test's own machine alone: no proxy that the environment names.
browser.trust_env = False
answer = {"sandbox_user": os.environ["PERSON"]}
if os.environ.get("PERSON_CHOICE"):
    answer["sandbox_choice"] = os.environ["PERSON_CHOICE"]
page = browser.get(sys.argv[1], params=answer, timeout=30)
assert page.status_code < 500, f"{page.status_code} {page.url}"
