//! IAM's calls about keys and devices, and what becomes of keys.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use crate::support::{ALICE_ARN, ALICE_KEY, ALICE_MFA, Answer, Element, Signer, call, world};
    use hatrack_sandbox::{Account, DeniedBy, KeyStatus, Role, Sandbox, User};
    use jiff::SignedDuration;

    const WHO: &str = "Action=GetCallerIdentity&Version=2011-06-15";

    fn iam(sandbox: &Sandbox, signer: &Signer, action: &str, more: &str) -> Answer {
        let signer = Signer { service: "iam", region: "us-east-1", ..signer.clone() };
        call(sandbox, &signer, &format!("Action={action}&Version=2010-05-08{more}"))
    }

    fn refused(answer: &Answer, status: u16, code: &str) -> String {
        let (got, message) = answer.error();
        assert_eq!((answer.status, got.as_str()), (status, code), "{}", answer.body);
        message
    }

    #[test]
    fn a_key_is_made_used_switched_off_and_deleted() {
        let sandbox = Sandbox::start(world());
        let alice = Signer::alice(&sandbox);
        let made = iam(&sandbox, &alice, "CreateAccessKey", "");
        assert_eq!(made.status, 200, "{}", made.body);
        let root = Element::parse(&made.body);
        assert_eq!(root.namespace.as_deref(), Some("https://iam.amazonaws.com/doc/2010-05-08/"));
        let id = made.text("AccessKeyId");
        let fresh = Signer { key: id.clone(), secret: made.text("SecretAccessKey"), ..alice.clone() };
        let asked = format!("&AccessKeyId={id}");
        let used = iam(&sandbox, &alice, "GetAccessKeyLastUsed", &asked);
        assert_eq!((used.text("ServiceName").as_str(), used.text("UserName").as_str()), ("N/A", "alice"));

        let me = call(&sandbox, &fresh, WHO);
        assert_eq!((me.status, me.text("Arn").as_str()), (200, ALICE_ARN));
        let used = iam(&sandbox, &alice, "GetAccessKeyLastUsed", &asked);
        assert_eq!(
            (used.text("ServiceName").as_str(), used.text("Region").as_str()),
            ("sts", "eu-central-1")
        );
        assert!(used.text("LastUsedDate").parse::<jiff::Timestamp>().is_ok());
        let third = iam(&sandbox, &alice, "CreateAccessKey", "&UserName=alice");
        assert_eq!(refused(&third, 409, "LimitExceeded"), "Cannot exceed quota for AccessKeysPerUser: 2");

        let session = call(&sandbox, &fresh, "Action=GetSessionToken&Version=2011-06-15");
        let off = iam(&sandbox, &alice, "UpdateAccessKey", &format!("{asked}&Status=Inactive"));
        assert_eq!(off.status, 200, "{}", off.body);
        refused(&call(&sandbox, &fresh, WHO), 403, "InvalidClientTokenId");
        assert_eq!(call(&sandbox, &Signer::holder(&session, &sandbox), WHO).status, 200, "sessions go on");
        let listed = iam(&sandbox, &alice, "ListAccessKeys", "").body;
        assert!(listed.contains(&id) && listed.contains(ALICE_KEY), "{listed}");
        assert_eq!(listed.matches("<Status>Inactive</Status>").count(), 1, "{listed}");
        iam(&sandbox, &alice, "UpdateAccessKey", &format!("{asked}&Status=Active"));
        assert_eq!(call(&sandbox, &fresh, WHO).status, 200);

        assert_eq!(iam(&sandbox, &alice, "DeleteAccessKey", &asked).status, 200);
        refused(&call(&sandbox, &fresh, WHO), 403, "InvalidClientTokenId");
        let gone = iam(&sandbox, &alice, "DeleteAccessKey", &asked);
        assert_eq!(
            refused(&gone, 404, "NoSuchEntity"),
            format!("The Access Key with id {id} cannot be found.")
        );
        let printed = format!("{sandbox:?} {:?}", sandbox.requests());
        assert!(!printed.contains(&fresh.secret));
    }

    #[test]
    fn a_test_switches_keys_too() {
        let sandbox = Sandbox::start(world());
        assert!(sandbox.set_access_key_status(ALICE_KEY, KeyStatus::Inactive));
        refused(&call(&sandbox, &Signer::alice(&sandbox), WHO), 403, "InvalidClientTokenId");
        assert!(sandbox.set_access_key_status(ALICE_KEY, KeyStatus::Active));
        assert_eq!(call(&sandbox, &Signer::alice(&sandbox), WHO).status, 200);
        assert!(sandbox.delete_access_key(ALICE_KEY));
        refused(&call(&sandbox, &Signer::alice(&sandbox), WHO), 403, "InvalidClientTokenId");
        assert!(!sandbox.delete_access_key(ALICE_KEY));
        assert!(!sandbox.set_access_key_status(ALICE_KEY, KeyStatus::Active));
    }

    #[test]
    fn a_user_finds_himself_and_his_devices() {
        let sandbox = Sandbox::start(world());
        let alice = Signer::alice(&sandbox);
        let me = iam(&sandbox, &alice, "GetUser", "");
        assert_eq!((me.text("Arn"), me.text("Path")), (ALICE_ARN.to_owned(), "/".to_owned()));
        let devices = iam(&sandbox, &alice, "ListMFADevices", "&UserName=alice").body;
        assert!(devices.contains(ALICE_MFA) && devices.contains("GAHT12345678"), "{devices}");
        let missing = iam(&sandbox, &alice, "GetUser", "&UserName=nobody");
        assert_eq!(refused(&missing, 404, "NoSuchEntity"), "The user with name nobody cannot be found.");
    }

    #[test]
    fn who_may_not_is_told_why() {
        let carol = User::new("carol")
            .access_key("AKIAIOSFODNN7CAROL00", "secret")
            .denied("iam:ListMFADevices")
            .denied_by("iam:GetUser", DeniedBy::ServiceControlPolicy)
            .denied_by("iam:CreateAccessKey", DeniedBy::NoIdentityPolicy);
        let role = Role::new("Any").trusts("*");
        let sandbox =
            Sandbox::start(world().account(Account::new("999900001111", "c").user(carol).role(role)));
        let carol = Signer {
            key: "AKIAIOSFODNN7CAROL00".to_owned(),
            secret: "secret".to_owned(),
            ..Signer::alice(&sandbox)
        };
        let user = "User: arn:aws:iam::999900001111:user/carol is not authorized to perform: ";
        let on = " on resource: arn:aws:iam::999900001111:user/carol";
        for (action, why) in [
            ("ListMFADevices", "with an explicit deny in an identity-based policy"),
            ("GetUser", "with an explicit deny in a service control policy"),
            ("CreateAccessKey", "because no identity-based policy allows the iam:CreateAccessKey action"),
        ] {
            let words = refused(&iam(&sandbox, &carol, action, ""), 403, "AccessDenied");
            assert_eq!(words, format!("{user}iam:{action}{on} {why}"));
        }
        let form = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn:aws:iam::999900001111:role/Any&RoleSessionName=me";
        let session = Signer::holder(&call(&sandbox, &carol, form), &sandbox);
        let words = refused(&iam(&sandbox, &session, "ListAccessKeys", ""), 400, "ValidationError");
        assert_eq!(words, "Must specify userName when calling with non-User credentials");
        assert_eq!(iam(&sandbox, &session, "ListAccessKeys", "&UserName=carol").status, 200);
    }

    #[test]
    fn iam_has_one_region_and_no_use_for_sessions_without_mfa() {
        let sandbox = Sandbox::start(world());
        let alice = Signer::alice(&sandbox);
        let elsewhere = Signer { service: "iam", ..alice.clone() };
        let answer = call(&sandbox, &elsewhere, "Action=GetUser&Version=2010-05-08");
        let words = refused(&answer, 403, "SignatureDoesNotMatch");
        assert!(words.contains("scoped to a valid region, not 'eu-central-1'"), "{words}");
        let weak = call(&sandbox, &alice, "Action=GetSessionToken&Version=2011-06-15");
        let weak = Signer::holder(&weak, &sandbox);
        refused(&iam(&sandbox, &weak, "GetUser", ""), 403, "InvalidClientTokenId");
        sandbox.set_clock_offset(SignedDuration::from_secs(30));
        let code = sandbox.code_now(ALICE_MFA).unwrap().code;
        let form =
            format!("Action=GetSessionToken&Version=2011-06-15&SerialNumber={ALICE_MFA}&TokenCode={code}");
        let strong = call(&sandbox, &Signer::alice(&sandbox), &form);
        assert_eq!(iam(&sandbox, &Signer::holder(&strong, &sandbox), "GetUser", "").status, 200);
    }

    #[test]
    fn what_iam_does_not_know_is_said_so() {
        let sandbox = Sandbox::start(world());
        let alice = Signer::alice(&sandbox);
        refused(&iam(&sandbox, &alice, "ListRoles", ""), 400, "InvalidAction");
        let words = refused(&iam(&sandbox, &alice, "UpdateAccessKey", "&Status=Off"), 400, "ValidationError");
        assert!(words.starts_with("2 validation errors detected: "), "{words}");
        assert!(words.contains("Member must satisfy enum value set: [Active, Inactive]"), "{words}");
    }
}
