//! A transaction that the handler would own.
#![allow(unused)]

use stripe_hooks::{InboxTx, on_event};

struct Ledger;

#[on_event("invoice.paid")]
async fn book(tx: InboxTx<Ledger>) {} //~ InboxTx<Ledger>

fn main() {}
