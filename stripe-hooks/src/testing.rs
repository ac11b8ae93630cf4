//! The test kit (feature `testing`): sample events of every type, an endpoint under test, and chaos.
//!
//! ```rust,standalone_crate
//! use stripe_hooks::{State, objects::PaymentIntent, on_event, testing::{TestEndpoint, sample}};
//!
//! #[derive(Clone, Default)]
//! struct Sales(std::sync::Arc<std::sync::Mutex<i64>>);
//!
//! #[on_event("payment_intent.succeeded")]
//! async fn fulfil(intent: PaymentIntent, State(Sales(sum)): State<Sales>) {
//!     *sum.lock().unwrap() += intent.amount;
//! }
//!
//! # async fn fulfils_once() {
//! let sales = Sales::default();
//! let hooks = TestEndpoint::builder().state(sales.clone()).build();
//! hooks.send(sample::payment_intent_succeeded().amount(4200)).await.assert_ok().assert_done("fulfil");
//! assert_eq!(*sales.0.lock().unwrap(), 4200);
//! # }
//! # futures_util::FutureExt::now_or_never(fulfils_once()).unwrap();
//! ```
//!
//! [`chaos`] plays a scenario many times as the network and Stripe may play it: twice, in every order, again after a failure.

mod chaos;
mod clock;
mod delivered;
mod endpoint;
#[cfg(feature = "actix")]
mod loopback_server;
pub(crate) mod random;
mod run_recorder;
pub mod sample;
mod storm;

pub use self::{
    chaos::{Chaos, Counterexample, Events, chaos},
    clock::TestClock,
    delivered::Delivered,
    endpoint::{IntoBody, ROLLED_SECRET, SECRET, TestEndpoint, TestEndpointBuilder},
    run_recorder::{Ended, Run},
    sample::{Form, Misfit, Sample, UnknownEvent},
    storm::{Flaky, Storm},
};
