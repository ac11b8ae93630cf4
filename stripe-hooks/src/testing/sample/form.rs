//! The choice of the optional fields of a sample.

/// The fields that a sample has, among those that Stripe may omit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Form {
    /// Only the fields that are always there.
    Minimal,
    /// The fields that most events have.
    #[default]
    Typical,
    /// Every field that the object can have, all at once.
    Full,
}
