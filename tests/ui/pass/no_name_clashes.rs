//! Names that the expansion uses are the user's own as well.

mod names {
    #![allow(non_camel_case_types, non_snake_case, non_upper_case_globals)]
    use stripe_hooks::{EventId, Lens, on_event};

    // What no variable may be called, because a pattern would mean these.
    static call: u8 = 0;
    static settle: u8 = 1;
    const way: u8 = 2;
    const a0: u8 = 3;

    #[derive(Lens)]
    #[lens("invoice")]
    struct Paid {
        amount_paid: i64,
        #[lens(path = "amount_paid")]
        r#type: i64,
    }

    #[on_event("invoice.paid", "invoice.payment_failed")]
    async fn book(invoice: Paid) {
        let _ = (invoice.amount_paid, invoice.r#type, call, settle, way, a0);
    }

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
    assert_eq!(stripe_hooks::handlers().len(), 5);
}
