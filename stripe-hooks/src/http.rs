//! Adapters to HTTP frameworks: a request's header and body in, [`receive`](crate::Endpoint::receive), its answer out.

#[cfg(feature = "actix")]
mod actix;

#[cfg(feature = "actix")]
pub use actix::Service;
