//! A handler whose crate has another name.
// Cargo.toml: stripe = { package = "stripe-hooks" }

use stripe::{EventId, on_event};

#[on_event("invoice.paid", crate = stripe)]
async fn book(id: EventId) {
    drop(id);
}

fn main() {
    assert_eq!(stripe::handlers().len(), 1);
}
