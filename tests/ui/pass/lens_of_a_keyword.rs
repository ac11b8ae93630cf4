//! A field whose name is a word of Rust's.
#![allow(unused)]

use stripe_hooks::{Lens, on_event};

#[derive(Lens)]
#[lens("payment_method")]
struct Method {
    r#type: String,
}

#[on_event("payment_method.attached")]
async fn keep(method: Method) {}

fn main() {}
