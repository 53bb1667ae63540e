"""Tells its access key whenever a line comes in, as a program that lives long asks for credentials."""

import json
import sys

import boto3

session = boto3.Session()
credentials = session.get_credentials()
for _ in sys.stdin:
    # What it has is close to its end in its own eyes, so the SDK asks again by itself.
    key = credentials.get_frozen_credentials().access_key
    arn = session.client("sts").get_caller_identity()["Arn"]
    print(json.dumps({"key": key, "arn": arn}), flush=True)
