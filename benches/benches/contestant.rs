//! A contestant of the table.

/// Receives one body the given number of times, with the given header, and returns the total time in
/// nanoseconds.
pub(crate) type TimedRun = Box<dyn FnMut(&str, usize) -> f64>;

pub(crate) struct Contestant {
    pub(crate) name: String,
    pub(crate) timed_run: TimedRun,
    /// The number of deliveries in a turn.
    pub(crate) deliveries_per_turn: usize,
    /// Nanoseconds for one delivery, round by round.
    pub(crate) nanoseconds: Vec<f64>,
}

impl Contestant {
    pub(crate) fn new(name: &str, run: TimedRun) -> Self {
        Self { name: name.to_owned(), timed_run: run, deliveries_per_turn: 1, nanoseconds: Vec::new() }
    }
}
