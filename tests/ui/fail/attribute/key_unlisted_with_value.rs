//! A value for `unlisted`, which takes none.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.new", unlisted = true)] //~ unlisted
async fn book() {}

fn main() {}
