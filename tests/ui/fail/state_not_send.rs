//! A state that must stay on its thread.
#![allow(unused)]

use stripe_hooks::{State, on_event};

#[on_event("invoice.paid")]
async fn book(State(total): State<std::rc::Rc<u32>>) {
    std::future::ready(()).await;
    drop(total);
}

fn main() {}
