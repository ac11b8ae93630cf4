//! A preview, untyped.

use stripe_hooks::{Event, Raw, on_event};

#[on_event("customer.subscription.collection_paused")]
async fn pause(event: Event<Raw>) {
    drop(event);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
