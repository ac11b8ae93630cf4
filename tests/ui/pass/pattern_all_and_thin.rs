//! Every snapshot event and every thin one.

use stripe_hooks::{EventTypeName, on_event};

#[on_event("*", "v1.*", "v2.*")]
async fn audit(name: EventTypeName) {
    drop(name);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
