//! A type that no event has, and that must stay on its thread.
//! Take what an event has, in a type that is `Send`.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(total: std::rc::Rc<u32>) { //~ std::rc::Rc<u32> //~ book
    std::future::ready(()).await;
    drop(total);
}

fn main() {}
