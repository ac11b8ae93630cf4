//! The object of another event, in one of two handlers that have the same name and the same event.
#![allow(unused)]

mod card {
    use stripe_hooks::{objects::PaymentIntent, on_event};

    #[on_event("payment_intent.succeeded")]
    async fn fulfil(intent: PaymentIntent) {}
}

mod bank {
    use stripe_hooks::{objects::Charge, on_event};

    #[on_event("payment_intent.succeeded")]
    async fn fulfil(charge: Charge) {} //~ Charge
}

fn main() {}

#[stripe_hooks::on_event("charge.succeeded")]
async fn neighbour(charge: stripe_hooks::objects::Charge) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
