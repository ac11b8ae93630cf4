//! A pattern of one object.

use stripe_hooks::{objects::Subscription, on_event};

#[on_event("customer.subscription.*")]
async fn sync(subscription: Subscription) {
    drop(subscription);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
