"""A browser with Ann at it: opens the address, allows, and goes where that leads. It notes each address."""

import os
import sys

import requests

with open(os.path.join(os.environ["HOME"], "opened"), "a", encoding="utf-8") as opened:
    print(sys.argv[1], file=opened)
browser = requests.Session()
# The test's own way to AWS's names; its loopback is reached without.
browser.trust_env = False
browser.proxies = {"https": os.environ["HTTPS_PROXY"]}
browser.verify = os.environ["AWS_CA_BUNDLE"]
page = browser.get(sys.argv[1], params={"sandbox_user": "ann"}, timeout=30)
assert page.ok, f"{page.status_code} {page.url}"
