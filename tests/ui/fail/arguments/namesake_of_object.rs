//! A type of the user's own that has the name of what the event carries.
#![allow(unused)]

use stripe_hooks::on_event;

struct Invoice;

#[on_event("invoice.paid")]
async fn book(invoice: Invoice) {} //~ Invoice

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(invoice: stripe_hooks::objects::Invoice) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
