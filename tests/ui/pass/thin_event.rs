//! A thin event.

use stripe_hooks::{ThinEvent, on_event};

#[on_event("v2.core.account[configuration.customer].updated")]
async fn sync(event: ThinEvent) {
    drop(event);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
