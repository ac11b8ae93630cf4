//! Conversions to the types of other crates, each behind the feature of its name.
//!
//! Only what Stripe sent can fail to convert (a date that the other type cannot hold, a decimal beyond its digits), so each is a
//! `TryFrom` with the other crate's own error.
