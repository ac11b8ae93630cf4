//! What a lens reads, and what it does where Stripe sends something else than it expects.

use std::{borrow::Cow, sync::Mutex};

use delivery::{deliver_event, endpoint_builder, snapshot_event};
use proptest::prelude::*;
use serde_json::{Value, json};
use stripe_hooks::{
    Currency, Event, Id, Lens, LensField, Metadata, Raw, Timestamp,
    objects::{Charge, Customer, Invoice, InvoiceStatus, Price},
    on_event,
};

#[derive(Debug, Lens, PartialEq)]
#[lens("invoice")]
struct Paid {
    id: Option<Id<Invoice>>,
    customer: Option<Id<Customer>>,
    amount_paid: i64,
    status: Option<InvoiceStatus>,
    metadata: Metadata,
    #[lens(path = "metadata.order")]
    order: Option<String>,
    #[lens(path = "status_transitions.paid_at")]
    paid_at: Option<Timestamp>,
    #[lens(path = "lines.data[].pricing.price_details.price")]
    prices: Vec<Id<Price>>,
    #[lens(path = "lines.data[].taxes[].amount")]
    taxes: Vec<i64>,
    lines: Raw,
}

/// Reads an invoice that holds these keys.
fn read_paid(keys: Value) -> Result<Paid, String> {
    let mut invoice = json!({"id": "in_1", "object": "invoice", "amount_paid": 500, "lines": {"data": []}});
    for (key, value) in keys.as_object().unwrap() {
        invoice[key] = value.clone();
    }
    Paid::read_value(&invoice.to_string()).map_err(|error| error.to_string())
}

#[test]
fn each_field_is_found_wherever_it_is() {
    let paid = read_paid(json!({
        "customer": "cus_1", "status": "paid", "metadata": {"order": "7"}, "status_transitions": {"paid_at": 5},
        "lines": {"object": "list", "data": [
            {"pricing": {"price_details": {"price": "price_1"}}, "taxes": [{"amount": 1}, {"amount": 2}]},
            {"pricing": null, "taxes": null},
            {"pricing": {"price_details": {"price": "price_2"}}, "taxes": [{"amount": 3}]},
        ]},
    }))
    .unwrap();
    assert_eq!(paid.id.unwrap(), "in_1");
    assert_eq!(paid.customer.unwrap(), "cus_1");
    assert_eq!((paid.amount_paid, paid.status), (500, Some(InvoiceStatus::Paid)));
    assert_eq!((paid.metadata.len(), paid.order.as_deref()), (1, Some("7")));
    assert_eq!(paid.paid_at.unwrap().unix(), 5);
    assert_eq!(paid.prices.iter().map(Id::as_str).collect::<Vec<_>>(), ["price_1", "price_2"]);
    assert_eq!(paid.taxes, [1, 2, 3]);
    assert!(paid.lines.as_str().contains("price_2"));
}

#[test]
fn what_is_null_or_absent_on_the_way_is_skipped() {
    for lines in [
        json!({"data": []}),
        json!({"data": null}),
        json!({}),
        json!({"data": [null, {"pricing": {"price_details": null}}]}),
    ] {
        let paid = read_paid(json!({"status_transitions": null, "metadata": null, "lines": lines})).unwrap();
        assert_eq!((paid.paid_at, paid.order, paid.status), (None, None, None));
        assert!(paid.metadata.is_empty() && paid.prices.is_empty() && paid.taxes.is_empty());
    }
}

#[test]
fn an_error_tells_the_place_and_the_kinds_and_no_value() {
    for (keys, message) in [
        (json!({"amount_paid": "secret"}), "amount_paid: expected an integer, found a string"),
        (json!({"amount_paid": null}), "missing field `amount_paid`"),
        (json!({"status_transitions": "secret"}), "status_transitions: expected an object, found a string"),
        (json!({"lines": {"data": {}}}), "lines.data: expected an array, found an object"),
        (json!({"lines": []}), "lines: expected an object, found an array"),
        (
            json!({"lines": {"data": [{}, {"taxes": [{"amount": "secret"}]}]}}),
            "lines.data[1].taxes[0].amount: expected an integer, found a string",
        ),
        (
            json!({"object": "charge"}),
            "object: expected an object of kind `invoice`, found one of kind `charge`",
        ),
        (json!({"object": "secret"}), "object: expected an object of kind `invoice`, found another kind"),
        (
            json!({"amount_paid": null, "deleted": true}),
            "the object is deleted and only a stub is left of it, without `amount_paid`; to read stubs too, make the field an `Option`",
        ),
    ] {
        assert_eq!(read_paid(keys).unwrap_err(), message);
    }
    assert_eq!(Paid::read_value("[]").unwrap_err().to_string(), "expected an object, found an array");
    assert!(Paid::read_value("{").unwrap_err().to_string().contains("malformed JSON"));
}

#[derive(Debug, Lens, PartialEq)]
#[lens("payment_intent")]
struct Nullable {
    payment_method_types: Vec<Option<String>>,
}

#[test]
fn an_item_that_is_null_is_none_where_it_may_be() {
    let read = |types: &str| Nullable::decode(&format!(r#"{{"payment_method_types":{types}}}"#));
    let expected = vec![Some("card".to_owned()), None];
    assert_eq!(read(r#"["card",null]"#).unwrap().payment_method_types, expected);
    assert!(read("null").unwrap().payment_method_types.is_empty());
}

#[test]
fn what_nobody_reads_does_no_harm() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    for odd in [&deep, r#""\ud800""#, "1e400", r#"{"a":1,"a":2}"#, r#""\u0000""#] {
        let json = format!(
            r#"{{"object":"invoice","\ud800":{odd},"future":{odd},"amount_paid":1,"lines":{{"future":{odd}}},"status_transitions":{{"future":{odd}}}}}"#
        );
        assert_eq!(Paid::read_value(&json).unwrap().amount_paid, 1);
    }
}

#[test]
fn of_a_key_that_comes_twice_the_last_counts() {
    let json = r#"{"amount_paid":1,"amount_paid":2,"lines":{"data":[{"taxes":[{"amount":1}]}]},"lines":{"data":[{"taxes":[{"amount":2}]}]},
        "status_transitions":{"paid_at":1},"status_transitions":{},"lines":{"data":[{"taxes":[{"amount":3}]}]}}"#;
    let paid = Paid::read_value(json).unwrap();
    assert_eq!((paid.amount_paid, paid.paid_at, paid.taxes), (2, None, vec![3]));
}

#[derive(Debug, Lens, PartialEq)]
#[lens("charge", "refund")]
struct Money<'a> {
    id: &'a str,
    currency: &'a str,
    amount: i64,
    #[lens(path = "currency")]
    again: Currency,
    description: Option<Cow<'a, str>>,
}

#[test]
fn a_lens_borrows_from_the_text_that_it_reads() {
    let json = r#"{"id":"ch_1","object":"charge","amount":1,"currency":"usd","description":"caf\u00e9"}"#;
    let money = Money::read_value(json).unwrap();
    assert!(json.as_bytes().as_ptr_range().contains(&money.currency.as_ptr()));
    assert_eq!((money.id, money.again.as_str(), money.description.as_deref()), ("ch_1", "usd", Some("café")));
    let escaped = json.replace("usd", r"us\u0064");
    assert_eq!(
        Money::read_value(&escaped).unwrap_err().to_string(),
        "currency: expected a string without escapes, found one with escapes"
    );
}

#[derive(Debug, Lens, PartialEq)]
#[lens("invoice")]
struct Lined {
    #[lens(path = "lines.data[]")]
    lines: Vec<Line>,
    status_transitions: Transitions,
}

#[derive(Debug, Lens, PartialEq)]
#[lens("line_item")]
struct Line {
    amount: i64,
}

#[derive(Debug, Lens, PartialEq)]
#[lens("invoice.status_transitions")]
struct Transitions {
    paid_at: Option<i64>,
}

#[test]
fn a_lens_holds_lenses() {
    let json = r#"{"lines":{"data":[{"amount":1},{"amount":2}]},"status_transitions":{"paid_at":3}}"#;
    let expected = Lined {
        lines: vec![Line { amount: 1 }, Line { amount: 2 }],
        status_transitions: Transitions { paid_at: Some(3) },
    };
    assert_eq!(Lined::read_value(json), Ok(expected));
    let wrong = json.replace("\"amount\":2", "\"amount\":true");
    assert_eq!(
        Lined::read_value(&wrong).unwrap_err().to_string(),
        "lines.data[1].amount: expected an integer, found a boolean"
    );
}

static BOOKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

#[derive(stripe_hooks::EndpointName)]
struct HandledEndpoint;

#[on_event("charge.succeeded", "refund.created", endpoint = HandledEndpoint)]
async fn book(money: Money<'_>, event: Event<Money<'_>>) {
    assert_eq!(event.data.object, money);
    BOOKED.lock().unwrap().push(format!("{} {}", event.event_type, money.amount));
}

#[actix_web::test]
async fn a_handler_takes_a_lens_of_several_objects_by_itself_and_in_the_envelope() {
    let endpoint = endpoint_builder::<HandledEndpoint>().build().unwrap();
    let object = |tag: &str| json!({"id": "x_1", "object": tag, "amount": 7, "currency": "usd"});
    assert_eq!(
        deliver_event(&endpoint, snapshot_event("charge.succeeded", &object("charge"))).await.status(),
        200
    );
    assert_eq!(
        deliver_event(&endpoint, snapshot_event("refund.created", &object("refund"))).await.status(),
        200
    );
    assert_eq!(
        deliver_event(&endpoint, snapshot_event("refund.created", &object("invoice"))).await.status(),
        500
    );
    assert_eq!(*BOOKED.lock().unwrap(), ["charge.succeeded 7", "refund.created 7"]);
}

#[test]
fn an_expanded_object_becomes_its_id() {
    #[derive(Lens)]
    #[lens("dispute")]
    struct Disputed {
        charge: Id<Charge>,
    }
    assert_eq!(Disputed::read_value(r#"{"charge":{"id":"ch_1","amount":5}}"#).unwrap().charge, "ch_1");
}

/// JSON of any form, made of the keys that the lens reads.
fn any_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z\\\\\"\u{e9}]{0,3}".prop_map(Value::from),
    ];
    let key = prop::sample::select(vec![
        "amount",
        "amount_paid",
        "data",
        "lines",
        "metadata",
        "order",
        "paid_at",
        "status_transitions",
        "taxes",
        "other",
    ]);
    scalar.prop_recursive(6, 60, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..6)
                .prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

#[derive(Debug, Lens, PartialEq)]
#[lens("invoice")]
struct SumsLens {
    #[lens(path = "status_transitions.paid_at")]
    paid_at: Option<i64>,
    #[lens(path = "lines.data[].taxes[].amount")]
    taxes: Vec<i64>,
    #[lens(path = "lines.data[]")]
    lines: Vec<Raw>,
}

/// What the lens should read, found in a tree of values; an error where something stands in the way.
fn expected_sums(object: &Value) -> Result<(Option<i64>, Vec<i64>, usize), ()> {
    let member = |value: &Value, key: &str| match value {
        Value::Null => Ok(Value::Null),
        Value::Object(map) => Ok(map.get(key).cloned().unwrap_or(Value::Null)),
        _ => Err(()),
    };
    let items = |value: Value| match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => Ok(items),
        _ => Err(()),
    };
    let integer = |value: &Value| if value.is_null() { Ok(None) } else { value.as_i64().map(Some).ok_or(()) };
    if !object.is_object() {
        return Err(());
    }
    let paid_at = integer(&member(&member(object, "status_transitions")?, "paid_at")?)?;
    let lines = items(member(&member(object, "lines")?, "data")?)?;
    let mut taxes = Vec::new();
    for line in &lines {
        for tax in items(member(line, "taxes")?)? {
            taxes.extend(integer(&member(&tax, "amount")?)?);
        }
    }
    Ok((paid_at, taxes, lines.iter().filter(|line| !line.is_null()).count()))
}

proptest! {
    #![proptest_config(crate::bad_input::proptest_config(4_000))]

    #[test]
    fn whatever_stripe_sends_a_lens_reads_what_is_there_or_says_what_is_in_the_way(object in any_json()) {
        let read = SumsLens::read_value(&object.to_string());
        let expected = expected_sums(&object);
        prop_assert_eq!(read.as_ref().ok().map(|sums| (sums.paid_at, sums.taxes.clone(), sums.lines.len())), expected.ok(), "{:?}", read);
    }
}
