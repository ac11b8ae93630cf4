//! The account of a thin event, which tells it as its context.
#![allow(unused)]

use stripe_hooks::{ConnectedAccount, on_event};

#[on_event("v1.account.updated")]
async fn sync(account: ConnectedAccount) {} //~ ConnectedAccount

fn main() {}

#[on_event("payout.paid")]
async fn neighbour(account: ConnectedAccount) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
