# Who the environment's credentials are, and in which region, as the SDK for Ruby reads it.
require "aws-sdk-core"
require "json"

# Debian's is too old to know AWS_ENDPOINT_URL.
client = Aws::STS::Client.new(endpoint: ENV.fetch("AWS_ENDPOINT_URL"))
puts JSON.generate({ arn: client.get_caller_identity.arn, region: client.config.region })
