"""Reads a config file with botocore; prints how many seconds that took, and how many profiles there are."""

import sys
import time

from botocore.configloader import load_config

begin = time.perf_counter()
profiles = load_config(sys.argv[1])["profiles"]
print(time.perf_counter() - begin, len(profiles))
