// Who the profile of AWS_PROFILE is, and in which region, as the SDK for JavaScript reads it.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";

const client = new STSClient({});
const { Arn } = await client.send(new GetCallerIdentityCommand({}));
console.log(JSON.stringify({ arn: Arn, region: await client.config.region() }));
