//! No argument at all.

use stripe_hooks::on_event;

#[on_event("payment_intent.succeeded")]
async fn fulfil() {}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
