//! Guides: pages about the whole, without code of their own.

#[doc = include_str!("docs/compile-errors.md")]
pub mod compile_errors {}

#[doc = include_str!("docs/metrics.md")]
pub mod metrics {}
