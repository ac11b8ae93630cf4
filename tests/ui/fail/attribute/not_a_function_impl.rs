//! The attribute on an `impl` block.
#![allow(unused)]

use stripe_hooks::on_event;

struct Shop;

#[on_event("invoice.paid")]
impl Shop { //~ impl
    async fn book() {}
}

fn main() {}
