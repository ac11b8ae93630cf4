//! Every snapshot event.

use stripe_hooks::{Event, EventTypeName, Raw, on_event};

#[on_event("*", except("payout.*", "customer.created"))]
async fn audit(event: Event<Raw>, name: EventTypeName) {
    drop((event, name));
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
