//! A union event.

use stripe_hooks::{objects::CustomerSource, on_event};

#[on_event("customer.source.created")]
async fn keep(source: CustomerSource) {
    drop(source);
}

fn main() {}
