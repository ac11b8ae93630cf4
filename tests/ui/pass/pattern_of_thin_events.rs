//! A pattern of thin events.

use stripe_hooks::{ThinEvent, on_event};

#[on_event("v1.invoice.*")]
async fn sync(event: ThinEvent) {
    drop(event);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
