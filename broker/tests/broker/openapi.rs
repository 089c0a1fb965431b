//! The API's description: where it is served, whether it is one, and whether the program keeps to it, whatever it is sent.

mod answers;
mod fuzzing;
mod schema;
mod values;

use std::collections::BTreeSet;

use reqwest::Url;
use serde_json::Value;

use crate::harness::Broker;

/// The description as the administration's listener serves it.
pub(crate) async fn document(broker: &Broker) -> Value {
    let url = Url::parse(&format!("https://{}/api/openapi.json", broker.administration())).unwrap();
    let answer = broker.get(url).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["content-type"]),
        (200, &"application/json".parse().unwrap())
    );
    answer.json().await.unwrap()
}

#[actix_web::test]
async fn it_is_served_to_administrators_only() {
    let broker = Broker::start();
    document(&broker).await;
    for elsewhere in [broker.public(), broker.metrics] {
        let url = Url::parse(&format!("https://{elsewhere}/api/openapi.json")).unwrap();
        assert_eq!(broker.get(url).await.status(), 404);
    }
}

/// What the OpenAPI specification 3.1 asks of a description, as far as this one goes.
#[test]
fn it_is_an_openapi_description() {
    let document = serde_json::to_value(beside_broker::http::openapi::describe()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for (method, operation) in item.as_object().unwrap() {
            let case = format!("{method} {path}");
            assert!(["get", "put", "post", "delete", "patch"].contains(&method.as_str()), "{case}");
            assert!(ids.insert(operation["operationId"].as_str().unwrap()), "{case}: its id is another's");
            assert!(operation["summary"].as_str().is_some_and(|words| words.ends_with('.')), "{case}");
            parameters(path, operation, &case);
            responses(operation, &case);
            for requirement in operation["security"].as_array().unwrap() {
                for scheme in requirement.as_object().unwrap().keys() {
                    let scheme = &document["components"]["securitySchemes"][scheme];
                    let bearer = scheme["type"] == "http" && scheme["scheme"] == "bearer";
                    let cookie = scheme["type"] == "apiKey" && scheme["in"] == "cookie" && scheme["name"].is_string();
                    assert!(bearer || cookie, "{case}: {scheme}");
                }
            }
            if let Some(body) = operation.get("requestBody") {
                assert!(
                    body["content"]["application/json"]["schema"].is_object() && body["required"] == true,
                    "{case}"
                );
                assert_ne!(method, "get", "{case}");
            }
        }
    }
    references(&document, &document);
}

fn parameters(path: &str, operation: &Value, case: &str) {
    let mut seen = BTreeSet::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let (name, place) = (parameter["name"].as_str().unwrap(), parameter["in"].as_str().unwrap());
        assert!(["path", "query", "header"].contains(&place), "{case}: {name}");
        assert!(seen.insert((place, name)), "{case}: {name} comes twice");
        assert!(parameter["schema"].is_object(), "{case}: {name}");
        assert!(place != "path" || parameter["required"] == true, "{case}: {name}");
    }
    let named: BTreeSet<_> = seen.iter().filter(|(place, _)| *place == "path").map(|(_, name)| *name).collect();
    let in_path = path.split('/').filter_map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')));
    assert_eq!(named, in_path.collect(), "{case}");
}

fn responses(operation: &Value, case: &str) {
    let responses = operation["responses"].as_object().unwrap();
    assert!(responses.keys().any(|status| ["101", "200", "201", "202", "204"].contains(&status.as_str())), "{case}");
    for (status, response) in responses {
        assert!(status.len() == 3 && status.parse::<u16>().is_ok(), "{case}: {status}");
        assert!(
            response["description"].as_str().is_some_and(|words| !words.is_empty()),
            "{case}: {status} is not described"
        );
        for media in response["content"].as_object().into_iter().flat_map(|content| content.values()) {
            assert!(media["schema"].is_object(), "{case}: {status}");
        }
    }
}

/// Every reference in `part` leads somewhere in `whole`.
fn references(whole: &Value, part: &Value) {
    match part {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leads elsewhere"));
                assert!(whole.pointer(pointer).is_some(), "{reference} leads nowhere");
            }
            members.values().for_each(|member| references(whole, member));
        }
        Value::Array(items) => items.iter().for_each(|item| references(whole, item)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
