//! Once the catalogue lists it, `unlisted` is only a warning.

use stripe_hooks::{Event, Raw, on_event};

#[on_event("invoice.paid", unlisted)]
async fn book(event: Event<Raw>) {
    drop(event);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
