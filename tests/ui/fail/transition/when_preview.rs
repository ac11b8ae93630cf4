//! A change of an event whose object has no type.
#![allow(unused)]

use stripe_hooks::{EventId, on_event};

#[on_event("account_notice.updated", changed(status))] //~ "account_notice.updated"
async fn welcome(id: EventId) {}

fn main() {}
