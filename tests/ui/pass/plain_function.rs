//! A function that is not `async`.

use stripe_hooks::{objects::PaymentIntent, on_event};

#[on_event("payment_intent.succeeded")]
fn fulfil(_: PaymentIntent) -> Result<(), String> {
    Err("no stock".to_owned())
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
