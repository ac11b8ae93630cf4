//! Envelope and object.

use stripe_hooks::{Event, objects::PaymentIntent, on_event};

#[on_event("payment_intent.succeeded")]
async fn fulfil(event: Event<PaymentIntent>) {
    drop(event);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
