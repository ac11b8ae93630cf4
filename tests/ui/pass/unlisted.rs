//! Names that are newer than the catalogue.

use stripe_hooks::{EventId, on_event};

#[on_event("invoice.reconsidered", "v2.core.invoice.reconsidered", unlisted)]
async fn book(id: EventId) {
    drop(id);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
