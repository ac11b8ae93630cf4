//! An object that none of ten events carries.
#![allow(unused)]

use stripe_hooks::{objects::PaymentIntent, on_event};

#[on_event(
    "invoice.created",
    "invoice.deleted",
    "invoice.finalized",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.sent",
    "invoice.updated",
    "invoice.voided"
)]
async fn book(intent: PaymentIntent) {} //~ PaymentIntent

fn main() {}

#[on_event("payment_intent.succeeded")]
async fn neighbour(intent: PaymentIntent) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
