//! Both twins, with what both have.

use stripe_hooks::{Context, EventId, on_event};

#[on_event("invoice.paid", "v1.invoice.paid")]
async fn book(id: EventId, context: Option<Context>) {
    drop((id, context));
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
