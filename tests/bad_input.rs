//! Input of which nobody means well, or nobody thought: no panic, no acceptance, and the status that it deserves.

use bytes::Bytes;
use delivery::{NOW, SECRET, deliver_event, endpoint_builder, secret, sign_body, snapshot_event};
use futures_util::FutureExt;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngSeed, TestRunner},
};
use serde_json::json;
use stripe_hooks::{
    Answer, Endpoint, Raw, Unhandled,
    signature::{Secret, SignatureError, Tolerance, verify},
};

use crate::bare_endpoint::{BareEndpoint, build_bare_endpoint};
use crate::signature_model;

fn build_endpoint() -> Endpoint {
    build_bare_endpoint(endpoint_builder::<BareEndpoint>().body_limit(64 << 20))
}

fn event_body() -> String {
    snapshot_event("charge.succeeded", &json!({"id": "ch_1", "amount": 1099})).to_string()
}

/// So many cases, the same ones each time.
pub(crate) fn proptest_config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..Config::default() }
}

fn poll_once(receiving: impl Future<Output = Answer>) -> Answer {
    receiving.now_or_never().expect("nothing to wait for")
}

fn answer_status(header: Option<&[u8]>, body: &[u8]) -> u16 {
    let endpoint = build_endpoint();
    poll_once(endpoint.receive(header, Bytes::copy_from_slice(body))).status()
}

/// The status of a body that is signed as it should be.
fn status_of_signed(body: impl AsRef<[u8]>) -> u16 {
    let body = body.as_ref();
    answer_status(Some(sign_body(body).as_bytes()), body)
}

/// An event with this JSON as one of its members, as its object, within it, and as an attribute's old value.
fn event_with(json: &str) -> String {
    format!(
        r#"{{"object":"event","future":{json},"id":"evt_1","account":{json},"request":{json},"livemode":{json},"api_version":{json},
        "data":{{"object":{json},"previous_attributes":{{"a":{json}}}}},"type":"charge.succeeded","created":{json}}}"#
    )
}

#[test]
fn what_is_odd_in_parts_that_nobody_reads_is_200() {
    let deep = |open: &str, close: &str| open.repeat(10_000) + "1" + &close.repeat(10_000);
    let odd = [
        ("nesting of arrays", deep("[", "]")),
        ("nesting of objects", deep(r#"{"a":"#, "}")),
        ("a lone surrogate", r#""\ud800""#.to_owned()),
        ("the wrong half of a surrogate", r#""\udc00\ud800""#.to_owned()),
        ("a lone surrogate in a key", r#"{"\ud800":1}"#.to_owned()),
        ("a number over all bounds", "1e400".to_owned()),
        ("a number of a thousand digits", "9".repeat(1_000)),
        ("keys twice", r#"{"id":1,"id":2,"object":null,"object":[]}"#.to_owned()),
        ("a zero character", r#""\u0000""#.to_owned()),
        ("an empty key", r#"{"":{"":[]}}"#.to_owned()),
        (
            "many keys",
            format!(
                "{{{}}}",
                (0..50_000).map(|key| format!(r#""k{key}":{key}"#)).collect::<Vec<_>>().join(",")
            ),
        ),
    ];
    for (what, json) in odd {
        assert_eq!(status_of_signed(event_with(&json)), 200, "{what}");
    }
    assert_eq!(
        status_of_signed(event_body().replacen('{', r#"{"\ud800":1,"\u0000":2,"":3,"#, 1)),
        200,
        "odd keys of the envelope"
    );
    assert_eq!(
        status_of_signed(event_body().replacen('{', r#"{"id":"evt_0","type":7,"object":[],"#, 1)),
        200,
        "the last of two keys counts"
    );
    assert_eq!(
        status_of_signed(event_body().replace(r#""id""#, r#""\u0069d""#)),
        200,
        "a key that is written otherwise"
    );
    assert_eq!(status_of_signed(format!(" \t\r\n{} \t\r\n", event_body())), 200, "white space around it");
}

#[test]
fn a_body_that_is_no_event_is_400() {
    let event = event_body();
    let bodies: [(&str, Vec<u8>); 21] = [
        ("empty", b"".to_vec()),
        ("white space", b" \n".to_vec()),
        ("text", b"hello".to_vec()),
        ("half of an event", event.as_bytes()[..event.len() / 2].to_vec()),
        ("an event and a half", [&event, &event[..event.len() / 2]].concat().into_bytes()),
        ("two events", event.repeat(2).into_bytes()),
        ("an event in an array", format!("[{event}]").into_bytes()),
        ("an event in a string", json!(event).to_string().into_bytes()),
        ("null", b"null".to_vec()),
        ("no id", event.replace(r#""id":"evt_1SjW8b","#, "").into_bytes()),
        ("a number for an id", event.replace(r#""evt_1SjW8b""#, "7").into_bytes()),
        ("an empty id", event.replace("evt_1SjW8b", "").into_bytes()),
        ("half a surrogate in its id", event.replace("evt_1SjW8b", r"\ud800").into_bytes()),
        ("no type", event.replace(r#","type":"charge.succeeded""#, "").into_bytes()),
        ("null for a type", event.replace(r#""charge.succeeded""#, "null").into_bytes()),
        ("a byte order mark", [b"\xef\xbb\xbf", event.as_bytes()].concat()),
        ("UTF-16", event.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        (
            "bytes that are no UTF-8",
            event.as_bytes().iter().map(|byte| if *byte == b'e' { 0xff } else { *byte }).collect(),
        ),
        (
            "one such byte, where nobody reads",
            event
                .replace("ch_1", "\u{1}")
                .into_bytes()
                .iter()
                .map(|byte| if *byte == 1 { 0x80 } else { *byte })
                .collect(),
        ),
        ("arrays that never end", b"[".repeat(10_000)),
        ("a member that never ends", br#"{"a":"#.repeat(10_000)),
    ];
    for (what, body) in bodies {
        assert_eq!(status_of_signed(&body), 400, "{what}");
    }
    for comment in ["/* */", "//\n", "#\n"] {
        assert_eq!(status_of_signed(format!("{comment}{event}")), 400);
    }
}

#[test]
fn ten_mebibytes_are_an_event_like_any_other_where_the_limit_allows_them() {
    let text = "x".repeat(10 << 20);
    assert_eq!(status_of_signed(event_body().replace("ch_1", &text)), 200);
    let usual = build_bare_endpoint(endpoint_builder::<BareEndpoint>());
    let body = event_body().replace("ch_1", &text[..1 << 20]);
    let answer = poll_once(deliver_event(&usual, body));
    assert_eq!((answer.status(), &answer.body()[..]), (413, &b"body too large\n"[..]));
}

#[test]
fn a_header_may_hold_a_thousand_signatures() {
    let body = event_body();
    let right = sign_body(body.as_bytes());
    let wrong = format!("v1={},", "0".repeat(64)).repeat(1_000);
    assert_eq!(answer_status(Some((wrong.clone() + &right).as_bytes()), body.as_bytes()), 200);
    assert_eq!(answer_status(Some((right + "," + &wrong).as_bytes()), body.as_bytes()), 200);
    assert_eq!(answer_status(Some(format!("t={NOW},{wrong}").as_bytes()), body.as_bytes()), 400);
}

#[test]
fn a_header_of_a_mebibyte_is_read_and_refused() {
    let body = event_body();
    for element in [",", "=", "t=1,", "v1=,", "t", "v1=x", "\u{e4},", "t=9", "v1=é"] {
        let header = element.repeat((1 << 20) / element.len());
        assert_eq!(answer_status(Some(header.as_bytes()), body.as_bytes()), 400, "{element}");
    }
}

#[test]
fn ten_thousand_mutations_of_a_valid_request_are_taken_only_when_they_verify() {
    let mut runner = TestRunner::new(proptest_config(10_000));
    let endpoint = build_endpoint();
    let (header, body) = (sign_body(event_body().as_bytes()).into_bytes(), event_body().into_bytes());
    let (taken, kept) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let strategy = (vec(any_mutation(), 1..4), vec(any_mutation(), 0..3), 0..3_u8);
    let result = runner.run(&strategy, |(first, second, part)| {
        let mut request = [header.clone(), body.clone()];
        let (most, least) = if part == 0 { (0, 1) } else { (1, 0) };
        first.iter().for_each(|mutation| mutation.apply(&mut request[most]));
        if part == 2 {
            second.iter().for_each(|mutation| mutation.apply(&mut request[least]));
        }
        let [header, body] = request;
        let answer = poll_once(endpoint.receive(Some(&header), Bytes::from(body.clone())));
        let genuine =
            signature_model::expected_verdict(Some(&header), &body, &[SECRET], Some(300), NOW).is_ok();
        kept.set(kept.get() + u32::from(genuine));
        taken.set(taken.get() + u32::from(answer.status() == 200));
        prop_assert!(genuine || answer.status() == 400, "taken: {:?}", String::from_utf8_lossy(&header));
        // What verifies all the same is the body that was signed: only something meaningless in the header is different.
        prop_assert!(!genuine || body == event_body().into_bytes() && answer.status() == 200);
        Ok(())
    });
    result.unwrap();
    assert_eq!(taken, kept);
    assert!((1..9_000).contains(&taken.get()), "the mutations are of both sorts: {taken:?} verified");
}

/// One change to a sequence of bytes; the positions are taken modulo its length.
#[derive(Debug, Clone)]
enum Mutation {
    Flip(usize, u8),
    Set(usize, u8),
    Insert(usize, Vec<u8>),
    Remove(usize, usize),
    Double(usize, usize),
    Swap(usize, usize),
    Cut(usize),
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        let range = |from: usize, count: usize| from % length..(from % length + count % 70).min(length);
        match self {
            Self::Flip(at, bit) => bytes[at % length] ^= 1 << (bit % 8),
            Self::Set(at, byte) => bytes[at % length] = *byte,
            Self::Insert(at, new) => drop(bytes.splice(at % length..at % length, new.iter().copied())),
            Self::Remove(from, count) => drop(bytes.drain(range(*from, *count))),
            Self::Double(from, count) => {
                let copy = bytes[range(*from, *count)].to_vec();
                bytes.splice(from % length..from % length, copy);
            }
            Self::Swap(one, other) => bytes.swap(one % length, other % length),
            Self::Cut(at) => bytes.truncate(at % length),
        }
    }
}

fn any_mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<usize>;
    let element = prop_oneof![
        vec(any::<u8>(), 1..4),
        "(,|=|t=|v1=|v0=|,v1=0|,t=1800000000|,x=y| |\")".prop_map(String::into_bytes),
    ];
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        (at(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        (at(), element).prop_map(|(at, new)| Mutation::Insert(at, new)),
        (at(), at()).prop_map(|(from, count)| Mutation::Remove(from, count)),
        (at(), at()).prop_map(|(from, count)| Mutation::Double(from, count)),
        (at(), at()).prop_map(|(one, other)| Mutation::Swap(one, other)),
        at().prop_map(Mutation::Cut),
    ]
}

/// Headers that are almost right: elements of the grammar in any order and number.
fn any_header() -> impl Strategy<Value = Vec<u8>> {
    let digits = sign_body(b"{}").split_once("v1=").unwrap().1.to_owned();
    let key = prop_oneof![4 => Just("t"), 4 => Just("v1"), 1 => Just("v0"), 1 => Just(" t"), 1 => Just(""), 1 => "[a-z0-9 ]{0,3}".prop_map(|key| &*Box::leak(key.into_boxed_str()))];
    let value = prop_oneof![
        4 => Just(NOW.to_string()),
        4 => Just(digits.clone()),
        1 => Just(digits.to_uppercase()),
        1 => Just(digits[1..].to_owned()),
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => any::<u128>().prop_map(|number| number.to_string()),
        1 => Just(String::new()),
        1 => ".{0,5}",
    ];
    let equals = prop_oneof![12 => Just("="), 1 => Just(""), 1 => Just("=="), 1 => Just(" =")];
    let element = (key, equals, value).prop_map(|(key, equals, value)| format!("{key}{equals}{value}"));
    let separator =
        prop_oneof![12 => Just(","), 1 => Just(""), 1 => Just(";"), 1 => Just(",,"), 1 => Just(", ")];
    prop_oneof![
        12 => vec((element, separator), 0..6).prop_map(|elements| {
            elements.into_iter().map(|(element, separator)| element + separator).collect::<String>().into_bytes()
        }),
        1 => vec(any::<u8>(), 0..200),
    ]
}

proptest! {
    #![proptest_config(proptest_config(2_000))]

    #[test]
    fn the_verdict_on_any_header_is_that_of_the_rule_as_written(
        header in any_header(),
        body in prop_oneof![3 => Just(b"{}".to_vec()), 1 => vec(any::<u8>(), 0..40)],
        tolerance in prop_oneof![Just(Some(300)), Just(Some(0)), Just(Some(u64::MAX)), Just(None)],
        now in prop_oneof![5 => Just(NOW), 2 => NOW - 310..NOW + 310, 1 => any::<i64>(), 1 => Just(i64::MIN), 1 => Just(i64::MAX)],
    ) {
        let ours = tolerance.map_or_else(Tolerance::dangerously_accept_any_age, Tolerance::seconds);
        let secrets = [Secret::new("whsec_other").unwrap(), secret()];
        let verdict = verify(Some(&header), &body, &secrets, ours, now).map(|verified| verified.timestamp);
        prop_assert_eq!(verdict, signature_model::expected_verdict(Some(&header), &body, &["whsec_other", SECRET], tolerance, now));
    }

    #[test]
    fn nothing_unsigned_gets_anything_but_a_4xx(header in proptest::option::of(any_header()), body in vec(any::<u8>(), 0..300)) {
        // `{}` is the only body for which the headers above hold a signature.
        prop_assume!(body != b"{}");
        let status = answer_status(header.as_deref(), &body);
        prop_assert!((400..500).contains(&status), "{}", status);
    }

    #[test]
    fn a_signed_body_is_an_event_or_a_400_and_never_a_panic(body in any_body()) {
        let answer = status_of_signed(&body);
        let is_event = serde_json::from_slice::<serde_json::Value>(&body).is_ok_and(|value| {
            let text = |name: &str| value.get(name).and_then(|text| text.as_str()).is_some_and(|text| !text.is_empty());
            value.is_object() && text("id") && text("type")
        });
        // What serde_json's `Value` cannot hold (see above) may be an event all the same.
        prop_assert!(answer == 200 || (answer == 400 && !is_event), "{}", answer);
    }
}

/// Bodies that are almost events: an event with a few mutations, or JSON of the right members with wrong contents.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let member = "(\"(id|type|object|data|livemode|x|)\":(\"[a-z._\\\\]{0,6}\"|null|[0-9]{1,3}|\\{\\}|\\[\\]|true|nul|\\{\"a\":1\\}))";
    prop_oneof![
        (vec(any_mutation(), 0..3)).prop_map(|mutations| {
            let mut body = event_body().into_bytes();
            mutations.iter().for_each(|mutation| mutation.apply(&mut body));
            body
        }),
        vec(member, 0..8).prop_map(|members| format!("{{{}}}", members.join(",")).into_bytes()),
    ]
}

#[test]
fn extremes_of_time_and_tolerance_do_not_overflow() {
    let body = event_body();
    let at = |timestamp: i64, now: i64, tolerance: Tolerance| {
        let header = stripe_hooks::signature::sign(body.as_bytes(), &secret(), timestamp);
        verify(Some(header.as_bytes()), body.as_bytes(), &[secret()], tolerance, now).map(drop)
    };
    let skew =
        |seconds| Tolerance::seconds(u64::MAX).max_future_skew(std::time::Duration::from_secs(seconds));
    assert_eq!(at(i64::MAX, i64::MIN, Tolerance::DEFAULT), Ok(()));
    assert_eq!(at(i64::MAX, i64::MIN, skew(u64::MAX)), Ok(()));
    assert_eq!(at(i64::MAX, i64::MIN, skew(0)), Err(SignatureError::OutsideTolerance));
    assert_eq!(at(0, i64::MAX, Tolerance::DEFAULT), Err(SignatureError::OutsideTolerance));
    assert_eq!(at(0, i64::MAX, Tolerance::seconds(u64::MAX)), Ok(()));
    assert_eq!(at(0, i64::MAX, Tolerance::from(std::time::Duration::MAX)), Ok(()));
    assert_eq!(
        at(0, i64::MAX, Tolerance::seconds(i64::MAX.unsigned_abs() - 1)),
        Err(SignatureError::OutsideTolerance)
    );
    assert_eq!(at(-1, 0, Tolerance::DEFAULT), Err(SignatureError::MalformedHeader), "no digits");
}

#[test]
fn the_untouched_body_reaches_whoever_asks_for_it_byte_for_byte() {
    let (sender, received) = std::sync::mpsc::channel::<Raw>();
    let keep = move |unhandled: Unhandled| {
        sender.send(unhandled.body).unwrap();
        std::future::ready(())
    };
    let endpoint = endpoint_builder::<BareEndpoint>().on_unhandled(keep).build().unwrap();
    let body = format!("\n{{ \"odd\" : [1e400, 0.10, \"\\ud800\\/\\u00e9é\"],{} \r\n", &event_body()[1..]);
    let answer = poll_once(deliver_event(&endpoint, &body));
    assert_eq!(answer.status(), 200);
    assert_eq!(received.recv().unwrap().as_str(), body);
}
