//! GetFederationToken, AssumeRoot and what stands behind refusals.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use crate::support::{ALICE_ARN, Answer, Signer, VERSION, call, role, world};
    use hatrack_sandbox::Sandbox;
    use serde_json::Value;

    fn refused(answer: &Answer, status: u16, code: &str) -> String {
        let (got, message) = answer.error();
        assert_eq!((answer.status, got.as_str()), (status, code), "{}", answer.body);
        message
    }

    fn sts(sandbox: &Sandbox, signer: &Signer, action: &str, more: &str) -> Answer {
        call(sandbox, signer, &format!("Action={action}&{VERSION}{more}"))
    }

    #[test]
    fn a_federated_user_knows_himself_and_nothing_more() {
        let sandbox = Sandbox::start(world());
        let alice = Signer::alice(&sandbox);
        let tags = "&Tags.member.1.Key=team&Tags.member.1.Value=red";
        let answer =
            sts(&sandbox, &alice, "GetFederationToken", &format!("&Name=guest&DurationSeconds=900{tags}"));
        let arn = "arn:aws:sts::111122223333:federated-user/guest";
        assert_eq!(
            (answer.text("Arn"), answer.text("FederatedUserId")),
            (arn.to_owned(), "111122223333:guest".to_owned())
        );
        let pair = ("team".to_owned(), "red".to_owned());
        assert_eq!(sandbox.session_tags(&answer.text("AccessKeyId")), Some(vec![pair]));
        let guest = Signer::holder(&answer, &sandbox);
        let me = sts(&sandbox, &guest, "GetCallerIdentity", "");
        assert_eq!((me.text("Arn").as_str(), me.text("UserId").as_str()), (arn, "111122223333:guest"));
        for action in ["GetSessionToken", "GetFederationToken"] {
            let words = refused(&sts(&sandbox, &guest, action, "&Name=guest"), 403, "AccessDenied");
            assert_eq!(words, format!("Cannot call {action} with session credentials"));
        }
        let more = format!("&RoleArn={}&RoleSessionName=me", role("team/Plain"));
        refused(&sts(&sandbox, &guest, "AssumeRole", &more), 403, "AccessDenied");
        let session = Signer::holder(&sts(&sandbox, &alice, "GetSessionToken", ""), &sandbox);
        refused(&sts(&sandbox, &session, "GetFederationToken", "&Name=guest"), 403, "AccessDenied");
    }

    #[test]
    fn a_root_is_assumed_for_one_task_by_who_may() {
        let sandbox = Sandbox::start(world());
        let task = "&TaskPolicyArn.arn=arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials";
        let root = "arn:aws:iam::444455556666:root";
        for target in ["444455556666", root] {
            let answer = sts(
                &sandbox,
                &Signer::alice(&sandbox),
                "AssumeRoot",
                &format!("&TargetPrincipal={target}{task}"),
            );
            let ends: jiff::Timestamp = answer.text("Expiration").parse().unwrap();
            assert!((800..=900).contains(&(ends.as_second() - sandbox.now().as_second())));
            let me = sts(&sandbox, &Signer::holder(&answer, &sandbox), "GetCallerIdentity", "");
            assert_eq!((me.text("Arn").as_str(), me.text("UserId").as_str()), (root, "444455556666"));
        }
        let more = format!("&TargetPrincipal=444455556666{task}");
        let words = refused(&sts(&sandbox, &Signer::bob(&sandbox), "AssumeRoot", &more), 403, "AccessDenied");
        let why = "because no identity-based policy allows the sts:AssumeRoot action";
        assert!(words.ends_with(&format!("sts:AssumeRoot on resource: {root} {why}")), "{words}");
        let other =
            "&TargetPrincipal=444455556666&TaskPolicyArn.arn=arn:aws:iam::aws:policy/AdministratorAccess";
        refused(&sts(&sandbox, &Signer::alice(&sandbox), "AssumeRoot", other), 400, "ValidationError");
    }

    #[test]
    fn what_stands_behind_a_refusal_is_decoded_for_who_may() {
        let world = world().with_encoded_messages();
        let sandbox = Sandbox::start(world);
        let more = format!("&RoleArn={}&RoleSessionName=me", role("Nobody"));
        let alice = Signer::alice(&sandbox);
        let words = refused(&sts(&sandbox, &alice, "AssumeRole", &more), 403, "AccessDenied");
        let (said, message) = words.split_once(" Encoded authorization failure message: ").unwrap();
        assert!(said.starts_with(&format!("User: {ALICE_ARN} is not authorized")), "{said}");
        let more = format!("&EncodedMessage={}", message.replace('+', "%2B").replace('/', "%2F"));
        let decoded = sts(&sandbox, &alice, "DecodeAuthorizationMessage", &more).text("DecodedMessage");
        let decoded: Value = serde_json::from_str(&decoded).unwrap();
        assert_eq!(decoded["allowed"], false);
        assert_eq!(decoded["context"]["action"], "sts:AssumeRole");
        assert_eq!(decoded["context"]["resource"], role("Nobody"));
        assert_eq!(decoded["context"]["principal"]["arn"], ALICE_ARN);
        let unknown = sts(&sandbox, &alice, "DecodeAuthorizationMessage", "&EncodedMessage=x");
        refused(&unknown, 400, "InvalidAuthorizationMessageException");
    }
}
