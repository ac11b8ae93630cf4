//! The channel through which an event came.

/// The channel through which an event came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventSource {
    /// Stripe delivered it over HTTP, signed.
    Delivered,
    /// The application dispatched it, from a channel that authenticates events itself.
    Dispatched,
}

impl EventSource {
    /// The word in the table's column `source`.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Dispatched => "dispatched",
        }
    }
}
