//! Bodies that are genuinely signed, and odd: cases for what an endpoint takes for an event.

use super::case::{Case, Judged};

/// An event that nobody handles, with one member replaced by `member`, a name and a value in JSON, or removed if that is a name alone.
pub(super) fn with(member: &str) -> String {
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

const THIN: &str = r#"{"id":"evt_test_1","object":"v2.core.event","type":"v1.product.created","livemode":false,"created":"2027-01-15T08:00:00.000Z","related_object":{"id":"prod_1","type":"product","url":"/v1/products/prod_1"}}"#;

pub(super) fn cases() -> Vec<Case> {
    let snapshot = |name, body: &str| Case::signed(name, Judged::Snapshot, body);
    let thin = |name, body: &str| Case::signed(name, Judged::Thin, body);
    let whole = with("");
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
        snapshot("a line end in a string", &with("id:\"evt\n1\"")),
        snapshot("a bad escape", &with(r#"id:"evt_\x41""#)),
        snapshot("a NUL byte in a string", &with("id:\"evt\0\"")),
        snapshot("`NaN`", &with("extra:NaN")),
        snapshot("`Infinity`", &with("extra:Infinity")),
        snapshot("a number with zeros before it", &with("extra:01")),
        snapshot("a number with a plus", &with("extra:+1")),
        snapshot("`null`", "null"),
        snapshot("`true`", "true"),
        snapshot("a number", "5"),
        snapshot("a string", "\"evt_1\""),
        snapshot("an empty list", "[]"),
        snapshot("an empty object", "{}"),
        snapshot("no id", &with("id")),
        snapshot("an id that is null", &with("id:null")),
        snapshot("an id that is a number", &with("id:1")),
        snapshot("no type", &with("type")),
        snapshot("a type that is null", &with("type:null")),
        snapshot("a type that is a number", &with("type:1")),
        snapshot("a type that is a list", &with(r#"type:["product.created"]"#)),
        snapshot("no object tag", &with("object")),
        snapshot("the tag of another object", &with(r#"object:"charge""#)),
        snapshot("an unknown type", &with(r#"type:"product.levitated""#)),
        snapshot("a type with letters beyond ASCII", &with(r#"type:"produit.créé""#)),
        snapshot("no data", &with("data")),
        snapshot("no created", &with("created")),
        snapshot("a created that is a string", &with(r#"created:"yesterday""#)),
        snapshot("no livemode", &with("livemode")),
        snapshot("no API version", &with("api_version")),
        snapshot("an API version that is null", &with("api_version:null")),
        snapshot("an API version of 2019", &with(r#"api_version:"2019-12-03""#)),
        snapshot("a request that is a string, as in 2016", &with(r#"request:"req_1""#)),
        snapshot("an unknown member", &with(r#"wings:{"left":true}"#)),
        snapshot("a member named like a prototype", &with(r#"__proto__:{"id":1}"#)),
        snapshot("the same member twice", &format!("{{\"livemode\":true,{}", &whole[1..])),
        snapshot("a lone surrogate", &with(r#"extra:"\ud800""#)),
        snapshot("a surrogate pair", &with(r#"extra:"\ud83d\ude00""#)),
        snapshot("a number past a double", &with("extra:1e400")),
        snapshot("a number of a thousand digits", &with(&format!("extra:{}", "9".repeat(1000)))),
        snapshot("a hundred levels", &with(&format!("extra:{}{}", "[".repeat(100), "]".repeat(100)))),
        snapshot("ten thousand levels", &with(&format!("extra:{deep}"))),
        snapshot("half a million bytes", &with(&format!("extra:\"{}\"", "x".repeat(500_000)))),
        snapshot("a byte order mark before an event", &format!("\u{feff}{whole}")),
        snapshot("a thin event", THIN),
        Case::signed("bytes that are not UTF-8 in an event", Judged::Snapshot, not_utf8),
        Case::signed("an event in UTF-16", Judged::Snapshot, utf16),
        thin("a thin event for a thin destination", THIN),
        thin(
            "a thin event without a related object",
            &format!("{}}}", THIN.split_once(",\"related").unwrap().0),
        ),
        thin("a thin event of an unknown type", &THIN.replace("product.created", "product.levitated")),
        thin("a thin event cut short", &THIN[..THIN.len() - 1]),
    ]
}
