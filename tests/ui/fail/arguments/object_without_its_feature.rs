//! An object whose cargo feature is off.
#![allow(unused)]

use stripe_hooks::{objects::Account, on_event};

#[on_event("account.updated")]
async fn sync(account: Account) {} //~ Account

fn main() {}

#[on_event("account.updated")]
async fn neighbour(account: stripe_hooks::Event<stripe_hooks::Raw>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
