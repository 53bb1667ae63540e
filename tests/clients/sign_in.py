"""Signs in as Ada at an OpenID provider's development pages, consents, and goes where that leads."""

import sys

import requests

browser = requests.Session()
# Of the test's own machine alone: no proxy that the environment names.
browser.trust_env = False
page = browser.get(sys.argv[1], timeout=30)
for form in ({"prompt": "login", "login": "ada", "password": "x"}, {"prompt": "consent"}):
    assert "/interaction/" in page.url, f"{page.status_code} {page.url}"
    page = browser.post(page.url, data=form, timeout=30)
assert page.ok and "Hatrack has the sign-in" in page.text, f"{page.status_code} {page.url}"
