//! The access portal: pages, pace, credentials, ends, and what can be made to go wrong.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use crate::support::portal::{START_URL, arn, get, logout, signer, world_with_portal};
    use crate::support::{VERSION, call};
    use hatrack_sandbox::{AssignedAccount, Organisation, PortalFault, Sandbox, World};
    use jiff::SignedDuration;
    use serde_json::{Value, json};
    use std::time::Duration;

    const ACCOUNTS: &str = "/assignment/accounts";
    const ROLES: &str = "/assignment/roles?account_id=111122223333";
    const ADMIN: &str = "/federation/credentials?account_id=111122223333&role_name=Admin";

    fn ids(list: &Value) -> Vec<&str> {
        list["accountList"].as_array().unwrap().iter().map(|it| it["accountId"].as_str().unwrap()).collect()
    }

    #[test]
    fn a_person_sees_what_is_assigned_and_gets_credentials_that_sts_knows() {
        let sandbox = Sandbox::start(world_with_portal());
        let ann = sandbox.portal(START_URL).sign_in("ann").access_token;
        let accounts = get(&sandbox, ACCOUNTS, &ann);
        assert_eq!(accounts.status, 200);
        assert!(accounts.head.contains("content-type: application/json"), "{}", accounts.head);
        assert_eq!(ids(&accounts.body), ["111122223333", "222233334444", "333344445555"]);
        let list = &accounts.body["accountList"];
        let one =
            json!({"accountId": "111122223333", "accountName": "One", "emailAddress": "one@acme.example"});
        assert_eq!(list[0], one);
        assert_eq!(list[2], json!({"accountId": "333344445555", "accountName": ""}));
        let roles = get(&sandbox, ROLES, &ann).body;
        assert_eq!(roles["roleList"][1], json!({"roleName": "View", "accountId": "111122223333"}));
        assert_eq!(roles["nextToken"], Value::Null);

        let admin = get(&sandbox, ADMIN, &ann).body;
        let told = arn(&sandbox, &admin);
        let start = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_";
        let rest = told.strip_prefix(start).unwrap_or_else(|| panic!("{told}"));
        assert!(rest.strip_suffix("/ann").is_some_and(|hash| hash.len() == 16), "{told}");
        let left = admin["roleCredentials"]["expiration"].as_i64().unwrap() - sandbox.now().as_millisecond();
        assert!((3_500_000..=3_600_000).contains(&left), "{left}");

        let further = "arn:aws:iam::999988887777:role/Further";
        let form = format!("Action=AssumeRole&{VERSION}&RoleArn={further}&RoleSessionName=me");
        assert_eq!(call(&sandbox, &signer(&sandbox, &admin), &form).status, 200);
        let view = get(&sandbox, &ADMIN.replace("Admin", "View"), &ann).body;
        assert_eq!(call(&sandbox, &signer(&sandbox, &view), &form).error().0, "AccessDenied");
    }

    #[test]
    fn what_is_not_assigned_is_refused() {
        let sandbox = Sandbox::start(world_with_portal());
        let bob = sandbox.portal(START_URL).sign_in("bob").access_token;
        assert_eq!(ids(&get(&sandbox, ACCOUNTS, &bob).body), ["111122223333"]);
        for (path, error) in [
            ("/assignment/roles?account_id=222233334444", (403, "ForbiddenException")),
            ("/assignment/roles?account_id=000000000000", (404, "ResourceNotFoundException")),
            ("/assignment/roles", (400, "InvalidRequestException")),
            (&ADMIN.replace("Admin", "Root"), (403, "ForbiddenException")),
            ("/federation/credentials?account_id=111122223333", (400, "InvalidRequestException")),
            ("/assignment/accounts?max_result=101", (400, "InvalidRequestException")),
            ("/assignment/accounts?max_result=0", (400, "InvalidRequestException")),
            ("/assignment/accounts?next_token=x", (400, "InvalidRequestException")),
        ] {
            let told = get(&sandbox, path, &bob);
            assert_eq!(told.error(), error, "{path}");
            assert!(told.body["message"].is_string() && told.body["__type"].is_string(), "{told:?}");
        }
    }

    #[test]
    fn lists_come_in_pages() {
        let organisation = Organisation::generated(START_URL, "us-east-1", 250, 3);
        let sandbox = Sandbox::start(World::default().organisation(organisation));
        let ann = sandbox.portal(START_URL).sign_in("ann").access_token;
        let (mut path, mut sizes) = (ACCOUNTS.to_owned(), Vec::new());
        let first = loop {
            let page = get(&sandbox, &path, &ann).body;
            sizes.push(ids(&page).len());
            let Some(next) = page["nextToken"].as_str() else { break ids(&page)[0].to_owned() };
            path = format!("{ACCOUNTS}?max_result=100&next_token={next}");
        };
        assert_eq!(sizes, [100, 100, 50]);
        let path = format!("/assignment/roles?account_id={first}&max_result=2");
        let page = get(&sandbox, &path, &ann).body;
        assert_eq!(page["roleList"].as_array().unwrap().len(), 2);
        let next = page["nextToken"].as_str().unwrap();
        assert_eq!(
            get(&sandbox, &format!("{path}&next_token={next}"), &ann).body["roleList"][0]["roleName"],
            "PowerUserAccess"
        );
        let other = format!("{ACCOUNTS}?next_token={next}");
        assert_eq!(get(&sandbox, &other, &ann).status, 400, "a mark belongs to its list");
    }

    #[test]
    fn a_token_ends_by_time_by_order_and_by_signing_out() {
        let sandbox = Sandbox::start(world_with_portal());
        let portal = sandbox.portal(START_URL);
        let status = |token: &str| get(&sandbox, ACCOUNTS, token).error().0;
        assert_eq!(get(&sandbox, ACCOUNTS, "").error(), (401, "UnauthorizedException"));
        assert_eq!(get(&sandbox, ACCOUNTS, "nonsense").error(), (401, "UnauthorizedException"));
        let (first, second) = (portal.sign_in("ann").access_token, portal.sign_in("ann").access_token);
        assert_eq!(logout(&sandbox, &first).status, 200);
        assert_eq!((status(&first), status(&second), logout(&sandbox, &first).status), (401, 200, 401));
        portal.end_access_tokens();
        assert_eq!(status(&second), 401);
        let third = portal.sign_in("ann").access_token;
        portal.end_sign_ins_after(2);
        assert_eq!([(); 4].map(|()| status(&third)), [200, 200, 401, 401]);
        portal.mend();
        let fourth = portal.sign_in("ann").access_token;
        sandbox.set_clock_offset(SignedDuration::from_mins(59));
        assert_eq!(status(&fourth), 200);
        sandbox.set_clock_offset(SignedDuration::from_mins(61));
        assert_eq!(status(&fourth), 401);
    }

    #[test]
    fn calls_that_come_too_early_are_refused_and_counted() {
        let sandbox = Sandbox::start(world_with_portal());
        let portal = sandbox.portal(START_URL);
        let ann = portal.sign_in("ann").access_token;
        portal.set_pace(0.001, 3);
        let errors: Vec<_> = (0..5).map(|_| get(&sandbox, ACCOUNTS, &ann).status).collect();
        assert_eq!(errors, [200, 200, 200, 429, 429]);
        let told = get(&sandbox, ROLES, &ann);
        assert_eq!(told.error(), (429, "TooManyRequestsException"));
        let counts = portal.counts();
        assert_eq!((counts["ListAccounts"].calls, counts["ListAccounts"].throttled), (5, 2));
        assert_eq!((counts["ListAccountRoles"].calls, counts["ListAccountRoles"].throttled), (1, 1));
        portal.set_pace(1e6, 1000);
        portal.set_latency(Duration::from_millis(30));
        let start = std::time::Instant::now();
        assert_eq!(get(&sandbox, ACCOUNTS, &ann).status, 200);
        assert!(start.elapsed() >= Duration::from_millis(30));
    }

    #[test]
    fn accounts_come_and_go() {
        let sandbox = Sandbox::start(world_with_portal());
        let portal = sandbox.portal(START_URL);
        let ann = portal.sign_in("ann").access_token;
        portal.assign(AssignedAccount::new("111122223333", "Renamed").permission_sets(["View"]));
        portal.assign(AssignedAccount::new("555566667777", "New"));
        assert!(portal.unassign("222233334444") && !portal.unassign("222233334444"));
        let accounts = get(&sandbox, ACCOUNTS, &ann).body;
        assert_eq!(ids(&accounts), ["111122223333", "333344445555", "555566667777"]);
        assert_eq!(accounts["accountList"][0]["accountName"], "Renamed");
        assert_eq!(get(&sandbox, ADMIN, &ann).status, 403);
    }

    #[test]
    fn a_portal_can_be_made_to_fail_and_mended() {
        let sandbox = Sandbox::start(world_with_portal());
        let portal = sandbox.portal(START_URL);
        let ann = portal.sign_in("ann").access_token;
        let account_id = "111122223333".to_owned();
        portal.fail(PortalFault::Account {
            account_id: account_id.clone(),
            status: 500,
            code: "InternalServerException",
        });
        assert_eq!(get(&sandbox, ROLES, &ann).error(), (500, "InternalServerException"));
        assert_eq!(get(&sandbox, "/assignment/roles?account_id=222233334444", &ann).status, 200);
        portal.mend();
        portal.fail(PortalFault::BadJson { account_id });
        let bad = get(&sandbox, ROLES, &ann);
        assert_eq!((bad.status, &bad.body), (200, &Value::Null));
        portal.mend();
        portal.fail(PortalFault::Duplicates);
        assert_eq!(ids(&get(&sandbox, ACCOUNTS, &ann).body).len(), 6);
        portal.fail(PortalFault::EndlessPages);
        let page = get(&sandbox, ACCOUNTS, &ann).body;
        let next = format!("{ACCOUNTS}?next_token={}", page["nextToken"].as_str().unwrap());
        assert_eq!(get(&sandbox, &next, &ann).body, page);
        portal.mend();
        assert_eq!(get(&sandbox, ROLES, &ann).body["roleList"].as_array().unwrap().len(), 2);
        for (fault, status) in
            [(hatrack_sandbox::Fault::Throttle, 429), (hatrack_sandbox::Fault::BadJson, 200)]
        {
            sandbox.fail_next(fault);
            assert_eq!(get(&sandbox, ACCOUNTS, &ann).status, status);
        }
        sandbox.fail_next(hatrack_sandbox::Fault::BadJson);
        assert_eq!(get(&sandbox, ACCOUNTS, &ann).body, Value::Null);
    }

    #[test]
    fn an_account_that_hangs_hangs_alone() {
        let sandbox = Sandbox::start(world_with_portal());
        let portal = sandbox.portal(START_URL);
        let ann = portal.sign_in("ann").access_token;
        portal.fail(PortalFault::Hang { account_id: "111122223333".to_owned() });
        std::thread::scope(|scope| {
            let hanging = scope.spawn(|| {
                let headers = [("x-amz-sso_bearer_token".to_owned(), ann.clone())];
                crate::support::exchange(&sandbox, &format!("GET {ROLES} HTTP/1.1"), &headers, b"")
            });
            while portal.counts().is_empty() {
                std::thread::yield_now();
            }
            assert_eq!(get(&sandbox, ACCOUNTS, &ann).status, 200);
            assert!(!hanging.is_finished());
            portal.mend();
            assert!(hanging.join().unwrap().starts_with(b"HTTP/1.1 200"));
        });
    }

    #[test]
    fn names_are_told_as_they_are() {
        let organisation = Organisation::hostile(START_URL, "eu-west-1");
        let names: Vec<_> = organisation.accounts.iter().map(|account| account.name.clone()).collect();
        let sandbox = Sandbox::start(World::default().organisation(organisation));
        let ann = sandbox.portal(START_URL).sign_in("ann").access_token;
        let accounts = get(&sandbox, ACCOUNTS, &ann).body;
        let told: Vec<_> = accounts["accountList"]
            .as_array()
            .unwrap()
            .iter()
            .map(|account| account["accountName"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(told, names);
    }

    #[test]
    fn the_log_has_the_calls_and_no_token() {
        let sandbox = Sandbox::start(world_with_portal());
        let signed_in = sandbox.portal(START_URL).sign_in("ann");
        get(&sandbox, ADMIN, &signed_in.access_token);
        let calls = sandbox.requests();
        assert_eq!(calls[0].action, "GetRoleCredentials");
        assert_eq!(calls[0].params["role_name"], "Admin");
        let printed = format!("{sandbox:?} {calls:?} {signed_in:?}");
        for secret in [&signed_in.access_token, &signed_in.refresh_token, &signed_in.client_secret] {
            assert!(!printed.contains(secret.as_str()));
        }
    }
}
