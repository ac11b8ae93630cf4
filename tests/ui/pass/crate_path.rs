//! A crate that re-exports this one.

use stripe_hooks::EventId;

mod framework {
    pub use stripe_hooks as stripe;
}

#[framework::stripe::on_event("invoice.paid", crate = crate::framework::stripe)]
async fn book(id: EventId) {
    drop(id);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
