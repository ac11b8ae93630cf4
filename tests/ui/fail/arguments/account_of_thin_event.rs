//! The account of a thin event, which tells it as its context.
#![allow(unused)]

use stripe_hooks::{Account, on_event};

#[on_event("v1.account.updated")]
async fn sync(account: Account) {} //~ Account

fn main() {}

#[on_event("payout.paid")]
async fn neighbour(account: Account) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
