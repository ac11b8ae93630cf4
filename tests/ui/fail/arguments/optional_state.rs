//! An `Option` of a state, which is there or the program does not start.
#![allow(unused)]

use stripe_hooks::{State, on_event};

#[derive(Clone)]
struct Db;

#[on_event("invoice.paid")]
async fn book(db: Option<State<Db>>) {} //~ Option<State<Db>>

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(db: State<Db>) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
