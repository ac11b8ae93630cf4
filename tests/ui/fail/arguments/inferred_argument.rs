//! An argument whose type is left to the compiler.
//!
//! Write the type.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(invoice: _) {} //~ _

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(invoice: stripe_hooks::objects::Invoice) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
