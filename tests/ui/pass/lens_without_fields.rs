//! A lens that reads nothing, but only fits an invoice.

use stripe_hooks::{Lens, on_event};

#[derive(Lens)]
#[lens("invoice")]
struct Seen {}

#[on_event("invoice.paid")]
async fn count(_: Seen) {}

fn main() {
    assert!(Seen::decode(r#"{"object":"invoice"}"#).is_ok());
    assert!(Seen::decode(r#"{"object":"charge"}"#).is_err());
}
