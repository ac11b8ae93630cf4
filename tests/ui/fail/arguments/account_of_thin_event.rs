//! The same without the `Option`.
#![allow(unused)]

use stripe_hooks::{Account, on_event};

#[on_event("v1.account.updated")]
async fn sync(account: Account) {} //~ Account

fn main() {}
