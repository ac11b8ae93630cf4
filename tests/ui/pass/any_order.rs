//! Arguments in any order, as often as one likes, with patterns.
#![allow(unused)]

use stripe_hooks::{Event, EventId, EventTypeName, Livemode, Raw, State, objects::PaymentIntent, on_event};

#[derive(Clone)]
struct Db(u32);

#[on_event("payment_intent.succeeded")]
async fn fulfil(
    State(Db(number)): State<Db>,
    intent: PaymentIntent,
    id: EventId,
    mut again: EventId,
    _: Livemode,
    event: Event<PaymentIntent>,
    raw: Event<Raw>,
    name: EventTypeName,
) {
    again = id;
    drop((number, intent, again, event, raw, name));
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
