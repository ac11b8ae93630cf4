//! A thin event tells its account as its context.
#![allow(unused)]

use stripe_hooks::{Account, on_event};

#[on_event("v1.account.updated")]
async fn sync(account: Option<Account>) {} //~ Option<Account>

fn main() {}
