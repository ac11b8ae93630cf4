//! The test kit: sample events of every type, an endpoint under test, and chaos.

mod random;
pub mod sample;

pub use self::sample::{Form, Misfit, Sample, UnknownEvent};
