//! A type that no event has, and that must stay on its thread.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(total: std::rc::Rc<u32>) {
    std::future::ready(()).await;
    drop(total);
}

fn main() {}
