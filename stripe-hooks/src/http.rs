//! Adapters to HTTP frameworks.
//!
//! `deliver` takes a request in parts that every framework has, and holds the order of its steps.
//! An adapter takes the parts out of a request of its framework and turns the
//! [`Answer`](crate::Answer) into a response.

mod actix;
mod body;
mod deliver;
mod poll_limit;

pub use self::actix::Service;
