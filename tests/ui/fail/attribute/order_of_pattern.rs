//! An order of the events of a pattern, of which one is about an object without id.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("billing.*", order = "object")] //~ "billing.*"
async fn audit() {}

fn main() {}
