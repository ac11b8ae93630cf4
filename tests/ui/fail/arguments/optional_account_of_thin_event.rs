//! A thin event tells its account as its context.
#![allow(unused)]

use stripe_hooks::{ConnectedAccount, on_event};

#[on_event("v1.account.updated")]
async fn sync(account: Option<ConnectedAccount>) {} //~ Option<ConnectedAccount>

fn main() {}

#[on_event("account.updated")]
async fn neighbour(account: Option<ConnectedAccount>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
