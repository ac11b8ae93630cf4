//! A union event.

use stripe_hooks::{objects::CustomerSource, on_event};

#[on_event("customer.source.created")]
async fn keep(source: CustomerSource) {
    drop(source);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
