//! The cursor against serde_json: on JSON of every kind, on what random edits make of it, and on what is meant to take long.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::value::RawValue;

use super::*;
use crate::testing::random::SeededRandom;

/// JSON that nobody has thought of: every kind of value, with strange strings, and white space anywhere.
fn random_json(random: &mut SeededRandom, depth: usize) -> String {
    let space = |random: &mut SeededRandom| {
        ["", "", "", " ", "\n  ", "\t\r\n", "\n                    "][random.next_below(7)]
    };
    let kind = if depth == 0 { random.next_below(5) } else { random.next_below(9) };
    match kind {
        0 => ["null", "true", "false"][random.next_below(3)].to_owned(),
        1 => ["0", "-0", "7", "-12", "1.5", "1e9", "-2.50E-3", "123456789012345678901234567890", "1e400"]
            [random.next_below(9)]
        .to_owned(),
        2..=4 => random_string(random),
        5 | 6 => {
            let items = (0..random.next_below(5))
                .map(|_| [space(random), &random_json(random, depth - 1), space(random)].concat());
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }
        _ => {
            let members = (0..random.next_below(6)).map(|_| {
                let key = match random.next_below(3) {
                    0 => random_string(random),
                    _ => format!("\"{}\"", ["id", "object", "data", "type"][random.next_below(4)]),
                };
                let parts = [space(random), &key, space(random), ":", space(random)];
                [&parts.concat(), &random_json(random, depth - 1), space(random)].concat()
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
    }
}

fn random_string(random: &mut SeededRandom) -> String {
    let parts = [
        "a",
        "Ωmega",
        "\u{1F600}",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        r#"\""#,
        r"\\",
        r"\\\\",
        r"\n",
        r"\u00e9",
        r"\ud83d\ude00",
        r"\ud800",
        "sixteen letters.",
        "and thirty-two letters, exactly. ",
        "id:",
        "|",
        "more than sixty-four letters: so that blocks come in which no bracket stands at all",
    ];
    let text = (0..random.next_below(8)).map(|_| parts[random.next_below(parts.len())]);
    format!("\"{}\"", text.collect::<String>())
}

fn parse_with_cursor(text: &str) -> Result<&str, Malformed> {
    let mut cursor = Cursor::new(text);
    let raw = cursor.read_raw()?;
    cursor.expect_end()?;
    Ok(raw)
}

fn parse_with_serde(text: &str) -> Option<&str> {
    serde_json::from_str::<&RawValue>(text).ok().map(RawValue::get)
}

#[test]
fn a_value_ends_where_serde_json_says_it_does() {
    let mut random = SeededRandom::from_seed_and_place(1, "values");
    for _ in 0..20_000 {
        let json = random_json(&mut random, 5);
        let padded = format!(" \n{json}\t ");
        assert_eq!(parse_with_cursor(&padded).ok(), Some(json.as_str()), "{padded}");
        assert_eq!(parse_with_serde(&padded), Some(json.as_str()), "{padded}");
    }
}

#[test]
fn the_members_of_an_object_are_those_that_serde_json_finds() {
    const NAMES: [&str; 4] = ["id", "object", "data", "type"];
    let mut random = SeededRandom::from_seed_and_place(2, "members");
    let mut objects = 0;
    for _ in 0..20_000 {
        let json = random_json(&mut random, 4);
        let ours = ObjectMembers::from_json(&json, &NAMES).unwrap();
        // Bytes, because a key may hold half a surrogate, which a `String` cannot.
        let expected = serde_json::from_str::<BTreeMap<serde_bytes_key::KeyBytes, &RawValue>>(&json);
        let Some(ours) = ours else {
            assert!(!json.starts_with('{'));
            continue;
        };
        objects += 1;
        let expected = expected.unwrap();
        let sought = find_members(&json, &NAMES);
        for name in NAMES {
            let raw = expected.get(&serde_bytes_key::KeyBytes(name.as_bytes().to_vec()));
            assert_eq!(sought.get(name).copied(), raw.map(|raw| raw.get()), "{name} of {json}");
            assert_eq!(
                ours.get_by_name(name),
                raw.map(|raw| raw.get()).filter(|raw| *raw != "null"),
                "{name} of {json}"
            );
        }
    }
    assert!(objects > 2_000);
}

/// What a cursor finds that goes from colon to colon.
fn find_members<'a>(json: &'a str, names: &[&'static str]) -> BTreeMap<&'static str, &'a str> {
    let filter = names.iter().fold(KeyFilter::default(), |filter, name| filter.with_key(name));
    let (mut cursor, mut found) = (Cursor::new(json), BTreeMap::new());
    assert_eq!(cursor.peek_byte(), Some(b'{'));
    cursor.enter_container();
    let name_of = |key: &[u8]| names.iter().find(|name| name.as_bytes() == key).copied();
    let take = |name, cursor: &mut Cursor<'a>| {
        found.insert(name, cursor.read_raw()?);
        Ok::<_, Malformed>(())
    };
    cursor.for_each_wanted_member(filter, name_of, take).unwrap();
    cursor.expect_end().unwrap();
    found
}

/// A key as bytes, for serde.
mod serde_bytes_key {
    use serde::de::{Deserialize, Deserializer, Visitor};

    #[derive(PartialEq, Eq, PartialOrd, Ord)]
    pub(super) struct KeyBytes(pub(super) Vec<u8>);

    impl<'de> Deserialize<'de> for KeyBytes {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Bytes;
            impl Visitor<'_> for Bytes {
                type Value = KeyBytes;
                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("a key")
                }
                fn visit_bytes<E>(self, bytes: &[u8]) -> Result<KeyBytes, E> {
                    Ok(KeyBytes(bytes.to_owned()))
                }
            }
            deserializer.deserialize_bytes(Bytes)
        }
    }
}

#[test]
fn strings_say_what_serde_json_says_they_do() {
    let mut random = SeededRandom::from_seed_and_place(3, "strings");
    for _ in 0..20_000 {
        let mut json = random_string(&mut random);
        if random.one_in(4) {
            mutate_json(&mut json, &mut random);
        }
        let theirs = serde_json::from_str::<String>(&json).ok();
        assert_eq!(read_text(&json).ok().map(Cow::into_owned), theirs, "{json}");
    }
}

/// Takes a piece out, doubles it, or puts something else there.
fn mutate_json(json: &mut String, random: &mut SeededRandom) {
    let mut at = || {
        let at = random.next_below(json.len() + 1);
        (0..=at).rev().find(|at| json.is_char_boundary(*at)).unwrap_or_default()
    };
    let (one, other) = (at(), at());
    let piece = one.min(other)..one.max(other);
    match random.next_below(4) {
        0 => json.replace_range(piece, ""),
        1 => {
            let doubled = json[piece.clone()].to_owned();
            json.insert_str(piece.end, &doubled);
        }
        2 => json.truncate(one),
        _ => {
            let new = [
                "\"", "\\", "{", "}", "[", "]", ",", ":", "-", "0", "nul", "\u{1}", "é", " ", "\n", "e", ".",
                "|",
            ];
            json.insert_str(one, new[random.next_below(new.len())]);
        }
    }
}

#[test]
fn what_is_json_is_never_refused_and_what_is_read_is_json() {
    let mut random = SeededRandom::from_seed_and_place(4, "edits");
    let (mut agreed, mut lenient) = (0, 0);
    for _ in 0..60_000 {
        let mut json = random_json(&mut random, 4);
        for _ in 0..=random.next_below(2) {
            mutate_json(&mut json, &mut random);
        }
        match (parse_with_cursor(&json), parse_with_serde(&json)) {
            (ours, Some(theirs)) => assert_eq!(ours, Ok(theirs), "{json}"),
            (Err(Malformed), None) => agreed += 1,
            (Ok(passed), None) => {
                // What may pass is an object or array that nobody looked into; what is no bracket was read.
                assert!(passed.starts_with(['{', '[']) || passed.starts_with('"'), "{json}");
                assert!(!passed.starts_with('"') || read_text(passed).is_err(), "{json}");
                lenient += 1;
            }
        }
        let mut seeking = Cursor::new(&json);
        if seeking.peek_byte() == Some(b'{') {
            seeking.enter_container();
            let filter = KeyFilter::default().with_key("id").with_key("data");
            let name_of = |key: &[u8]| ["id", "data"].into_iter().find(|name| name.as_bytes() == key);
            let mut last = 0;
            let sought = seeking.for_each_wanted_member(filter, name_of, |name, cursor| {
                let before = json[last..cursor.offset()].trim_end_matches([' ', ':', '\t', '\r', '\n']);
                assert!(before.ends_with('"'), "{name} of {json}");
                cursor.skip_value().inspect(|()| last = cursor.offset())
            });
            assert!(sought.is_ok() || parse_with_serde(&json).is_none(), "{json}");
        }
        let mut cursor = Cursor::new(&json);
        let read = read_strictly(&mut cursor).and_then(|()| cursor.expect_end()).is_ok();
        // Half a surrogate is JSON and no text.
        let refused_for_its_texts = !read && json.contains(r"\ud");
        assert!(read == parse_with_serde(&json).is_some() || refused_for_its_texts, "{json}");
    }
    assert!(agreed > 10_000 && lenient > 100, "{agreed} {lenient}");
}

/// Reads everything, as deep as it is.
fn read_strictly(cursor: &mut Cursor<'_>) -> Result<(), Malformed> {
    let mut first = true;
    match cursor.peek_byte() {
        Some(b'{') => {
            cursor.enter_container();
            while cursor.has_next_member(&mut first)? {
                cursor.read_key()?;
                read_strictly(cursor)?;
            }
            Ok(())
        }
        Some(b'[') => {
            cursor.enter_container();
            while cursor.has_next_item(&mut first)? {
                read_strictly(cursor)?;
            }
            Ok(())
        }
        Some(b'"') => cursor.read_string().map(drop),
        _ => cursor.skip_value(),
    }
}

#[test]
fn half_a_surrogate_may_stand_in_a_key_and_not_in_a_text() {
    let mut cursor = Cursor::new(r#""\ud800x" : 1"#);
    assert_eq!(&*cursor.read_key().unwrap(), b"\xed\xa0\x80x");
    assert_eq!(cursor.peek_byte(), Some(b'1'));
    assert_eq!(read_text(r#""\ud800x""#), Err(Malformed));
}

#[test]
fn numbers_are_those_of_the_grammar() {
    for number in ["0", "-0", "10", "-1", "0.5", "1e5", "1E+5", "1e-5", "-1.25e+10"] {
        assert_eq!(parse_with_cursor(number), Ok(number));
    }
    for (text, value) in [("0", 0), ("7", 7), ("-12", -12), ("999999999999999999", 999_999_999_999_999_999)] {
        let list = format!("[{text}]");
        let mut cursor = Cursor::new(&list);
        cursor.enter_container();
        assert_eq!((cursor.read_integer(), cursor.peek_byte()), (Some(value), Some(b']')));
    }
    for odd in ["", "-", "-0", "01", "1.0", "1e2", "1E2", "1000000000000000000", "x", "-x"] {
        let mut cursor = Cursor::new(odd);
        assert_eq!((cursor.read_integer(), cursor.offset()), (None, 0), "{odd}");
    }
    for other in [
        "", "-", "01", "-01", "00", "+1", ".5", "1.", "1e", "1e+", "1.e5", "0x1", "1_0", "Infinity", "NaN",
        "1.5.5", "1e5e5", "1e5.5",
    ] {
        assert!(parse_with_cursor(other).is_err(), "{other}");
    }
}

#[test]
fn brackets_and_quotes_are_seen_wherever_they_fall_in_a_block() {
    for before in 0..200 {
        for text in [r#"a\"b"#, r"\\", r#"\\\\\\\""#, "]}", "[[{", "é", "|", r"|[\\|{"] {
            let json = format!(r#"[{}"{}{text}"]"#, " ".repeat(before), "x".repeat(before % 70));
            assert_eq!(parse_with_cursor(&json), Ok(json.as_str()));
            assert!(parse_with_cursor(&json[..json.len() - 1]).is_err());
            assert!(parse_with_cursor(&json[..json.len() - 2]).is_err());
            let other = format!("{}}}", &json[..json.len() - 1]);
            assert!(parse_with_cursor(&other).is_err(), "{other}");
        }
    }
}

#[test]
fn nothing_takes_longer_than_its_length() {
    let size = 1 << 20;
    let texts = [
        "[".repeat(size),
        "[".repeat(size) + &"]".repeat(size),
        format!("[{}0]", "[],".repeat(size)),
        format!("[{}0]", "{},".repeat(size)),
        format!("[{}0]", "[0],".repeat(size)),
        format!("\"{}\"", r"\\".repeat(size)),
        format!("[\"{}\"]", r#"\""#.repeat(size)),
        format!("[{}0]", r#""","#.repeat(size)),
        format!("{{{}\"a\":0}}", r#""a":0,"#.repeat(size)),
        format!("{{{}\"a\":0}}", r#""\u0061":"","#.repeat(size / 8)),
        " ".repeat(size) + "0",
        "\r\n".repeat(size),
    ];
    // A quadratic reader would sit here for hours.
    for text in texts {
        let mut cursor = Cursor::new(&text);
        let skipped = cursor.skip_value().is_ok();
        assert_eq!(skipped, parse_with_serde(&text).is_some() || skipped);
        if text.starts_with("[[]")
            || text.starts_with("[{}")
            || text.starts_with("[\"\"")
            || text.starts_with("{")
        {
            let mut cursor = Cursor::new(&text);
            assert_eq!(read_strictly(&mut cursor), Ok(()));
        }
        if text.starts_with('{') {
            assert!(find_members(&text, &["a", "id"]).contains_key("a"));
            assert!(find_members(&text, &["id", "\u{e9}a"]).is_empty());
        }
    }
}

#[test]
fn a_position_is_a_line_and_a_column() {
    let at = |at| {
        let TextPosition { line, column } = TextPosition::from_offset(at, "ab\ncd\n");
        (line, column)
    };
    assert_eq!([0, 1, 2, 3, 5, 6, 99].map(at), [(1, 1), (1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 1)]);
}
