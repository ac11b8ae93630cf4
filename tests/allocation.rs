//! Memory that a delivery costs: a few times the size of its body, whoever sent it and whatever is in it.
//!
//! A program of its own without a harness, because the allocator counts what all threads allocate.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it should be"
)]

use bytes::Bytes;
use delivery::{NOW, endpoint_builder, sign_body, snapshot_event, thin_event};
use futures_util::FutureExt;
use serde_json::json;
use stripe_hooks::{
    Endpoint, Event, Lens, PreviousAttributes, Raw, ThinEvent,
    objects::{Charge, Invoice},
    on_event,
};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// What a delivery may hold at once for each byte of its body, where no typed object is asked for.
const MAX_PER_BODY_BYTE: u64 = 8;

/// The same, where a handler asks for a typed object. An array of empty objects is the worst case: the places for its items are as large
/// as what they may hold.
const MAX_PER_OBJECT_BYTE: u64 = 100;

/// What any delivery may hold beside that.
const FREE_ALLOWANCE: u64 = 16 * 1024;

#[derive(stripe_hooks::EndpointName)]
struct CountedEndpoint;

#[on_event("charge.succeeded", endpoint = CountedEndpoint)]
fn untouched(event: Event<Raw>, previous: Option<PreviousAttributes>) {
    drop((event, previous));
}

#[on_event("charge.failed", endpoint = CountedEndpoint)]
fn a_charge(charge: Charge) {
    drop(charge);
}

#[on_event("invoice.paid", endpoint = CountedEndpoint)]
fn an_invoice(invoice: Invoice) {
    drop(invoice);
}

#[on_event("v1.charge.succeeded", endpoint = CountedEndpoint)]
fn a_thin_event(event: ThinEvent) {
    drop(event);
}

/// Holds nothing of its own.
#[derive(Lens)]
#[lens("charge")]
struct BorrowingLens<'a> {
    id: &'a str,
    currency: &'a str,
    amount: i64,
    #[lens(path = "payment_method_details.card.amount_authorized")]
    authorized: Option<i64>,
}

fn main() {
    let size = 1 << 17;
    let hostile = hostile_bodies(size);
    a_lens_that_borrows_allocates_nothing();
    what_is_turned_away_or_that_nobody_handles_allocates_nothing();
    a_handler_of_a_lens_allocates_what_its_fields_hold();
    println!("{:>9} {:>9} {:>7}  delivery", "body", "held", "a byte");
    for (what, body) in &hostile {
        let wrong_signature = format!("t={NOW},v1={}", "0".repeat(64));
        // A thousand signatures that are right but for the body: the costliest header, and a diagnosis is made.
        let of_another = sign_body(b"{}") + &format!(",v1={}", "0".repeat(64)).repeat(1_000);
        for (header, how) in [
            (None, "unsigned"),
            (Some(wrong_signature), "wrong signature"),
            (Some(of_another), "of another body"),
        ] {
            check_allocation_limit(
                &format!("{how}: {what}"),
                header.as_deref(),
                body,
                400,
                MAX_PER_BODY_BYTE,
            );
        }
        check_allocation_limit(
            &format!("signed: {what}"),
            Some(&sign_body(body)),
            body,
            400,
            MAX_PER_BODY_BYTE,
        );
    }
    for (what, json) in &hostile {
        if serde_json::from_slice::<&serde_json::value::RawValue>(json).is_err() {
            continue;
        }
        let json = std::str::from_utf8(json).expect("JSON is UTF-8");
        let around =
            |event: &str, outer: &str| event.replace("\"HERE\"", &outer.replace("HERE", json)).into_bytes();
        let event = |event_type| snapshot_event(event_type, &json!("HERE")).to_string();
        let untouched = event("charge.succeeded");
        let signed = |what: &str, body: &[u8], status, factor| {
            check_allocation_limit(what, Some(&sign_body(body)), body, status, factor);
        };
        signed(&format!("untouched object: {what}"), &around(&untouched, "HERE"), 200, MAX_PER_BODY_BYTE);
        let previous = untouched.replace("\"HERE\"", "{}").replacen(
            "\"data\":{",
            "\"data\":{\"previous_attributes\":\"HERE\",",
            1,
        );
        signed(&format!("previous attributes: {what}"), &around(&previous, "HERE"), 200, MAX_PER_BODY_BYTE);
        let future = event("unknown").replacen('{', "{\"future\":\"HERE\",", 1);
        signed(&format!("unknown member: {what}"), &around(&future, "HERE"), 200, MAX_PER_BODY_BYTE);
        let thin =
            thin_event("v1.charge.succeeded", &json!({"id": "ch_1", "type": "charge", "data": "HERE"}))
                .to_string();
        signed(&format!("thin event: {what}"), &around(&thin, "HERE"), 200, MAX_PER_BODY_BYTE);
        for (event_type, object) in [
            ("charge.failed", "HERE"),
            ("charge.failed", r#"{"object":"charge","metadata":HERE}"#),
            ("charge.failed", r#"{"object":"charge","refunds":{"object":"list","data":HERE}}"#),
            ("charge.failed", r#"{"object":"charge","source":HERE}"#),
            ("charge.failed", r#"{"object":"charge","customer":{"id":"x","x":HERE}}"#),
            ("charge.failed", r#"{"object":"charge","unknown":HERE}"#),
            ("invoice.paid", r#"{"object":"invoice","lines":{"object":"list","data":HERE}}"#),
            ("invoice.paid", r#"{"object":"invoice","total_taxes":HERE}"#),
            ("invoice.paid", r#"{"object":"invoice","custom_fields":HERE}"#),
            ("invoice.paid", r#"{"object":"invoice","customer_tax_ids":HERE}"#),
        ] {
            let what = format!("{object}: {what}");
            signed(&what, &around(&event(event_type), object), 500, MAX_PER_OBJECT_BYTE);
        }
    }
}

/// What a delivery allocates in all beside its body: bytes and blocks.
fn measure_allocations(endpoint: &Endpoint, header: Option<&str>, body: &str, status: u16) -> (u64, u64) {
    let body = Bytes::copy_from_slice(body.as_bytes());
    let profiler = dhat::Profiler::builder().testing().build();
    let answer = endpoint.receive(header.map(str::as_bytes), body).now_or_never().expect("an answer at once");
    let stats = dhat::HeapStats::get();
    drop(profiler);
    assert_eq!(answer.status(), status);
    (stats.total_bytes, stats.total_blocks)
}

/// So that nothing is allocated before a signature is verified, either.
fn what_is_turned_away_or_that_nobody_handles_allocates_nothing() {
    let large = json!({"id": "in_1", "object": "invoice", "lines": vec![json!({"a": "b"}); 500]});
    for body in [snapshot_event("customer.created", &large), thin_event("v1.customer.created", &large)] {
        let endpoint: Endpoint = endpoint_builder::<CountedEndpoint>().build().expect("an endpoint");
        let body = body.to_string();
        let wrong_signature = format!("t={NOW},v1={}", "0".repeat(64));
        // The first of a second is diagnosed, so that each body has an endpoint whose second begins here.
        measure_allocations(&endpoint, Some(&wrong_signature), &body, 400);
        for header in [None, Some(""), Some("t=1"), Some("t=x,v1=y"), Some(wrong_signature.as_str())] {
            assert_eq!(measure_allocations(&endpoint, header, &body, 400), (0, 0), "{header:?}");
        }
        let nothing = measure_allocations(&endpoint, Some(&sign_body(body.as_bytes())), &body, 200);
        assert_eq!(nothing, (0, 0), "for an event that nobody handles");
    }
}

/// Beside the handler's own work, which is a future like any other: two blocks.
fn a_handler_of_a_lens_allocates_what_its_fields_hold() {
    let endpoint: Endpoint = endpoint_builder::<CountedEndpoint>().build().expect("an endpoint");
    let blocks = |event_type: &str| {
        let name = "a name that takes some room";
        let charge =
            json!({"object": "charge", "id": "ch_1", "amount": 5, "currency": "usd", "description": name});
        let body = snapshot_event(event_type, &charge).to_string();
        measure_allocations(&endpoint, Some(&sign_body(body.as_bytes())), &body, 200).1
    };
    let (borrowed, owned) = (blocks("charge.updated"), blocks("charge.captured"));
    println!("a handler of a lens: {borrowed} blocks, and {} for two texts of its own", owned - borrowed);
    assert_eq!((borrowed, owned), (2, 4));
}

#[on_event("charge.updated", endpoint = CountedEndpoint)]
async fn borrowed(_: BorrowingLens<'_>) {}

#[derive(Lens)]
#[lens("charge")]
struct OwningLens {
    id: String,
    description: Option<String>,
}

#[on_event("charge.captured", endpoint = CountedEndpoint)]
async fn owned(lens: OwningLens) {
    drop((lens.id, lens.description));
}

fn a_lens_that_borrows_allocates_nothing() {
    let unread = json!({"text": "x".repeat(4096), "list": vec![json!({"a": [1, "two", {"three": null}]}); 100], "number": 1.5});
    let charge = json!({
        "object": "charge", "id": "ch_1", "amount": 5, "currency": "usd", "metadata": unread, "unknown": unread,
        "payment_method_details": {"card": {"amount_authorized": 7, "unknown": unread}, "unknown": unread},
    })
    .to_string();
    let profiler = dhat::Profiler::builder().testing().build();
    let lens = BorrowingLens::decode(&charge).expect("a lens");
    let stats = dhat::HeapStats::get();
    drop(profiler);
    assert_eq!((lens.id, lens.currency, lens.amount, lens.authorized), ("ch_1", "usd", 5, Some(7)));
    assert_eq!(stats.total_bytes, 0, "for a lens that holds nothing");
}

/// Bodies of about this size, in which everything is meant to take more room than it has.
fn hostile_bodies(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let repeated = |text: &str| text.repeat(size / text.len());
    let keys = |size: usize| (0..size / 10).map(|key| format!(r#","{key:x}":1"#)).collect::<String>();
    vec![
        ("zeros", vec![0; size]),
        ("bytes that are no UTF-8", vec![0xff; size]),
        ("open arrays", repeated("[").into_bytes()),
        ("open objects", repeated(r#"{"":"#).into_bytes()),
        ("commas, deeply nested", ("[".repeat(64) + &repeated(",")).into_bytes()),
        ("nested arrays", (repeated("[")[..size / 2].to_owned() + &repeated("]")[..size / 2]).into_bytes()),
        (
            "nested objects",
            (repeated(r#"{"":"#)[..size / 5 * 4].to_owned() + "1" + &"}".repeat(size / 5)).into_bytes(),
        ),
        ("empty arrays", format!("[[]{}]", repeated(",[]")).into_bytes()),
        ("empty objects", format!("[{{}}{}]", repeated(",{}")).into_bytes()),
        (
            "items that are almost right",
            format!(r#"[{{"id":""}}{}]"#, repeated(r#",{"id":""}"#)).into_bytes(),
        ),
        ("nulls", format!("[null{}]", repeated(",null")).into_bytes()),
        ("many keys", format!(r#"{{"a":1{}}}"#, keys(size)).into_bytes()),
        (
            "many entries",
            keys(size)
                .replace(":1", ":\"\"")
                .replacen(',', "{", 1)
                .into_bytes()
                .into_iter()
                .chain(*b"}")
                .collect(),
        ),
        ("one key, many times", format!(r#"{{"a":1{}}}"#, repeated(r#","a":1"#)).into_bytes()),
        ("escapes", format!(r#""{}""#, repeated(r"\u00e9")).into_bytes()),
        ("digits", repeated("9").into_bytes()),
        ("line ends", format!("[1{}]", repeated("\r\n")).into_bytes()),
    ]
}

fn check_allocation_limit(what: &str, header: Option<&str>, body: &[u8], status: u16, for_each_byte: u64) {
    // An endpoint of its own, because each makes one diagnosis in a second.
    let endpoint: Endpoint =
        endpoint_builder::<CountedEndpoint>().body_limit(64 << 20).build().expect("an endpoint");
    let body = Bytes::copy_from_slice(body);
    let size = body.len() as u64;
    // Counts from nothing, so that the body itself is not counted.
    let profiler = dhat::Profiler::builder().testing().build();
    let answer = endpoint.receive(header.map(str::as_bytes), body).now_or_never().expect("an answer at once");
    let held = dhat::HeapStats::get().max_bytes as u64;
    drop(profiler);
    println!("{size:>9} {held:>9} {:>7}  {what}", held / size);
    assert_eq!(answer.status(), status, "{what}");
    assert!(held <= size * for_each_byte + FREE_ALLOWANCE, "{what}: {held} for a body of {size}");
}
