"""Reads the credentials of a profile as a program that uses boto3 does."""

import sys

import boto3

credentials = boto3.Session(profile_name=sys.argv[1]).get_credentials().get_frozen_credentials()
if not credentials.token:
    sys.exit("no session's credentials")
