//! An `Option` of a state, which is there or the program does not start.
#![allow(unused)]

use stripe_hooks::{State, on_event};

#[derive(Clone)]
struct Db;

#[on_event("invoice.paid")]
async fn book(db: Option<State<Db>>) {} //~ Option<State<Db>>

fn main() {}
