//! Values that a schema allows, and values and bodies that it does not.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::schema::{Schemas, alternatives, types_of};
use crate::random::Random;

/// Texts on which programs stumble.
const NASTY: &[&str] = &[
    "",
    " ",
    "\0",
    "a\0b",
    "\u{1}\u{7f}",
    "a\nb\r\nc",
    "\u{202e}evil",
    "\u{feff}",
    "김민수",
    "佐藤 花子",
    "e\u{301}",
    "\u{1f469}\u{200d}\u{1f4bb}",
    "\u{ffff}",
    "'; DROP TABLE accounts; --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "%00",
    "%",
    "{}",
    "[]",
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "NaN",
    "9223372036854775808",
    "a b",
    "a/b",
    "?",
    "#",
    "\\",
    "\"",
    "${7*7}",
];

/// What names of parameters and properties are known to stand for, found out as the fuzzing goes on.
#[derive(Default)]
pub(super) struct Dictionary(BTreeMap<String, Vec<Value>>);

/// So many values of a name are kept, the newest.
const REMEMBERED: usize = 4;

impl Dictionary {
    pub(super) fn learn(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        let values = self.0.entry(name.into()).or_default();
        values.push(value.into());
        if values.len() > REMEMBERED {
            values.remove(0);
        }
    }

    /// Keeps this value of a name and no other.
    pub(super) fn replace(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(name.into(), vec![value.into()]);
    }

    /// Forgets a value that is no longer good, whatever it stood for.
    pub(super) fn forget(&mut self, gone: &Value) {
        for values in self.0.values_mut() {
            values.retain(|value| value != gone);
        }
    }

    /// A known value, in this operation or in any.
    fn known(&self, operation: &str, name: &str, random: &mut Random) -> Option<Value> {
        let values = self.0.get(&format!("{operation}: {name}")).or_else(|| self.0.get(name))?;
        if values.is_empty() { None } else { Some(random.pick(values).clone()) }
    }
}

/// Makes values for one operation.
pub(super) struct Maker<'a> {
    pub(super) schemas: Schemas<'a>,
    pub(super) dictionary: &'a Dictionary,
    pub(super) operation: &'a str,
    pub(super) random: &'a mut Random,
}

impl<'a> Maker<'a> {
    /// A value that the schema allows; mostly a known one, if there are any for this name.
    pub(super) fn allowed(&mut self, schema: &'a Value, name: &str) -> Value {
        if self.random.chance(80)
            && let Some(known) = self.dictionary.known(self.operation, name, self.random)
        {
            return known;
        }
        let schema = self.schemas.resolve(schema);
        if self.random.chance(50)
            && let Some(example) = schema.get("example").or_else(|| schema.get("default"))
        {
            return example.clone();
        }
        if let Some(values) = schema["enum"].as_array() {
            return self.random.pick(values).clone();
        }
        if let Some(choices) = schema["oneOf"].as_array() {
            let choice = self.random.pick(choices);
            return self.allowed(choice, name);
        }
        let types: Vec<&str> = types_of(&schema["type"]).collect();
        if types.is_empty() {
            return json!("anything");
        }
        match *self.random.pick(&types) {
            "object" => self.object(schema),
            "array" => {
                let least = schema["minItems"].as_u64().unwrap_or(0) as usize;
                let length = least + self.random.below(3);
                Value::Array((0..length).map(|_| self.allowed(&schema["items"], name)).collect())
            }
            "integer" | "number" => {
                let least = schema["minimum"].as_i64().unwrap_or(-1_000);
                let most = schema["maximum"].as_i64().unwrap_or(least.saturating_add(2_000));
                let edge = [least, most, least + self.random.below((most - least) as usize + 1) as i64];
                json!(self.random.pick(&edge))
            }
            "boolean" => json!(self.random.chance(50)),
            "null" => Value::Null,
            _ => json!(self.text(schema)),
        }
    }

    fn object(&mut self, schema: &'a Value) -> Value {
        let required = schema["required"].as_array();
        let mut object = Map::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let needed = required.is_some_and(|names| names.iter().any(|one| one == name));
            if needed || self.random.chance(60) {
                object.insert(name.clone(), self.allowed(property, name));
            }
        }
        Value::Object(object)
    }

    fn text(&mut self, schema: &'a Value) -> String {
        if let Some(pattern) = schema["pattern"].as_str() {
            let all: Vec<&str> = alternatives(pattern).collect();
            return (*self.random.pick(&all)).to_owned();
        }
        let least = schema["minLength"].as_u64().unwrap_or(0) as usize;
        let most = schema["maxLength"].as_u64().map_or(least + 40, |most| most as usize);
        let length = least + self.random.below(most.min(least + 40) - least + 1);
        let letters = ['a', 'b', 'Z', '0', '9', '-', '.', ' ', 'é', '가'];
        (0..length).map(|_| *self.random.pick(&letters)).collect()
    }

    /// A text to be typed into a path, a query or a header: allowed, nasty or long.
    pub(super) fn typed(&mut self, schema: &'a Value, name: &str, spoiled: bool) -> String {
        if spoiled {
            return match self.random.below(8) {
                0 => "x".repeat(5_000),
                _ => (*self.random.pick(NASTY)).to_owned(),
            };
        }
        match self.allowed(schema, name) {
            Value::String(text) => text,
            other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                other.to_string()
            }
        }
    }

    /// An allowed value with something wrong in it, or at least odd.
    pub(super) fn spoiled(&mut self, schema: &'a Value) -> Value {
        let mut value = self.allowed(schema, "");
        let wrong = match self.random.below(7) {
            0 => Value::Null,
            1 => json!([[[]]]),
            2 => json!({ "a": {} }),
            3 => self
                .random
                .pick(&[json!(-1), json!(0), json!(i64::MIN), json!(u64::MAX), json!(1.5), json!(1e300)])
                .clone(),
            4 => json!("x".repeat(*self.random.pick(&[65, 201, 257, 5_000, 60_000]))),
            5 => json!(self.random.chance(50)),
            _ => json!(self.random.pick(NASTY)),
        };
        let Some(object) = value.as_object_mut().filter(|object| !object.is_empty()) else { return wrong };
        let names: Vec<String> = object.keys().cloned().collect();
        let name = self.random.pick(&names).clone();
        match self.random.below(4) {
            0 => {
                object.remove(&name);
            }
            1 => {
                object.insert("surplus".to_owned(), wrong);
            }
            _ => {
                object.insert(name, wrong);
            }
        }
        value
    }
}

/// A body as it goes over the wire.
pub(super) struct Body {
    pub(super) bytes: Vec<u8>,
    pub(super) content_type: &'static str,
    /// What it says, if it is JSON under its right name.
    pub(super) json: Option<Value>,
}

impl Body {
    pub(super) fn of(value: Value) -> Self {
        Self { bytes: value.to_string().into_bytes(), content_type: "application/json", json: Some(value) }
    }

    /// The body, damaged on its way.
    pub(super) fn damaged(self, random: &mut Random) -> Self {
        let mut body = Self { json: None, ..self };
        match random.below(6) {
            0 => body.bytes.truncate(random.below(body.bytes.len().max(1))),
            1 => body.bytes.clear(),
            2 => {
                body.content_type =
                    *random.pick::<&str>(&["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
            }
            3 => {
                let at = random.below(body.bytes.len() + 1);
                body.bytes.insert(at, 0xff);
            }
            4 => body.bytes.extend_from_slice(b"{}"),
            _ => body.bytes = "[".repeat(20_000).into_bytes(),
        }
        body
    }
}
