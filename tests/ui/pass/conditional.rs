//! A `cfg` below the attribute applies to both.

use stripe_hooks::{EventId, on_event};

#[on_event("invoice.paid")]
#[cfg(any())]
async fn absent(nothing: Nothing) {}

#[on_event("invoice.paid")]
#[cfg(all())]
async fn book(id: EventId) {
    drop(id);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
