//! A contestant of the table.

/// Receives one body the given number of times, with the given header, and returns the total time in
/// nanoseconds.
pub(crate) type Run = Box<dyn FnMut(&str, usize) -> f64>;

pub(crate) struct Contestant {
    pub(crate) name: String,
    pub(crate) run: Run,
    /// The number of deliveries in a turn.
    pub(crate) times: usize,
    /// Nanoseconds for one delivery, round by round.
    pub(crate) took: Vec<f64>,
}

impl Contestant {
    pub(crate) fn new(name: &str, run: Run) -> Self {
        Self { name: name.to_owned(), run, times: 1, took: Vec::new() }
    }
}
