//! In a module that hides the prelude's names.

mod strange {
    #![allow(dead_code)]
    use stripe_hooks::{EventId, on_event};

    struct Result;
    struct Option;
    struct Some;
    struct Ok;
    mod core {}
    mod std {}

    #[on_event("*", name = "strange")]
    async fn book(id: EventId) {
        drop(id);
    }
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
