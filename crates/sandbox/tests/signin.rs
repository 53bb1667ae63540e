//! The token endpoint that `aws login` refreshes at.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use crate::support::{ALICE_ARN, Answer, Signer, VERSION, call, send, world};
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hatrack_sandbox::Sandbox;
    use jiff::SignedDuration;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::{Value, json};

    fn key() -> EcdsaKeyPair {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let key = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        EcdsaKeyPair::from_pkcs8(algorithm, key.as_ref(), &random).unwrap()
    }

    fn proof(sandbox: &Sandbox, key: &EcdsaKeyPair, path: &str) -> String {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let point = key.public_key().as_ref();
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..]),
        });
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
        let url = format!("{}{path}", sandbox.endpoint());
        let claims = json!({ "htm": "POST", "htu": url, "iat": sandbox.now().as_second(), "jti": "one" });
        let signed =
            format!("{}.{}", encode(header.to_string().as_bytes()), encode(claims.to_string().as_bytes()));
        let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", encode(signature.as_ref()))
    }

    fn refresh(sandbox: &Sandbox, proof: &str, token: &str) -> (Answer, Value) {
        let body = json!({
            "clientId": "arn:aws:signin:::devtools/same-device", "grantType": "refresh_token",
            "refreshToken": token,
        });
        let headers = [("dpop".to_owned(), proof.to_owned())];
        let answer = send(sandbox, "POST /v1/token HTTP/1.1", &headers, body.to_string().as_bytes());
        let value = serde_json::from_str(&answer.body).unwrap();
        (answer, value)
    }

    #[test]
    fn refresh_tokens_rotate_and_belong_to_one_key() {
        let sandbox = Sandbox::start(world().login_session(ALICE_ARN, "first-refresh-token"));
        let mine = key();
        let (answer, first) = refresh(&sandbox, &proof(&sandbox, &mine, "/v1/token"), "first-refresh-token");
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(answer.head.contains("content-type: application/json"), "{}", answer.head);
        assert_eq!((&first["tokenType"], &first["expiresIn"]), (&json!("aws_sigv4"), &json!(900)));
        let text = |name: &str| first["accessToken"][name].as_str().unwrap().to_owned();
        let session = Signer {
            key: text("accessKeyId"),
            secret: text("secretAccessKey"),
            token: Some(text("sessionToken")),
            ..Signer::alice(&sandbox)
        };
        let who = format!("Action=GetCallerIdentity&{VERSION}");
        assert_eq!(call(&sandbox, &session, &who).text("Arn"), ALICE_ARN);

        let next = first["refreshToken"].as_str().unwrap();
        for (key, token) in [(&mine, "first-refresh-token"), (&key(), next)] {
            let (answer, error) = refresh(&sandbox, &proof(&sandbox, key, "/v1/token"), token);
            assert_eq!((answer.status, &error["error"]), (401, &json!("TOKEN_EXPIRED")));
            assert!(answer.head.contains("x-amzn-errortype: AccessDeniedException"), "{}", answer.head);
        }
        assert_eq!(refresh(&sandbox, &proof(&sandbox, &mine, "/v1/token"), next).0.status, 200);
        let calls = sandbox.requests();
        assert_eq!(calls[0].action, "CreateOAuth2Token");
        let printed = format!("{sandbox:?} {calls:?}");
        assert!(!printed.contains("first-refresh-token") && !printed.contains(next));

        sandbox.set_clock_offset(SignedDuration::from_mins(16));
        let late = Signer { time: sandbox.now(), ..session };
        assert_eq!(call(&sandbox, &late, &who).error().0, "ExpiredToken");
    }

    #[test]
    fn a_proof_is_for_one_address_and_not_old_and_a_sign_in_can_end() {
        let sandbox = Sandbox::start(world().login_session(ALICE_ARN, "first-refresh-token"));
        let mine = key();
        let good = proof(&sandbox, &mine, "/v1/token");
        for bad in ["", "a.b.c", &proof(&sandbox, &mine, "/else"), &good[..good.len() - 4]] {
            let (answer, error) = refresh(&sandbox, bad, "first-refresh-token");
            assert_eq!((answer.status, &error["error"]), (400, &json!("INVALID_REQUEST")), "{bad}");
        }
        sandbox.set_clock_offset(SignedDuration::from_mins(6));
        assert_eq!(refresh(&sandbox, &good, "first-refresh-token").0.status, 400);
        sandbox.set_clock_offset(SignedDuration::ZERO);
        sandbox.end_login_sessions();
        assert_eq!(refresh(&sandbox, &good, "first-refresh-token").0.status, 401);
    }

    #[test]
    fn a_token_is_traded_for_a_session() {
        let sandbox = Sandbox::start(world());
        let alice = Signer::alice(&sandbox);
        let trade = |token: &str| {
            call(&sandbox, &alice, &format!("Action=GetDelegatedAccessToken&{VERSION}&TradeInToken={token}"))
        };
        let answer = trade("trade-me-in");
        assert_eq!(answer.text("AssumedPrincipal"), ALICE_ARN);
        assert_eq!(trade("unknown").error().0, "ExpiredTradeInTokenException");
        assert_eq!(sandbox.requests()[0].params["TradeInToken"], "***");
    }
}
