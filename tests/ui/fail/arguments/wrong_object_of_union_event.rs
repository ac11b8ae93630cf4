//! One of the objects that a union event may carry.
#![allow(unused)]

use stripe_hooks::{objects::Source, on_event};

#[on_event("customer.source.created")]
async fn keep(source: Source) {} //~ Source

fn main() {}
