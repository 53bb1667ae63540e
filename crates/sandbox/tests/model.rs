//! Requests and answers held against botocore's service model of STS.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use crate::support::{
        ALICE_KEY, Answer, Element, SAML_PROVIDER, SamlResponses, Signer, VERSION, call, role,
        when_saml_responses_were_made, world,
    };
    use flate2::read::GzDecoder;
    use hatrack_sandbox::Sandbox;
    use serde_json::Value;
    use std::collections::BTreeMap;

    const ACTIONS: [&str; 9] = [
        "AssumeRole",
        "AssumeRoleWithSAML",
        "AssumeRoot",
        "GetAccessKeyInfo",
        "GetCallerIdentity",
        "GetDelegatedAccessToken",
        "GetFederationToken",
        "GetSessionToken",
        "GetWebIdentityToken",
    ];

    /// A sandbox that takes the parameters of `good`.
    fn sandbox() -> Sandbox {
        when_saml_responses_were_made(Sandbox::start(world()))
    }

    type Form = BTreeMap<String, String>;

    fn model() -> Value {
        let packed = include_bytes!("oracles/sts.service-2.json.gz");
        serde_json::from_reader(GzDecoder::new(packed.as_slice())).unwrap()
    }

    /// A request that is let through.
    fn good(action: &str) -> Form {
        let (arn, tags) = (role("team/Plain"), [("Tags.member.1.Key", "a"), ("Tags.member.1.Value", "b")]);
        let (saml, federated) = (SamlResponses::read(), role("Federated"));
        let params: Vec<(&str, &str)> = match action {
            "AssumeRole" => {
                [("RoleArn", arn.as_str()), ("RoleSessionName", "me")].into_iter().chain(tags).collect()
            }
            "AssumeRoleWithSAML" => vec![
                ("RoleArn", federated.as_str()),
                ("PrincipalArn", SAML_PROVIDER),
                ("SAMLAssertion", saml.responses["samlp"].as_str()),
            ],
            "AssumeRoot" => vec![
                ("TargetPrincipal", "444455556666"),
                ("TaskPolicyArn.arn", "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"),
            ],
            "GetFederationToken" => [("Name", "me")].into_iter().chain(tags).collect(),
            "GetWebIdentityToken" => [("Audience.member.1", "them"), ("SigningAlgorithm", "ES384")]
                .into_iter()
                .chain(tags)
                .collect(),
            "GetDelegatedAccessToken" => vec![("TradeInToken", "trade-me-in")],
            "GetAccessKeyInfo" => vec![("AccessKeyId", ALICE_KEY)],
            _ => Vec::new(),
        };
        params.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn send(sandbox: &Sandbox, action: &str, form: &Form) -> Answer {
        let mut text = format!("Action={action}&{VERSION}");
        for (name, value) in form {
            text.extend(["&", name, "=", &escape(value)]);
        }
        call(sandbox, &Signer::alice(sandbox), &text)
    }

    fn escape(text: &str) -> String {
        text.bytes().map(|byte| format!("%{byte:02X}")).collect()
    }

    #[test]
    fn every_answer_has_the_shape_that_the_model_says() {
        let (model, sandbox) = (model(), sandbox());
        for action in ACTIONS {
            let answer = send(&sandbox, action, &good(action));
            assert_eq!(answer.status, 200, "{}", answer.body);
            let root = Element::parse(&answer.body);
            assert_eq!(root.name, format!("{action}Response"));
            assert_eq!(root.namespace.as_deref(), model["metadata"]["xmlNamespace"].as_str());
            let output = &model["operations"][action]["output"];
            let result = root.child(output["resultWrapper"].as_str().unwrap()).unwrap();
            fits(&model, output["shape"].as_str().unwrap(), result);
            assert!(root.find("RequestId").is_some_and(|id| id.text.len() == 36));
        }
    }

    /// Every element is a member of its shape and has its kind and limits; what is required is there.
    fn fits(model: &Value, name: &str, element: &Element) {
        let shape = &model["shapes"][name];
        let text = &element.text;
        match shape["type"].as_str().unwrap() {
            "structure" => {
                for child in &element.children {
                    let member = &shape["members"][&child.name]["shape"];
                    fits(model, member.as_str().unwrap_or_else(|| panic!("{} in {name}", child.name)), child);
                }
                for required in shape["required"].as_array().into_iter().flatten() {
                    assert!(element.child(required.as_str().unwrap()).is_some(), "{required} in {name}");
                }
                assert!(!element.children.is_empty(), "{name}");
            }
            "string" => {
                let length = text.chars().count() as u64;
                assert!(length >= shape["min"].as_u64().unwrap_or(1), "{name}: {text}");
                assert!(length <= shape["max"].as_u64().unwrap_or(u64::MAX), "{name}: {text}");
            }
            "integer" => assert!(text.parse::<u64>().is_ok(), "{name}: {text}"),
            "timestamp" => {
                assert!(text.parse::<jiff::Timestamp>().is_ok() && text.len() == 20, "{name}: {text}");
            }
            other => panic!("{other}"),
        }
    }

    #[test]
    fn every_limit_of_the_model_is_held() {
        let (model, sandbox) = (model(), sandbox());
        let mut held = 0;
        for action in ACTIONS {
            let shape = model["operations"][action]["input"]["shape"].as_str().unwrap();
            for (values, member, constraint) in violations(&model, shape) {
                let mut form = good(action);
                for (name, value) in values {
                    match value {
                        Some(value) => form.insert(name, value),
                        // A structure goes with its fields.
                        None => {
                            let field = format!("{name}.");
                            form.retain(|it, _| *it != name && !it.starts_with(&field));
                            None
                        }
                    };
                }
                let answer = send(&sandbox, action, &form);
                let (code, message) = answer.error();
                let what = format!("{action} {member} {constraint}: {message}");
                assert_eq!((answer.status, code.as_str()), (400, "ValidationError"), "{what}");
                assert!(message.contains("validation error"), "{what}");
                assert!(
                    message.contains(&format!(" at '{member}' failed to satisfy constraint: ")),
                    "{what}"
                );
                assert!(message.contains(&constraint), "{what}");
                held += 1;
            }
        }
        assert!(held > 50, "{held}");
    }

    /// Parameters to set or to leave out, the member that AWS names, and the constraint in its words.
    type Violation = (Vec<(String, Option<String>)>, String, String);

    fn violations(model: &Value, input: &str) -> Vec<Violation> {
        let shape = &model["shapes"][input];
        let mut all = Vec::new();
        for required in shape["required"].as_array().into_iter().flatten() {
            let name = required.as_str().unwrap();
            all.push((vec![(name.to_owned(), None)], lower(name), "Member must not be null".to_owned()));
        }
        for (name, member) in shape["members"].as_object().unwrap() {
            let shape = &model["shapes"][member["shape"].as_str().unwrap()];
            if shape["type"] != "list" {
                all.extend(
                    broken(shape)
                        .map(|(value, words)| (vec![(name.clone(), Some(value))], lower(name), words)),
                );
                continue;
            }
            let item = &model["shapes"][shape["member"]["shape"].as_str().unwrap()];
            if let Some(max) = shape["max"].as_u64() {
                let words = format!("Member must have length less than or equal to {max}");
                all.push((members(name, item, max + 1), lower(name), words));
            }
            if item["type"] != "structure" {
                let one = format!("{name}.member.1");
                all.extend(
                    broken(item).map(|(value, words)| (vec![(one.clone(), Some(value))], lower(name), words)),
                );
                continue;
            }
            for (field, of) in item["members"].as_object().unwrap() {
                let of = &model["shapes"][of["shape"].as_str().unwrap()];
                let one = format!("{name}.member.1.{field}");
                let path = format!("{}.1.member.{}", lower(name), lower(field));
                all.extend(
                    broken(of).map(|(value, words)| (vec![(one.clone(), Some(value))], path.clone(), words)),
                );
                if item["required"].as_array().is_some_and(|it| it.contains(&Value::from(field.as_str()))) {
                    all.push((vec![(one, None)], path, "Member must not be null".to_owned()));
                }
            }
        }
        all
    }

    /// So many members of a list, each with all its fields.
    fn members(list: &str, item: &Value, count: u64) -> Vec<(String, Option<String>)> {
        let fields = item["members"].as_object().map(|it| it.keys().map(|key| format!(".{key}")).collect());
        let fields: Vec<String> = fields.unwrap_or_else(|| vec![String::new()]);
        let value = |at: u64, field: &str| {
            if field.is_empty() || field == ".Key" { format!("key{at}") } else { role("aaaa") }
        };
        (1..=count)
            .flat_map(|at| {
                fields.iter().map(move |field| (format!("{list}.member.{at}{field}"), Some(value(at, field))))
            })
            .collect()
    }

    /// Values that a shape refuses, and why.
    fn broken(shape: &Value) -> impl Iterator<Item = (String, String)> {
        let (min, max) = (shape["min"].as_u64(), shape["max"].as_u64());
        let mut all = Vec::new();
        if shape["type"] == "integer" {
            all.extend(
                min.map(|min| (i64::try_from(min).unwrap() - 1).to_string())
                    .zip(min.map(|min| format!("Member must have value greater than or equal to {min}"))),
            );
            all.extend(max.map(|max| {
                ((max + 1).to_string(), format!("Member must have value less than or equal to {max}"))
            }));
            return all.into_iter();
        }
        let pattern = shape["pattern"].as_str();
        let letter = if pattern == Some("[\\d]*") { "1" } else { "a" };
        let letters = |count: u64| letter.repeat(usize::try_from(count).unwrap());
        if let Some(min) = min.filter(|min| *min > 0) {
            all.push((letters(min - 1), format!("Member must have length greater than or equal to {min}")));
        }
        if let Some(max) = max {
            all.push((letters(max + 1), format!("Member must have length less than or equal to {max}")));
        }
        if let Some(pattern) = pattern {
            // A letter of another script, where the pattern knows letters of all: something that is none.
            let foreign =
                if pattern.contains("\\p{L}") || pattern.contains("\\u0020") { "\u{1}" } else { "ж" };
            let value = letters(min.unwrap_or(2).max(2) - 1) + foreign;
            all.push((value, format!("Member must satisfy regular expression pattern: {pattern}")));
        }
        all.into_iter()
    }

    /// The member's name as AWS's messages spell it.
    fn lower(name: &str) -> String {
        name[..1].to_lowercase() + &name[1..]
    }

    #[test]
    fn the_packed_size_is_told_where_something_was_packed() {
        let sandbox = sandbox();
        let tagged = send(&sandbox, "AssumeRole", &good("AssumeRole"));
        assert!((1..=100).contains(&tagged.text("PackedPolicySize").parse::<u32>().unwrap()));
        let mut form = good("AssumeRole");
        form.retain(|name, _| name.starts_with("Role"));
        form.insert("MinimumSessionTokenSize".to_owned(), "4096".to_owned());
        let bare = send(&sandbox, "AssumeRole", &form);
        assert!(Element::parse(&bare.body).find("PackedPolicySize").is_none());
        assert_eq!(bare.text("SessionTokenSize"), "4096");
        assert_eq!(bare.text("SessionToken").len(), 4096);
    }

    #[test]
    fn every_error_is_one_that_the_model_or_its_common_errors_know() {
        let (model, sandbox) = (model(), sandbox());
        let mut form = good("AssumeRole");
        form.insert("Policy".to_owned(), "{".to_owned());
        let malformed = send(&sandbox, "AssumeRole", &form);
        form.insert(
            "Policy".to_owned(),
            format!(
                "{{\"Statement\":{{\"Effect\":\"Allow\",\"Action\":\"{}\",\"Resource\":\"*\"}}}}",
                "x".repeat(2048)
            ),
        );
        let packed = send(&sandbox, "AssumeRole", &form);
        for (answer, shape) in
            [(malformed, "MalformedPolicyDocumentException"), (packed, "PackedPolicyTooLargeException")]
        {
            let error = &model["shapes"][shape]["error"];
            assert_eq!(Some(answer.error().0.as_str()), error["code"].as_str());
            assert_eq!(Some(u64::from(answer.status)), error["httpStatusCode"].as_u64());
            assert_eq!(answer.text("Type"), "Sender");
        }
    }
}
