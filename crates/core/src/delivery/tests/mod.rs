//! Writing, erasing, and knowing one's own.

mod adoption;
mod laws;
mod oracles;
mod refusals;

use super::*;

const ROLE: &str = "profile:prod admin=1";

struct Wish {
    profile: OutputProfile,
    role_id: RoleId,
    region: Option<String>,
    serial: u32,
}

fn wish(profile: &str) -> Wish {
    Wish {
        profile: OutputProfile::parse(profile).unwrap(),
        role_id: RoleId(ROLE.into()),
        region: None,
        serial: 1,
    }
}

fn entry() -> EntryId {
    EntryId::parse("0123456789abcdef").unwrap()
}

impl Wish {
    fn region(mut self, region: &str) -> Self {
        self.region = Some(region.into());
        self
    }

    fn serial(mut self, serial: u32) -> Self {
        self.serial = serial;
        self
    }

    fn values(&self) -> (String, String, String) {
        let n = self.serial;
        (format!("ASIA{n:016}"), format!("secret/{n}+x=="), format!("token//{n}=="))
    }

    fn write(
        &self,
        credentials: &[u8],
        config: &[u8],
        adopt: bool,
        record: Option<&Adopted>,
    ) -> Result<Edit, Refusal> {
        let (id, secret, token) = self.values();
        let delivery = Delivery {
            profile: &self.profile,
            access_key_id: &id,
            secret_access_key: &secret,
            session_token: &token,
            region: self.region.as_deref(),
            role_id: &self.role_id,
            expiration: "2026-11-23T20:42:25Z".parse().unwrap(),
        };
        write(Shared { credentials, config }, &delivery, Consent { adopt, entry: &entry(), record })
    }

    fn put(&self, text: &[u8]) -> String {
        String::from_utf8(self.write(text, b"", false, None).unwrap().text.to_vec()).unwrap()
    }

    fn lines(&self) -> String {
        let (id, secret, token) = self.values();
        format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\naws_session_token = {token}\n")
    }
}

impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Edit")
    }
}

fn erased(text: &[u8], profile: &str, record: Option<&Adopted>) -> Vec<u8> {
    match erase(text, &OutputProfile::parse(profile).unwrap(), record) {
        Erased::Gone { text, .. } => text.to_vec(),
        Erased::NotThere => panic!("nothing of ours in it"),
    }
}

/// A reader that has nothing in common with ours: sections, and `key = value` at the margin.
fn read(text: &[u8]) -> Vec<(String, Vec<(String, String)>)> {
    let mut sections: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for line in String::from_utf8_lossy(text).replace("\r\n", "\n").replace('\r', "\n").split('\n') {
        if let Some(name) = line.strip_prefix('[') {
            sections.push((name.trim_end_matches(']').to_owned(), Vec::new()));
        } else if let (Some((key, value)), Some(last), false) =
            (line.split_once('='), sections.last_mut(), line.starts_with(['#', ';', ' ', '\t']))
        {
            last.1.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    sections
}

#[test]
fn a_first_delivery_is_a_section_with_its_mark() {
    let text = wish("default").region("eu-central-1").put(b"");
    let (lines, region) = (wish("default").lines(), "region = eu-central-1\n");
    let mark = text.lines().nth(1).unwrap();
    assert!(
        mark.starts_with(
            "# managed by Hatrack as default: role profile:prod%20admin%3D1 expires 2026-11-23T20:42:25Z gap 0 sums "
        ),
        "{mark}"
    );
    assert!(!mark.contains(['=', ';']) && mark.is_ascii(), "{mark}");
    assert_eq!(text, format!("[default]\n{mark}\n{lines}{region}"));
}

#[test]
fn a_second_delivery_of_the_same_gives_the_same_bytes() {
    let first = wish("p").region("us-east-1").put(b"[a]\nx=1");
    assert_eq!(wish("p").region("us-east-1").put(first.as_bytes()), first);
}

#[test]
fn the_files_line_ending_is_kept() {
    let text = wish("p").put(b"[a]\r\nx = 1\r\n");
    assert_eq!(text.matches("\r\n").count(), text.matches('\n').count());
    assert_eq!(erased(text.as_bytes(), "p", None), b"[a]\r\nx = 1\r\n");
}

#[test]
fn what_others_put_into_our_section_stays() {
    let text = wish("p").put(b"[a]\n") + "output = json\n# a note\n[b]\ny = 2\n";
    let again = wish("p").serial(2).region("us-east-1").put(text.as_bytes());
    let (_, keys) = read(again.as_bytes()).swap_remove(1);
    assert_eq!(keys.last(), Some(&("output".into(), "json".into())));
    assert_eq!(
        String::from_utf8(erased(again.as_bytes(), "p", None)).unwrap(),
        "[a]\n\n[p]\noutput = json\n# a note\n[b]\ny = 2\n"
    );
}

#[test]
fn a_region_that_is_ours_goes_and_one_of_others_stays() {
    let ours = wish("p").region("us-east-1").put(b"");
    assert!(!wish("p").put(ours.as_bytes()).contains("region ="));
    let theirs = ours.replace("us-east-1", "eu-west-1");
    let again = wish("p").region("us-east-1").put(theirs.as_bytes());
    assert_eq!(again.matches("region = ").count(), 1);
    assert!(again.contains("region = eu-west-1"));
    assert_eq!(erased(again.as_bytes(), "p", None), b"[p]\nregion = eu-west-1\n");
}

#[test]
fn an_erased_section_leaves_the_sections_around_it_whole() {
    let text = wish("p").put(b"[a]\nx = 1");
    let more = text.clone() + "[b]\ny = 2\n";
    assert_eq!(erased(more.as_bytes(), "p", None), b"[a]\nx = 1\n[b]\ny = 2\n");
    let more = text + "\n# about b\n[b]\ny = 2\n";
    assert_eq!(erased(more.as_bytes(), "p", None), b"[a]\nx = 1\n\n# about b\n[b]\ny = 2\n");
    let closed_up = wish("p").put(b"[a]\nx = 1\n").replace("\n\n", "\n");
    assert_eq!(erased(closed_up.as_bytes(), "p", None), b"[a]\nx = 1\n");
}

#[test]
fn keys_that_somebody_else_put_into_our_section_are_never_lost() {
    let (id, _, token) = wish("p").values();
    let text = wish("p").put(b"").replace(&id, "AKIAUSER").replace("secret/1+x==", "theirs");
    assert!(matches!(
        wish("p").serial(2).write(text.as_bytes(), b"", false, None),
        Err(Refusal::Changed { .. })
    ));
    let left = String::from_utf8(erased(text.as_bytes(), "p", None)).unwrap();
    assert_eq!(left, "[p]\naws_access_key_id = AKIAUSER\naws_secret_access_key = theirs\n");
    assert!(!left.contains(&token));
    assert!(!owned(text.as_bytes())[0].intact);

    let edit = wish("p").serial(2).write(text.as_bytes(), b"", true, None).unwrap();
    assert_eq!(erased(&edit.text, "p", edit.adopted.as_ref()), left.as_bytes());
}

#[test]
fn our_sections_are_known_again_without_any_other_memory() {
    let text = wish("b").put(wish("a").put(b"[x]\ny = 1\n").as_bytes());
    let adopted = wish("x").write(text.as_bytes(), b"", true, None).unwrap().text;
    let found = owned(&adopted);
    let names: Vec<_> = found.iter().map(|owned| (owned.profile.as_str(), owned.adopted.is_some())).collect();
    assert_eq!(names, [("x", true), ("a", false), ("b", false)]);
    assert!(found.iter().all(|owned| owned.role_id.0 == ROLE && owned.intact));
    assert!(found.iter().all(|owned| owned.expiration.to_string() == "2026-11-23T20:42:25Z"));
}

#[test]
fn a_copy_of_our_section_under_another_name_is_theirs() {
    let text = wish("p").put(b"").replace("[p]", "[q]");
    assert_eq!(owned(text.as_bytes()), []);
    assert!(matches!(wish("q").write(text.as_bytes(), b"", false, None), Err(Refusal::Exists { .. })));
    assert!(matches!(erase(text.as_bytes(), &wish("q").profile, None), Erased::NotThere));
}

#[test]
fn the_first_run_takes_default_if_nobody_uses_it() {
    let choose = |credentials: &[u8], config: &[u8]| default_profile(credentials, config).to_string();
    assert_eq!(choose(b"", b""), "default");
    assert_eq!(choose(b"", b"[default]\nregion = x\noutput = json\n"), "default");
    assert_eq!(choose(wish("default").put(b"").as_bytes(), b""), "default");
    assert_eq!(choose(b"[default]\n", b""), "hatrack");
    for key in ["role_arn", "sso_session", "credential_process", "login_session", "aws_access_key_id"] {
        assert_eq!(choose(b"", format!("[default]\n{key} = x\n").as_bytes()), "hatrack", "{key}");
    }
    assert_eq!(choose(b"[default]\n[hatrack]\n", b"[profile hatrack-2]\nrole_arn = x\n"), "hatrack-3");
}
