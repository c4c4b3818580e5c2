//! `/api/v1/openapi.json` and `/api/docs`: the document tells what the server does.

use http::Method;
use serde_json::Value;
use std::collections::BTreeSet;
use tests::{Answer, TestCity, on_both_databases};

on_both_databases!(
    the_document_is_whole,
    the_document_and_the_server_agree,
    the_guide_reads_without_a_script
);

async fn document(city: &TestCity) -> Value {
    city.anyone().get("/openapi.json").await.expect(200)
}

/// Every operation: path, method and what the document says of it.
fn operations(document: &Value) -> Vec<(&String, &String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().iter().map(move |(method, said)| (path, method, said))
        })
        .collect()
}

/// Every `$ref` of a value.
fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

async fn the_document_is_whole(city: &TestCity) {
    let document = document(city).await;
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 20);
    for reference in found {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
    }
    let mut ids = BTreeSet::new();
    for (path, method, said) in operations(&document) {
        assert!(ids.insert(said["operationId"].to_string()), "{} twice", said["operationId"]);
        assert!(said["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{method} {path}");
        let parameters = said["parameters"].as_array().into_iter().flatten();
        let in_path = parameters.clone().filter(|parameter| parameter["in"] == "path").count();
        assert_eq!(in_path, path.matches('{').count(), "{method} {path}");
        for parameter in parameters {
            assert!(parameter["description"].is_string(), "{method} {path} {}", parameter["name"]);
        }
        for (status, response) in said["responses"].as_object().unwrap() {
            let is_problem = response["content"]["application/problem+json"].is_object();
            assert_eq!(is_problem, status.starts_with(['4', '5']), "{method} {path} {status}");
        }
    }
    for scheme in ["session", "bearer"] {
        assert!(document["components"]["securitySchemes"][scheme].is_object(), "{scheme}");
    }
}

/// A call that the document marks asks for a session, and no other does.
async fn the_document_and_the_server_agree(city: &TestCity) {
    let document = document(city).await;
    for (path, method, said) in operations(&document) {
        let method: Method = method.to_uppercase().parse().unwrap();
        let request = city.anyone().request(method, &path.replace("{id}", "1"));
        let status = request.send().await.unwrap().status().as_u16();
        assert_eq!(status == 401, said["security"].is_array(), "{path}: {status}");
        assert_ne!(status, 404, "{path}");
    }
}

async fn the_guide_reads_without_a_script(city: &TestCity) {
    let guide = Answer::of(city.anyone().request(Method::GET, "/api/docs")).await;
    assert_eq!((guide.status, guide.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(!guide.text.contains("<script") && !guide.text.contains(" style="));
    let document = document(city).await;
    for (path, ..) in operations(&document) {
        assert!(guide.text.contains(path.as_str()), "{path}");
    }
    for name in document["components"]["schemas"].as_object().unwrap().keys() {
        assert!(guide.text.contains(&format!("id=\"{name}\"")), "{name}");
    }
}
