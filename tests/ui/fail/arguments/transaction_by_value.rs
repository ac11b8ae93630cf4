//! A transaction that the handler would own.
#![allow(unused)]

use stripe_hooks::{InboxTx, on_event};

struct Ledger;

#[on_event("invoice.paid")]
async fn book(tx: InboxTx<Ledger>) {} //~ InboxTx<Ledger>

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(invoice: stripe_hooks::objects::Invoice) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
