//! An argument that none of hundreds of events has.
#![allow(unused)]

use stripe_hooks::{objects::Customer, on_event};

#[on_event("v1.*")]
async fn sync(customer: Customer) {} //~ Customer

fn main() {}
