//! Envelope and untouched JSON.

use stripe_hooks::{Event, Raw, on_event};

#[on_event("payment_intent.succeeded")]
async fn fulfil(event: Event<Raw>) {
    drop(event);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
