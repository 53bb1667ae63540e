"""Sets a company up at a server of AWS's kind: `company.py ENDPOINT`, with the root user's keys in the environment.

There is a user, eve; Partner and Chained want an external id and a certain caller; Web takes tokens of one issuer.
Prints eve's new access key as aws iam create-access-key does.
"""

import json
import sys

import boto3

ACCOUNT = "arn:aws:iam::000000000000"

iam = boto3.client("iam", endpoint_url=sys.argv[1], region_name="eu-central-1")


def document(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def role(name, action, principal, **condition):
    trust = document(Action=action, Principal=principal, **({"Condition": {"StringEquals": condition}} if condition else {}))
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=name, PolicyName="sts", PolicyDocument=document(Action="sts:*", Resource="*"))


iam.create_user(UserName="eve")
iam.put_user_policy(UserName="eve", PolicyName="sts", PolicyDocument=document(Action="sts:*", Resource="*"))
key = iam.create_access_key(UserName="eve")
role("Partner", "sts:AssumeRole", {"AWS": f"{ACCOUNT}:user/eve"}, **{"sts:ExternalId": "acme-7"})
role("Chained", "sts:AssumeRole", {"AWS": f"{ACCOUNT}:role/Partner"})
role("Stranger", "sts:AssumeRole", {"AWS": f"{ACCOUNT}:role/Nobody"})
issuer = "ci.acme.example"
role(
    "Web",
    "sts:AssumeRoleWithWebIdentity",
    {"Federated": f"{ACCOUNT}:oidc-provider/{issuer}"},
    **{f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": "shop"},
)
print(json.dumps(key, default=str))
