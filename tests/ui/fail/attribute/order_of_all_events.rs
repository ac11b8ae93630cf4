//! An order of all events, some of which are about objects without ids.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("*", order = "object")] //~ "*"
async fn audit() {}

fn main() {}
