//! A value that must stay on its thread, kept across an await.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() {
    let total = std::rc::Rc::new(1);
    std::future::ready(()).await;
    drop(total);
}

fn main() {}
