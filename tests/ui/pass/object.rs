//! The object itself.

use stripe_hooks::{objects::PaymentIntent, on_event};

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent) {
    drop(intent);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
