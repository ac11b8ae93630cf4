//! A transaction without its database.
//!
//! Write the database of the inbox: `&mut InboxTx<Sqlite>` or `&mut InboxTx<Postgres>`.
#![allow(unused)]

use stripe_hooks::{InboxTx, objects::Invoice, on_event};

#[on_event("invoice.paid")]
async fn book(invoice: Invoice, tx: &mut InboxTx) {} //~ InboxTx

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(invoice: Invoice) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
