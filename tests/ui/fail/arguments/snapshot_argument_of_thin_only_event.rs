//! An object of a thin event without a twin.
#![allow(unused)]

use stripe_hooks::{objects::Account, on_event};

#[on_event("v2.core.account.created")]
async fn welcome(account: Account) {} //~ Account

fn main() {}

#[on_event("v2.core.account.created")]
async fn neighbour(account: stripe_hooks::ThinEvent) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
