//! One of the two events tells its account as its context.
#![allow(unused)]

use stripe_hooks::{Account, on_event};

#[on_event("account.updated", "v1.account.updated")]
async fn sync(account: Option<Account>) {} //~ Option<Account>

fn main() {}
