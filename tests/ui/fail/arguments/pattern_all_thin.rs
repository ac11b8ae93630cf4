//! A thin event as the argument of every snapshot event.
#![allow(unused)]

use stripe_hooks::{ThinEvent, on_event};

#[on_event("*")]
async fn audit(event: ThinEvent) {} //~ ThinEvent

fn main() {}
