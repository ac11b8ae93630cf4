//! The attribute on a method.
#![allow(unused)]

use stripe_hooks::on_event;

struct Shop;

impl Shop {
    #[on_event("invoice.paid")]
    async fn book(&self) {} //~ &self
}

fn main() {}
