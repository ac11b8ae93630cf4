//! A handler with a `where` clause.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book()
where //~ where
    String: Send,
{
}

fn main() {}
