use super::*;

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

fn listed(id: &str, name: &str) -> Listed {
    Listed { id: id.to_owned(), name: name.to_owned(), email: format!("{name}@example.com") }
}

fn directory() -> Directory {
    let mut directory = Directory::new("https://acme.example/start".to_owned());
    directory.set_accounts([listed("222222222222", "dev"), listed("111111111111", "prod")]);
    directory.set_roles("111111111111", ["ReadOnly", "Admin", "ReadOnly"], at(0));
    directory.set_roles("222222222222", ["Admin"], at(1));
    directory
}

#[test]
fn accounts_stand_by_id_and_roles_by_name_each_once() {
    let directory = directory();
    let all: Vec<(&str, Vec<&str>)> = directory
        .accounts()
        .iter()
        .map(|account| (account.id.as_str(), directory.roles(account).collect()))
        .collect();
    assert_eq!(all, [("111111111111", vec!["Admin", "ReadOnly"]), ("222222222222", vec!["Admin"])]);
    assert_eq!((directory.len(), directory.role_names.len()), (3, 2));
    assert!(
        directory.has_role("111111111111", "ReadOnly") && !directory.has_role("222222222222", "ReadOnly")
    );
}

#[test]
fn a_renamed_account_keeps_its_roles_and_one_that_is_gone_takes_them_along() {
    let before = directory();
    let mut after = before.clone();
    after.set_accounts([listed("111111111111", "production")]);
    let account = after.account("111111111111").unwrap();
    assert_eq!((account.name.as_str(), after.roles(account).len()), ("production", 2));
    assert_eq!(after.since(&before).lost, [("222222222222".to_owned(), "Admin".to_owned())]);
    assert_eq!(after.since(&before).gained, []);
}

#[test]
fn an_account_that_is_told_twice_keeps_its_roles() {
    let mut directory = directory();
    directory.set_accounts(["prod", "again"].map(|name| listed("111111111111", name)));
    let account = directory.account("111111111111").unwrap();
    assert_eq!((account.name.as_str(), directory.roles(account).len()), ("prod", 2));
}

#[test]
fn a_first_listing_gains_nothing_and_a_later_one_tells_what_came_and_went() {
    let nothing = Directory::default();
    let mut first = directory();
    first.complete = Some(at(1));
    assert_eq!(first.since(&nothing), Change::default());
    let mut later = first.clone();
    later.set_accounts(["111111111111", "222222222222", "333333333333"].map(|id| listed(id, "x")));
    later.set_roles("333333333333", ["Audit"], at(2));
    later.set_roles("111111111111", ["Admin", "Billing"], at(2));
    let pair = |id: &str, role: &str| (id.to_owned(), role.to_owned());
    let change = later.since(&first);
    assert_eq!(change.gained, [pair("111111111111", "Billing"), pair("333333333333", "Audit")]);
    assert_eq!(change.lost, [pair("111111111111", "ReadOnly")]);
}

#[test]
fn what_failed_what_is_used_and_what_is_old_is_due_in_that_order() {
    let mut directory = directory();
    directory.set_accounts(
        ["111111111111", "222222222222", "333333333333", "444444444444"].map(|id| listed(id, "x")),
    );
    directory.set_roles("333333333333", [], at(20));
    directory.set_failure("333333333333", "Refused.".to_owned());
    let due = |now: i64, used: &str| {
        let (age, used_age) = (SignedDuration::from_hours(24), SignedDuration::from_hours(1));
        directory.due(at(now), age, used_age, |id| id == used)
    };
    assert_eq!(due(1, ""), ["444444444444", "333333333333"]);
    assert_eq!(due(2, "222222222222"), ["444444444444", "333333333333", "222222222222"]);
    assert_eq!(due(30, "222222222222"), ["444444444444", "333333333333", "222222222222", "111111111111"]);
    assert_eq!(
        directory.account("333333333333").map(|account| account.failure.as_deref()),
        Some(Some("Refused."))
    );
}

#[test]
fn a_file_that_somebody_changed_is_brought_into_order() {
    let text = r#"{"organisation":"o","role_names":["B","A"],"accounts":[
        {"id":"2","roles":[0,7,1,0]},{"id":"1","roles":[0]},{"id":"2","roles":[]}]}"#;
    let directory = serde_json::from_str::<Directory>(text).unwrap().repaired();
    let all: Vec<(&str, Vec<&str>)> = directory
        .accounts()
        .iter()
        .map(|account| (account.id.as_str(), directory.roles(account).collect()))
        .collect();
    assert_eq!(all, [("1", vec!["B"]), ("2", vec!["A", "B"])]);
}
