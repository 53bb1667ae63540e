//! A small organisation, and a client of it that says what it is told and reads what comes.

use crate::support::{Answer, Signer, VERSION, call, send, world};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hatrack_sandbox::{Account, AssignedAccount, Choice, Organisation, Role, Sandbox, Visit, World};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpListener;

pub(crate) const START_URL: &str = "https://acme.awsapps.com/start";
pub(crate) const REDIRECT: &str = "http://127.0.0.1/oauth/callback";
pub(crate) const VERIFIER: &str = "a-verifier-of-at-least-forty-three-letters-0";
pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Three accounts; `ann` sees all of them, `bob` the first one.
pub(crate) fn organisation() -> Organisation {
    Organisation::new(START_URL, "eu-central-1")
        .person("ann")
        .person_with_accounts("bob", &["111122223333"])
        .account(
            AssignedAccount::new("111122223333", "One")
                .email("one@acme.example")
                .permission_sets(["Admin", "View"]),
        )
        .account(
            AssignedAccount::new("222233334444", "Two").email("two@acme.example").permission_sets(["View"]),
        )
        .account(AssignedAccount::new("333344445555", "").permission_sets(["Admin"]))
        .device_interval(1)
}

/// The organisation beside what STS needs; the role `Further` trusts the first account's `Admin`.
pub(crate) fn world_with_portal() -> World {
    let further = Role::new("Further").trusts(organisation().role_arn("111122223333", "Admin"));
    world().organisation(organisation()).account(Account::new("999988887777", "further").role(further))
}

/// An answer in JSON.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Told {
    fn of(answer: Answer) -> Self {
        let body = serde_json::from_str(&answer.body).unwrap_or(Value::Null);
        Self { status: answer.status, head: answer.head, body }
    }

    /// The status, and the error's name in the header.
    pub(crate) fn error(&self) -> (u16, &str) {
        let name = self.head.lines().find_map(|line| line.strip_prefix("x-amzn-errortype: "));
        (self.status, name.unwrap_or_default())
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_else(|| panic!("{name} in {self:?}"))
    }
}

/// Asks the portal.
pub(crate) fn get(sandbox: &Sandbox, path: &str, token: &str) -> Told {
    with_token(sandbox, &format!("GET {path} HTTP/1.1"), token)
}

/// Signs out.
pub(crate) fn logout(sandbox: &Sandbox, token: &str) -> Told {
    with_token(sandbox, "POST /logout HTTP/1.1", token)
}

fn with_token(sandbox: &Sandbox, line: &str, token: &str) -> Told {
    Told::of(send(sandbox, line, &[("x-amz-sso_bearer_token".to_owned(), token.to_owned())], b""))
}

/// Calls sso-oidc.
pub(crate) fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Told {
    Told::of(send(sandbox, &format!("POST {path} HTTP/1.1"), &[], body.to_string().as_bytes()))
}

/// Who calls STS with these credentials of a role.
pub(crate) fn signer(sandbox: &Sandbox, credentials: &Value) -> Signer {
    let text = |name: &str| credentials["roleCredentials"][name].as_str().unwrap().to_owned();
    Signer {
        key: text("accessKeyId"),
        secret: text("secretAccessKey"),
        token: Some(text("sessionToken")),
        ..Signer::alice(sandbox)
    }
}

/// The ARN that these credentials are known by.
pub(crate) fn arn(sandbox: &Sandbox, credentials: &Value) -> String {
    call(sandbox, &signer(sandbox, credentials), &format!("Action=GetCallerIdentity&{VERSION}")).text("Arn")
}

/// What a client with PKCE registers.
pub(crate) fn registration() -> Value {
    json!({
        "clientName": "a <client>", "clientType": "public", "issuerUrl": START_URL,
        "scopes": ["sso:account:access"], "redirectUris": [REDIRECT],
        "grantTypes": ["authorization_code", "refresh_token"],
    })
}

/// A registered client.
pub(crate) struct Client<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl<'a> Client<'a> {
    pub(crate) fn register(sandbox: &'a Sandbox, registration: &Value) -> Self {
        let told = post(sandbox, "/client/register", registration);
        assert_eq!(told.status, 200, "{told:?}");
        Self { sandbox, id: told.text("clientId").to_owned(), secret: told.text("clientSecret").to_owned() }
    }

    /// Asks for a token with these fields beside its own.
    pub(crate) fn token(&self, fields: &Value) -> Told {
        let mut body = json!({ "clientId": self.id, "clientSecret": self.secret });
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        post(self.sandbox, "/token", &body)
    }

    /// Asks for a token with another one.
    pub(crate) fn refresh(&self, token: &str) -> Told {
        self.token(&json!({ "grantType": "refresh_token", "refreshToken": token }))
    }

    /// Begins a sign-in on a device.
    pub(crate) fn begin_device(&self) -> Told {
        let body = json!({ "clientId": self.id, "clientSecret": self.secret, "startUrl": START_URL });
        post(self.sandbox, "/device_authorization", &body)
    }

    pub(crate) fn device_token(&self, code: &str) -> Told {
        self.token(&json!({ "grantType": DEVICE_CODE, "deviceCode": code }))
    }

    /// The address of the page for this redirect URI.
    pub(crate) fn authorize(&self, redirect: &str) -> String {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
        format!(
            "{}/authorize?response_type=code&client_id={}&redirect_uri={redirect}&state=a-state&\
             code_challenge_method=S256&scopes=sso%3Aaccount%3Aaccess&code_challenge={challenge}",
            self.sandbox.endpoint(),
            self.id
        )
    }
}

/// A client's listener, to which the browser is sent back.
pub(crate) struct Callback(TcpListener);

impl Callback {
    pub(crate) fn listen() -> Self {
        Self(TcpListener::bind(("127.0.0.1", 0)).unwrap())
    }

    pub(crate) fn redirect(&self) -> String {
        format!("http://127.0.0.1:{}/oauth/callback", self.0.local_addr().unwrap().port())
    }

    /// The query that the browser comes back with.
    pub(crate) fn query(&self) -> String {
        let (mut stream, _) = self.0.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        let head = String::from_utf8(head).unwrap();
        let target = head.split(' ').nth(1).unwrap();
        target.strip_prefix("/oauth/callback?").unwrap().to_owned()
    }
}

/// One field of a query without escapes.
pub(crate) fn field<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// Lets somebody choose, and gives what the browser brought back, decoded as far as codes need it.
pub(crate) fn browse(client: &Client<'_>, callback: &Callback, choice: Choice) -> (Visit, String) {
    let visit = client.sandbox.visit(&client.authorize(&callback.redirect()), "ann", choice);
    let query = callback.query().replace("%2F", "/").replace("%2B", "+");
    (visit, query)
}
