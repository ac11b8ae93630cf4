//! A snapshot event that is newer than the catalogue.

use stripe_hooks::{Event, Raw, on_event};

#[on_event("invoice.reconsidered", unlisted)]
async fn book(event: Event<Raw>) {
    drop(event);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
