//! Bodies that are genuinely signed, and odd: cases for what an endpoint takes for an event.

use super::case::{JudgedPart, SignatureCase};

/// An event that nobody handles, with one member replaced by `member`, a name and a value in JSON, or removed if that is a name alone.
pub(super) fn body_with_member(member: &str) -> String {
    let mut members = vec![
        ("id", r#""evt_1""#),
        ("object", r#""event""#),
        ("api_version", r#""2026-10-28.endive""#),
        ("created", "1800000000"),
        ("data", r#"{"object":{"id":"prod_1","object":"product"}}"#),
        ("livemode", "false"),
        ("pending_webhooks", "1"),
        ("request", r#"{"id":null,"idempotency_key":null}"#),
        ("type", r#""product.created""#),
    ];
    let (name, value) = member.split_once(':').unwrap_or((member, ""));
    members.retain(|(known, _)| *known != name);
    if !value.is_empty() {
        members.push((name, value));
    }
    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

const THIN_EVENT: &str = r#"{"id":"evt_test_1","object":"v2.core.event","type":"v1.product.created","livemode":false,"created":"2027-01-15T08:00:00.000Z","related_object":{"id":"prod_1","type":"product","url":"/v1/products/prod_1"}}"#;

pub(super) fn body_cases() -> Vec<SignatureCase> {
    let snapshot = |name, body: &str| SignatureCase::with_signed_body(name, JudgedPart::Snapshot, body);
    let thin = |name, body: &str| SignatureCase::with_signed_body(name, JudgedPart::Thin, body);
    let whole = body_with_member("");
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let not_utf8: Vec<u8> = whole.bytes().map(|byte| if byte == b'_' { 0xff } else { byte }).collect();
    let utf16: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![
        snapshot("an event", &whole),
        snapshot("white space around an event", &format!(" \r\n\t{whole} \n")),
        snapshot("an event over many lines", &whole.replace(',', ",\n  ")),
        snapshot("no bytes", ""),
        snapshot("white space alone", " \n"),
        snapshot("words", "hello"),
        snapshot("a form", "id=evt_1&type=product.created"),
        snapshot("an event cut short", &whole[..whole.len() - 1]),
        snapshot("text after an event", &format!("{whole}x")),
        snapshot("two events", &format!("{whole}{whole}")),
        snapshot("two events in a list", &format!("[{whole},{whole}]")),
        snapshot("a comma too many", &whole.replace("\"}", "\",}")),
        snapshot("single quotes", &whole.replace('"', "'")),
        snapshot("a comment", &format!("/* */{whole}")),
        snapshot("keys without quotes", "{id:1}"),
        snapshot("a line end in a string", &body_with_member("id:\"evt\n1\"")),
        snapshot("a bad escape", &body_with_member(r#"id:"evt_\x41""#)),
        snapshot("a NUL byte in a string", &body_with_member("id:\"evt\0\"")),
        snapshot("`NaN`", &body_with_member("extra:NaN")),
        snapshot("`Infinity`", &body_with_member("extra:Infinity")),
        snapshot("a number with zeros before it", &body_with_member("extra:01")),
        snapshot("a number with a plus", &body_with_member("extra:+1")),
        snapshot("`null`", "null"),
        snapshot("`true`", "true"),
        snapshot("a number", "5"),
        snapshot("a string", "\"evt_1\""),
        snapshot("an empty list", "[]"),
        snapshot("an empty object", "{}"),
        snapshot("no id", &body_with_member("id")),
        snapshot("an id that is null", &body_with_member("id:null")),
        snapshot("an id that is a number", &body_with_member("id:1")),
        snapshot("no type", &body_with_member("type")),
        snapshot("a type that is null", &body_with_member("type:null")),
        snapshot("a type that is a number", &body_with_member("type:1")),
        snapshot("a type that is a list", &body_with_member(r#"type:["product.created"]"#)),
        snapshot("no object tag", &body_with_member("object")),
        snapshot("the tag of another object", &body_with_member(r#"object:"charge""#)),
        snapshot("an unknown type", &body_with_member(r#"type:"product.levitated""#)),
        snapshot("a type with letters beyond ASCII", &body_with_member(r#"type:"produit.créé""#)),
        snapshot("no data", &body_with_member("data")),
        snapshot("no created", &body_with_member("created")),
        snapshot("a created that is a string", &body_with_member(r#"created:"yesterday""#)),
        snapshot("no livemode", &body_with_member("livemode")),
        snapshot("no API version", &body_with_member("api_version")),
        snapshot("an API version that is null", &body_with_member("api_version:null")),
        snapshot("an API version of 2019", &body_with_member(r#"api_version:"2019-12-03""#)),
        snapshot("a request that is a string, as in 2016", &body_with_member(r#"request:"req_1""#)),
        snapshot("an unknown member", &body_with_member(r#"wings:{"left":true}"#)),
        snapshot("a member named like a prototype", &body_with_member(r#"__proto__:{"id":1}"#)),
        snapshot("the same member twice", &format!("{{\"livemode\":true,{}", &whole[1..])),
        snapshot("a lone surrogate", &body_with_member(r#"extra:"\ud800""#)),
        snapshot("a surrogate pair", &body_with_member(r#"extra:"\ud83d\ude00""#)),
        snapshot("a number past a double", &body_with_member("extra:1e400")),
        snapshot("a number of a thousand digits", &body_with_member(&format!("extra:{}", "9".repeat(1000)))),
        snapshot(
            "a hundred levels",
            &body_with_member(&format!("extra:{}{}", "[".repeat(100), "]".repeat(100))),
        ),
        snapshot("ten thousand levels", &body_with_member(&format!("extra:{deep}"))),
        snapshot("half a million bytes", &body_with_member(&format!("extra:\"{}\"", "x".repeat(500_000)))),
        snapshot("a byte order mark before an event", &format!("\u{feff}{whole}")),
        snapshot("a thin event", THIN_EVENT),
        SignatureCase::with_signed_body(
            "bytes that are not UTF-8 in an event",
            JudgedPart::Snapshot,
            not_utf8,
        ),
        SignatureCase::with_signed_body("an event in UTF-16", JudgedPart::Snapshot, utf16),
        thin("a thin event for a thin destination", THIN_EVENT),
        thin(
            "a thin event without a related object",
            &format!("{}}}", THIN_EVENT.split_once(",\"related").unwrap().0),
        ),
        thin("a thin event of an unknown type", &THIN_EVENT.replace("product.created", "product.levitated")),
        thin("a thin event cut short", &THIN_EVENT[..THIN_EVENT.len() - 1]),
    ]
}
