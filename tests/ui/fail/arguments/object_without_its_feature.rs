//! An object whose cargo feature is off.
#![allow(unused)]

use stripe_hooks::{objects::Account, on_event};

#[on_event("account.updated")]
async fn sync(account: Account) {} //~ Account

fn main() {}
