//! A pattern without a prefix.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event(".*")] //~ ".*"
async fn sync() {}

fn main() {}
