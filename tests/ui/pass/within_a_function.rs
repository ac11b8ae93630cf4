//! A handler with types that are local to a function.

use stripe_hooks::{State, on_event};

fn setup() {
    #[derive(Clone)]
    struct Local;

    #[on_event("invoice.paid")]
    async fn book(State(local): State<Local>) {
        drop(local);
    }
}

const _: fn() = setup;

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
