//! Requests and answers held against botocore's service models of `sso` and `sso-oidc`.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use crate::support::portal::{
        Callback, Client, START_URL, Told, VERIFIER, browse, field, get, logout, post, registration,
        world_with_portal,
    };
    use flate2::read::GzDecoder;
    use hatrack_sandbox::{Choice, Sandbox};
    use serde_json::{Value, json};

    fn sso() -> Value {
        read(include_bytes!("oracles/sso.service-2.json.gz"))
    }

    fn sso_oidc() -> Value {
        read(include_bytes!("oracles/sso-oidc.service-2.json.gz"))
    }

    fn read(packed: &[u8]) -> Value {
        serde_json::from_reader(GzDecoder::new(packed)).unwrap()
    }

    /// Every field is a member of its shape and of its kind, and nothing is empty.
    fn fits(model: &Value, name: &str, told: &Value) {
        let shape = &model["shapes"][name];
        match shape["type"].as_str().unwrap() {
            "structure" => {
                let fields = told.as_object().unwrap_or_else(|| panic!("{name}: {told}"));
                for (field, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                    let member = shape["members"][field]["shape"].as_str();
                    fits(model, member.unwrap_or_else(|| panic!("{field} in {name}")), value);
                }
                assert!(!fields.is_empty(), "{name}");
            }
            "list" => {
                let item = shape["member"]["shape"].as_str().unwrap();
                told.as_array()
                    .unwrap_or_else(|| panic!("{name}: {told}"))
                    .iter()
                    .for_each(|it| fits(model, item, it));
            }
            "string" => {
                let length = told.as_str().unwrap_or_else(|| panic!("{name}: {told}")).chars().count() as u64;
                let (min, max) =
                    (shape["min"].as_u64().unwrap_or(0), shape["max"].as_u64().unwrap_or(u64::MAX));
                assert!((min..=max).contains(&length), "{name}: {told}");
            }
            "integer" | "long" => assert!(told.is_i64(), "{name}: {told}"),
            other => panic!("{other}"),
        }
    }

    /// An answer has the output's shape; a refusal is one of the operation's, with its status.
    fn check(model: &Value, operation: &str, told: &Told) {
        let it = &model["operations"][operation];
        if told.status == 200 {
            match it["output"]["shape"].as_str() {
                Some(output) => fits(model, output, &told.body),
                None => assert_eq!(told.body, Value::Null),
            }
            return;
        }
        let (status, name) = told.error();
        let known = it["errors"].as_array().unwrap().iter().any(|error| error["shape"] == name);
        assert!(known, "{operation} may not answer {name}");
        assert_eq!(model["shapes"][name]["error"]["httpStatusCode"], status, "{name}");
        let mut body = told.body.clone();
        // Where the protocol has it too.
        body.as_object_mut().unwrap().remove("__type");
        fits(model, name, &body);
    }

    #[test]
    fn the_portal_answers_as_its_model_says() {
        let (model, sandbox) = (sso(), Sandbox::start(world_with_portal()));
        let ann = sandbox.portal(START_URL).sign_in("ann").access_token;
        let place = |operation: &str| {
            let http = &model["operations"][operation]["http"];
            (http["method"].as_str().unwrap().to_owned(), http["requestUri"].as_str().unwrap().to_owned())
        };
        for (operation, good) in [
            ("ListAccounts", &[("max_result", "2")][..]),
            ("ListAccountRoles", &[("max_result", "1"), ("account_id", "111122223333")]),
            ("GetRoleCredentials", &[("account_id", "111122223333"), ("role_name", "Admin")]),
        ] {
            let (method, path) = place(operation);
            assert_eq!(method, "GET");
            let ask = |params: &[(&str, &str)], token: &str| {
                let query: Vec<_> = params.iter().map(|(name, value)| format!("{name}={value}")).collect();
                let told = get(&sandbox, &format!("{path}?{}", query.join("&")), token);
                check(&model, operation, &told);
                told.status
            };
            assert_eq!(ask(good, &ann), 200);
            assert_eq!(ask(good, "nonsense"), 401);
            let shape = &model["shapes"][model["operations"][operation]["input"]["shape"].as_str().unwrap()];
            for (member, it) in shape["members"].as_object().unwrap() {
                if it["location"] != "querystring" {
                    continue;
                }
                let name = it["locationName"].as_str().unwrap();
                let others: Vec<_> = good.iter().copied().filter(|(other, _)| *other != name).collect();
                let required = shape["required"].as_array().unwrap().contains(&json!(member));
                assert_eq!(
                    ask(&others, &ann),
                    if required { 400 } else { 200 },
                    "{operation} without {member}"
                );
                let limits = &model["shapes"][it["shape"].as_str().unwrap()];
                for bad in
                    [limits["max"].as_i64().map(|max| max + 1), limits["min"].as_i64().map(|min| min - 1)]
                {
                    let Some(bad) = bad.map(|bad| bad.to_string()) else { continue };
                    let with: Vec<_> = others.iter().copied().chain([(name, bad.as_str())]).collect();
                    assert_eq!(ask(&with, &ann), 400, "{operation} with {member} {bad}");
                }
            }
        }
        sandbox.portal(START_URL).set_pace(0.001, 1);
        assert_eq!(get(&sandbox, &place("ListAccounts").1, &ann).status, 200);
        for operation in ["ListAccounts", "ListAccountRoles", "GetRoleCredentials"] {
            let throttled = get(&sandbox, &place(operation).1, &ann);
            assert_eq!(throttled.status, 429);
            check(&model, operation, &throttled);
        }
        sandbox.portal(START_URL).set_pace(20.0, 20);
        assert_eq!(place("Logout"), ("POST".to_owned(), "/logout".to_owned()));
        for status in [200, 401] {
            let told = logout(&sandbox, &ann);
            assert_eq!(told.status, status);
            check(&model, "Logout", &told);
        }
    }

    #[test]
    fn sign_in_answers_as_its_model_says() {
        let (model, sandbox) = (sso_oidc(), Sandbox::start(world_with_portal()));
        let client = Client::register(&sandbox, &registration());
        let plain = Client::register(&sandbox, &json!({ "clientName": "cli", "clientType": "public" }));
        let callback = Callback::listen();
        let code = || {
            let (_, query) = browse(&client, &callback, Choice::Allow);
            field(&query, "code").unwrap().to_owned()
        };
        let token = |client: &Client<'_>, grant: &str| json!({ "clientId": client.id, "clientSecret": client.secret, "grantType": grant });
        let mut by_code = token(&client, "authorization_code");
        by_code["code"] = json!(code());
        by_code["redirectUri"] = json!(callback.redirect());
        by_code["codeVerifier"] = json!(VERIFIER);
        let device = json!({
            "clientId": plain.id, "clientSecret": plain.secret, "startUrl": START_URL,
        });
        for (operation, good) in [
            ("RegisterClient", registration()),
            ("StartDeviceAuthorization", device),
            ("CreateToken", by_code),
        ] {
            let it = &model["operations"][operation];
            assert_eq!(it["http"]["method"], "POST");
            let path = it["http"]["requestUri"].as_str().unwrap();
            let ask = |body: &Value| {
                let told = post(&sandbox, path, body);
                check(&model, operation, &told);
                told.status
            };
            assert_eq!(ask(&good), 200, "{operation}");
            let shape = &model["shapes"][it["input"]["shape"].as_str().unwrap()];
            for member in shape["required"].as_array().unwrap() {
                let mut body = good.clone();
                body.as_object_mut().unwrap().remove(member.as_str().unwrap());
                assert_eq!(ask(&body), 400, "{operation} without {member}");
            }
            assert_eq!(ask(&Value::Null), 400);
        }
        let waiting = plain.begin_device().text("deviceCode").to_owned();
        for (client, fields) in [
            (&plain, json!({ "grantType": "refresh_token", "refreshToken": "x" })),
            (&plain, json!({ "grantType": "password" })),
            (&client, json!({ "grantType": "password" })),
            (&plain, json!({ "grantType": crate::support::portal::DEVICE_CODE, "deviceCode": waiting })),
        ] {
            let told = client.token(&fields);
            assert_eq!(told.status, 400, "{told:?}");
            check(&model, "CreateToken", &told);
        }
    }
}
