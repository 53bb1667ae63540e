//! Every error that STS's service model has, from each operation that it has it for.

use crate::operation::Operation;
use crate::stage::{Stage, caller, refusal};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::BTreeSet;

/// A code of AWS's, the status that comes with it, and the operations that it comes from.
fn errors(model: &Value) -> Vec<(&'static str, String, u16)> {
    let operations = model["operations"].as_object().unwrap();
    let mut errors = Vec::new();
    for operation in Operation::ALL {
        let Some(described) = operations.get(operation.name()) else { continue };
        for error in described["errors"].as_array().into_iter().flatten() {
            let error = &model["shapes"][error["shape"].as_str().unwrap()]["error"];
            let status = u16::try_from(error["httpStatusCode"].as_u64().unwrap()).unwrap();
            errors.push((operation.name(), error["code"].as_str().unwrap().to_owned(), status));
        }
    }
    errors
}

fn operation(name: &str) -> Operation {
    Operation::ALL.into_iter().find(|operation| operation.name() == name).unwrap()
}

#[tokio::test]
async fn each_of_them_has_words_of_its_own() {
    let model = include_bytes!("../../oracles/sts.service-2.json.gz");
    let model: Value = serde_json::from_reader(GzDecoder::new(model.as_slice())).unwrap();
    let called: BTreeSet<_> = Operation::ALL.iter().map(|operation| operation.name()).collect();
    for name in model["operations"].as_object().unwrap().keys() {
        assert!(called.contains(name.as_str()), "{name} is tried nowhere");
    }
    let errors: BTreeSet<_> = errors(&model).into_iter().collect();
    assert!(errors.len() > 20, "{errors:?}");
    for (name, code, status) in errors {
        let said = code.clone();
        let stage = Stage::plain(move |_, _| refusal(status, &said, "AWS&apos;s own words.")).await;
        let failure = operation(name).fail(&caller(), &stage.world()).await;
        assert!(!failure.happened.starts_with("AWS refused"), "{name}, {code}: {failure}");
        assert!(
            failure.happened.ends_with('.') && failure.remedy.ends_with('.'),
            "{name}, {code}: {failure}"
        );
        assert_eq!(failure.aws_code.as_deref(), Some(code.as_str()), "{name}: {failure}");
        // An identity provider that AWS can't reach may be reached by AWS in a second.
        let tries = if code == "IDPCommunicationError" { 5 } else { 1 };
        assert_eq!(stage.heard().len(), tries, "{name}, {code}: {failure}");
    }
}
