//! An object that the event does not carry, beside the one that it does.
#![allow(unused)]

use stripe_hooks::{
    objects::{Invoice, Subscription},
    on_event,
};

#[on_event("customer.subscription.updated")]
async fn sync(subscription: Subscription, invoice: Invoice) {} //~ Invoice

fn main() {}

#[stripe_hooks::on_event("invoice.paid")]
async fn neighbour(invoice: Invoice) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
