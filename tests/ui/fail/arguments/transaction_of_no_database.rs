//! A transaction of the inbox, in what is no database that an inbox can be in.
#![allow(unused)]

use stripe_hooks::{InboxTx, objects::Invoice, on_event};

struct Ledger;

#[on_event("invoice.paid")]
async fn book(invoice: Invoice, tx: &mut InboxTx<Ledger>) {} //~ InboxTx<Ledger>

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(invoice: Invoice) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
