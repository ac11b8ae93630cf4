//! Names that the expansion uses are the user's own as well.

mod names {
    #![allow(non_camel_case_types)]
    use stripe_hooks::{EventId, on_event};

    #[on_event("invoice.paid")]
    async fn needs(event: EventId) {
        drop(event);
    }

    #[on_event("invoice.paid")]
    async fn event(needs: EventId) {
        drop(needs);
    }

    #[on_event("invoice.paid")]
    async fn argument_0(HANDLER: EventId) {
        drop(HANDLER);
    }

    #[on_event("invoice.paid")]
    async fn r#match(r#type: EventId) {
        drop(r#type);
    }
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 4);
}
