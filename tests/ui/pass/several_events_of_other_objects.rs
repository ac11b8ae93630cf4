//! Several objects, untyped.

use stripe_hooks::{Event, EventId, Raw, on_event};

#[on_event("invoice.paid", "charge.succeeded")]
async fn book(event: Event<Raw>, id: EventId) {
    drop((event, id));
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
