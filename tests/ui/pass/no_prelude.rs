//! In a module that hides the prelude's names.

mod strange {
    #![allow(dead_code, non_camel_case_types)]
    use stripe_hooks::{EndpointName, EventId, on_event};

    struct Result;
    struct Option;
    struct Some;
    struct Ok;
    mod core {}
    mod std {}
    struct str;
    struct bool;

    #[derive(EndpointName)]
    struct Connect;

    #[on_event("*", name = "strange", endpoint = Connect)]
    async fn book(id: EventId) {
        drop(id);
    }
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
