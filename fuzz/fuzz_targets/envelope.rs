//! A signed body, whatever it is: an answer, never a panic; and what a handler gets is what it would get of the same JSON written in
//! another way.
#![no_main]

use std::fmt::Debug;

use fuzzed::{Fuzzed, receive, signature};
use libfuzzer_sys::fuzz_target;
use serde::{Serialize, de::DeserializeOwned};
use stripe_hooks::{
    ApiVersion, ConnectedAccount, Context, Event, EventId, EventTypeName, IdempotencyKey, Livemode, Object,
    PreviousAttributes, Raw, RequestId, ThinEvent,
    objects::{Charge, Customer, Invoice, PaymentIntent, Subscription},
    on_event,
};

#[on_event("charge.succeeded", endpoint = Fuzzed)]
fn charge(object: Charge, raw: Event<Raw>) {
    check(&object, &raw);
}

#[on_event("payment_intent.succeeded", endpoint = Fuzzed)]
fn payment_intent(object: PaymentIntent, raw: Event<Raw>) {
    check(&object, &raw);
}

#[on_event("customer.created", endpoint = Fuzzed)]
fn customer(object: Customer, raw: Event<Raw>) {
    check(&object, &raw);
}

#[on_event("customer.subscription.updated", endpoint = Fuzzed)]
fn subscription(object: Subscription, raw: Event<Raw>) {
    check(&object, &raw);
}

#[on_event("invoice.paid", endpoint = Fuzzed)]
fn invoice(object: Invoice, raw: Event<Raw>) {
    check(&object, &raw);
}

#[on_event("payout.paid", endpoint = Fuzzed)]
fn all_that_an_envelope_may_hold(
    _: EventId,
    _: EventTypeName,
    _: Livemode,
    _: Option<ConnectedAccount>,
    _: Option<Context>,
    _: Option<ApiVersion>,
    _: Option<RequestId>,
    _: Option<IdempotencyKey>,
    previous: Option<PreviousAttributes>,
    event: Event<Raw>,
) {
    let _ = format!("{event:?}");
    if let Some(previous) = previous {
        let _ = (previous.contains("amount"), previous.get::<Option<i64>>("amount"));
    }
}

#[on_event("v1.billing.meter.no_meter_found", endpoint = Fuzzed)]
fn thin(event: ThinEvent) {
    let _ = format!("{event:?}");
}

fuzz_target!(|body: &[u8]| {
    let answer = receive(Some(signature(body).as_bytes()), body);
    assert!([200, 400, 500].contains(&answer.status()));
    assert!(answer.status() != 200 || std::str::from_utf8(body).is_ok());
});

/// An object written and read again is the same, and so is what is read from the same JSON in another order.
fn check<T: Object + Serialize + DeserializeOwned + PartialEq + Debug>(object: &T, event: &Event<Raw>) {
    let written = serde_json::to_string(object).expect("an object can be written");
    let again: T = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(*object, again, "{written}");
    assert!(!format!("{object:?}").is_empty());
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(event.data.object.as_str()) {
        let of_value = T::decode(&value.to_string()).expect("the same JSON in another order");
        // Compared as values, because JSON that an object keeps untouched is now in another order too.
        assert_eq!(serde_json::to_value(object).ok(), serde_json::to_value(&of_value).ok(), "{value}");
    }
}
