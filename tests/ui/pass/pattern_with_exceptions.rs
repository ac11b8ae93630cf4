//! A pattern whose exceptions leave one object.

use stripe_hooks::{objects::Charge, on_event};

#[on_event("charge.*", except("charge.dispute.*", "charge.refund.updated"))]
async fn sync(charge: Charge) {
    drop(charge);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
