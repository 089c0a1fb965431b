//! The part of JSON Schema (2020-12) that the API's description uses: whether a value is what a schema says. A keyword
//! that is not known here is an error, so that none passes unchecked.

use serde_json::{Map, Value};

/// Keywords that say something to people only.
const WORDS: &[&str] = &["description", "example", "default", "title"];
const KEYWORDS: &[&str] = &[
    "type",
    "format",
    "enum",
    "oneOf",
    "properties",
    "required",
    "additionalProperties",
    "propertyNames",
    "items",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "pattern",
    "$ref",
];

/// The schemas of a description.
#[derive(Clone, Copy)]
pub(super) struct Schemas<'a> {
    document: &'a Value,
    /// Whether a property that is not described is a fault, though no schema forbids it.
    exact: bool,
}

impl<'a> Schemas<'a> {
    /// Schemas as the standard reads them: for what is sent.
    pub(super) const fn of_requests(document: &'a Value) -> Self {
        Self { document, exact: false }
    }

    /// Schemas that must describe every property: for what is answered.
    pub(super) const fn of_answers(document: &'a Value) -> Self {
        Self { document, exact: true }
    }

    /// What a reference stands for; anything else stands for itself.
    pub(super) fn resolve(&self, schema: &'a Value) -> &'a Value {
        let Some(reference) = schema["$ref"].as_str() else { return schema };
        let found = reference.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer));
        found.unwrap_or_else(|| panic!("{reference} leads nowhere"))
    }

    /// What is wrong with a value, and where.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub(super) fn check(&self, schema: &'a Value, value: &Value, at: &str) -> Result<(), String> {
        let schema = self.resolve(schema);
        let keywords = schema.as_object().ok_or_else(|| format!("{at}: the schema is no object"))?;
        for keyword in keywords.keys().map(String::as_str) {
            assert!(
                WORDS.contains(&keyword) || KEYWORDS.contains(&keyword),
                "{at}: the keyword {keyword} is not known"
            );
        }
        if let Some(types) = keywords.get("type") {
            let fits = types_of(types).any(|name| is_of(name, value));
            require(fits, || format!("{at}: {} is not {types}", short(value)))?;
        }
        if let Some(values) = keywords.get("enum") {
            let listed = values.as_array().is_some_and(|values| values.contains(value));
            require(listed, || format!("{at}: {} is not listed", short(value)))?;
        }
        if let Some(choices) = keywords.get("oneOf").and_then(Value::as_array) {
            let tried: Vec<_> = choices.iter().map(|choice| self.check(choice, value, at)).collect();
            let fitting = tried.iter().filter(|result| result.is_ok()).count();
            require(fitting == 1, || format!("{at}: {} fits {fitting} of {tried:?}", short(value)))?;
        }
        match value {
            Value::Object(object) => self.object(keywords, object, at),
            Value::Array(items) => self.array(keywords, items, at),
            Value::String(text) => string(keywords, text, at),
            Value::Number(_) => number(keywords, value, at),
            Value::Bool(_) | Value::Null => Ok(()),
        }
    }

    fn object(&self, keywords: &'a Map<String, Value>, object: &Map<String, Value>, at: &str) -> Result<(), String> {
        for name in keywords.get("required").and_then(Value::as_array).into_iter().flatten() {
            let there = name.as_str().is_some_and(|name| object.contains_key(name));
            require(there, || format!("{at}: {name} is missing"))?;
        }
        for (name, value) in object {
            let at = format!("{at}.{name}");
            let described = keywords.get("properties").and_then(|properties| properties.get(name));
            match (described, keywords.get("additionalProperties")) {
                (Some(schema), _) => self.check(schema, value, &at)?,
                (None, Some(schema @ Value::Object(_))) => self.check(schema, value, &at)?,
                (None, Some(Value::Bool(false))) => return Err(format!("{at} is forbidden")),
                (None, _) => {
                    let open = !self.exact || !keywords.contains_key("type");
                    require(open, || format!("{at} is not described"))?;
                }
            }
        }
        Ok(())
    }

    fn array(&self, keywords: &'a Map<String, Value>, items: &[Value], at: &str) -> Result<(), String> {
        let fewest = keywords.get("minItems").and_then(Value::as_u64).unwrap_or(0);
        require(items.len() as u64 >= fewest, || format!("{at}: fewer than {fewest} items"))?;
        let most = keywords.get("maxItems").and_then(Value::as_u64).unwrap_or(u64::MAX);
        require(items.len() as u64 <= most, || format!("{at}: more than {most} items"))?;
        let unique = keywords.get("uniqueItems") == Some(&Value::Bool(true));
        let repeated = items.iter().enumerate().any(|(at, item)| items[..at].contains(item));
        require(!unique || !repeated, || format!("{at}: an item comes twice"))?;
        let Some(schema) = keywords.get("items") else { return Ok(()) };
        items.iter().enumerate().try_for_each(|(index, item)| self.check(schema, item, &format!("{at}[{index}]")))
    }
}

/// The one or several types that a schema names.
pub(super) fn types_of(types: &Value) -> impl Iterator<Item = &str> {
    let one = types.as_str();
    let several = types.as_array().into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(several)
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        other => panic!("the type {other} is not known"),
    }
}

fn string(keywords: &Map<String, Value>, text: &str, at: &str) -> Result<(), String> {
    let length = text.chars().count() as u64;
    let bound = |name: &str| keywords.get(name).and_then(Value::as_u64);
    require(bound("minLength").is_none_or(|least| length >= least), || format!("{at}: shorter than allowed"))?;
    require(bound("maxLength").is_none_or(|most| length <= most), || format!("{at}: longer than allowed"))?;
    let pattern = keywords.get("pattern").and_then(Value::as_str);
    require(pattern.is_none_or(|pattern| alternatives(pattern).any(|one| one == text)), || {
        format!("{at}: {text:?} does not match")
    })
}

/// The texts that a pattern of the form `^(a|b)$` matches; there are no others in the description.
pub(super) fn alternatives(pattern: &str) -> impl Iterator<Item = &str> {
    let inner = pattern.strip_prefix("^(").and_then(|rest| rest.strip_suffix(")$"));
    inner.unwrap_or_else(|| panic!("the pattern {pattern} is not known")).split('|')
}

fn number(keywords: &Map<String, Value>, value: &Value, at: &str) -> Result<(), String> {
    let number = value.as_f64().unwrap_or(f64::NAN);
    let bound = |name: &str| keywords.get(name).and_then(Value::as_f64);
    let fits =
        bound("minimum").is_none_or(|least| number >= least) && bound("maximum").is_none_or(|most| number <= most);
    require(fits, || format!("{at}: {value} is out of bounds"))
}

fn require(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(100).collect()
}

#[test]
fn what_is_wrong_is_found() {
    use serde_json::json;
    let document = json!({ "s": { "type": "object", "required": ["a"], "properties": {
        "a": { "type": ["integer", "null"], "minimum": 1, "maximum": 9 },
        "b": { "type": "array", "items": { "type": "string", "enum": ["x", "y"] }, "minItems": 1, "uniqueItems": true },
        "c": { "oneOf": [{ "type": "null" }, { "type": "string", "minLength": 2, "maxLength": 3 }] },
        "d": { "type": "string", "pattern": "^(on|off)$" },
        "e": { "type": "object", "additionalProperties": { "type": "boolean" } },
    } } });
    let schema = json!({ "$ref": "#/s" });
    let faulty = |value: Value, answers: bool| {
        let schemas = if answers { Schemas::of_answers(&document) } else { Schemas::of_requests(&document) };
        schemas.check(&schema, &value, "").is_err()
    };
    for good in [json!({ "a": 1 }), json!({ "a": null, "b": ["x", "y"], "c": "ab", "d": "off", "e": { "f": true } })] {
        assert!(!faulty(good.clone(), true), "{good}");
    }
    for bad in [
        json!([]),
        json!({}),
        json!({ "a": 0 }),
        json!({ "a": 10 }),
        json!({ "a": 1.5 }),
        json!({ "a": "1" }),
        json!({ "a": 1, "b": [] }),
        json!({ "a": 1, "b": ["z"] }),
        json!({ "a": 1, "b": ["x", "x"] }),
        json!({ "a": 1, "c": "a" }),
        json!({ "a": 1, "c": "abcd" }),
        json!({ "a": 1, "d": "o" }),
        json!({ "a": 1, "e": { "f": 1 } }),
    ] {
        assert!(faulty(bad.clone(), false), "{bad}");
    }
    let more = json!({ "a": 1, "z": 1 });
    assert!(faulty(more.clone(), true) && !faulty(more, false));
}
