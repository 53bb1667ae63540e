"""Who the profile of AWS_PROFILE is, and in which region, as the SDK for Python reads it."""

import json

import boto3

session = boto3.Session()
arn = session.client("sts").get_caller_identity()["Arn"]
print(json.dumps({"arn": arn, "region": session.region_name}))
