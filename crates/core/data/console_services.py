"""Makes console_services.json: the first part of each service's path in the console, by the service's names.

    python crates/core/data/console_services.py > crates/core/data/console_services.json

From botocore's service models (Apache-2.0): the command line's name of a service and the prefix of its endpoint,
which is what the console's path begins with. EXCEPTIONS holds what is different there, and nothing else.
"""

import json

import botocore.session

# Where the console's path isn't the endpoint's prefix.
EXCEPTIONS = {
    "apigatewayv2": "apigateway",
    "application-autoscaling": "awsautoscaling",
    "autoscaling": "ec2autoscaling",
    "bedrock-agent": "bedrock",
    "bedrock-agent-runtime": "bedrock",
    "bedrock-runtime": "bedrock",
    "ce": "cost-management",
    "cloudfront": "cloudfront/v4",
    "cloudwatch": "cloudwatch",
    "cognito-idp": "cognito",
    "docdb": "docdb",
    "ecr": "ecr",
    "ecs": "ecs/v2",
    "elb": "ec2",
    "elbv2": "ec2",
    "emr": "emr",
    "events": "events",
    "firehose": "firehose",
    "iam": "iam",
    "logs": "cloudwatch",
    "opensearch": "aos",
    "organizations": "organizations/v2",
    "rds-data": "rds",
    "redshift": "redshiftv2",
    "resource-groups": "resource-groups",
    "route53": "route53/v2",
    "ses": "ses",
    "sesv2": "ses",
    "sns": "sns/v3",
    "sqs": "sqs/v3",
    "ssm": "systems-manager",
    "sso": "singlesignon",
    "sso-admin": "singlesignon",
    "stepfunctions": "states",
    "sts": "iam",
    "vpc-lattice": "vpcconsole",
    "wafv2": "wafv2",
}

# Consoles without a service of their own among the models.
CONSOLES = {"billing": "billing", "cloudshell": "cloudshell", "support": "support", "vpc": "vpcconsole"}


def path(name, metadata):
    prefix = metadata["endpointPrefix"]
    return prefix.rsplit(".", 1)[-1] if "." in prefix else prefix


session = botocore.session.get_session()
services = dict(CONSOLES)
for name in session.get_available_services():
    services[name] = EXCEPTIONS.get(name) or path(name, session.get_service_model(name).metadata)
print(json.dumps(services, indent=1, sort_keys=True))
