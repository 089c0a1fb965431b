//! Whether an answer is one that the description has.

use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use serde_json::Value;

use super::schema::Schemas;

/// Whether an answer is one that the description has; what it says.
pub(super) async fn judge(answer: Response, operation: &Value, document: &Value, case: &str) -> Value {
    let status = answer.status();
    let headers = answer.headers().clone();
    let text = answer.text().await.unwrap();
    let case = format!("{case}\nanswered {status} {text:.1000}");
    assert!(!status.is_server_error(), "{case}");
    let described = &operation["responses"][status.as_str()];
    assert!(described.is_object(), "{case}\nwhich is not described");
    let media = if status.is_success() { "application/json" } else { "application/problem+json" };
    // A file is in one of the forms that are described.
    let sent = headers.get(CONTENT_TYPE).and_then(|sent| sent.to_str().ok()?.split(';').next().map(str::to_owned));
    if sent.as_deref() == Some("text/csv") && described["content"].get("text/csv").is_some() {
        return Value::String(text);
    }
    let Some(content) = described["content"].get(media) else {
        assert!(described.get("content").is_none() && text.is_empty(), "{case}\nis described without a body");
        return Value::Null;
    };
    assert_eq!(headers[CONTENT_TYPE], media, "{case}");
    let said: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{case}\nwhich is not JSON"));
    if let Err(fault) = Schemas::of_answers(document).check(&content["schema"], &said, "answer") {
        panic!("{case}\nbut {fault}");
    }
    if !status.is_success() {
        assert_eq!(said["status"], status.as_u16(), "{case}");
        let wait = headers.get(RETRY_AFTER).map(|seconds| seconds.to_str().unwrap().to_owned());
        assert_eq!(wait, said["retry_after"].as_u64().map(|seconds| seconds.to_string()), "{case}");
    }
    said
}
