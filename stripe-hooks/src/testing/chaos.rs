//! Plays a scenario many times as the network and Stripe may play it, until a check does not hold.

use std::{any::Any, env, error::Error, ffi::OsStr, fmt, panic::AssertUnwindSafe};

use futures_util::FutureExt as _;

use super::{
    Sample,
    random::SeededRandom,
    storm::{Conditions, Storm},
};

/// Only the run of this seed is made where the variable is set.
const SEED_VARIABLE: &str = "STRIPE_HOOKS_CHAOS_SEED";

/// Up to this many events are delivered in every order that there is; with more, orders are random.
const MAX_EXHAUSTIVE_EVENTS: usize = 5;

/// Plays a scenario 200 times: the events in every or in random order, some twice or twice at once, again after a failure, with the
/// signing secret rolled, and with the thin twin beside the snapshot. `check` must hold each time.
///
/// In each run `check` makes the application anew, lets the [`Storm`] deliver to it, and asserts what must be so in the end.
///
/// ```rust,standalone_crate
/// use stripe_hooks::{EventId, State, on_event, testing::{TestEndpoint, chaos, sample}};
/// use std::{collections::HashSet, sync::{Arc, Mutex}};
///
/// #[derive(Clone, Default)]
/// struct Parcels(Arc<Mutex<HashSet<String>>>);
///
/// #[on_event("checkout.session.completed")]
/// async fn ship(id: EventId, State(Parcels(sent)): State<Parcels>) {
///     sent.lock().unwrap().insert(id.to_string());
/// }
///
/// # async fn test() {
/// chaos(sample::checkout_session_completed(), async |storm| {
///     let parcels = Parcels::default();
///     let hooks = TestEndpoint::builder().state(parcels.clone()).build();
///     storm.deliver(&hooks).await;
///     assert_eq!(parcels.0.lock().unwrap().len(), 1);
/// })
/// .await;
/// # }
/// # futures_util::FutureExt::now_or_never(test()).unwrap();
/// ```
///
/// # Panics
/// When `check` panics. The message tells the run's seed, which reproduces it: `STRIPE_HOOKS_CHAOS_SEED=… cargo test …`, or
/// [`Chaos::only`]. When that variable holds something else than a seed.
#[allow(clippy::panic, reason = "the scenario does not hold")]
pub async fn chaos(events: impl Into<Events>, check: impl AsyncFn(&Storm)) {
    if let Err(counterexample) = Chaos::new(events).search(check).await {
        panic!("{counterexample}");
    }
}

/// The events of a scenario: one [`Sample`] or a reference to one; or a tuple, an array or a `Vec` of
/// values that turn into a `Sample`.
#[derive(Debug, Clone, Default)]
pub struct Events(Vec<Sample>);

impl<T> From<Sample<T>> for Events {
    fn from(sample: Sample<T>) -> Self {
        Self(vec![sample.untyped()])
    }
}

impl<T> From<&Sample<T>> for Events {
    fn from(sample: &Sample<T>) -> Self {
        Self(vec![sample.into()])
    }
}

impl<S: Into<Sample>> From<Vec<S>> for Events {
    fn from(samples: Vec<S>) -> Self {
        Self(samples.into_iter().map(Into::into).collect())
    }
}

impl<S: Into<Sample>, const N: usize> From<[S; N]> for Events {
    fn from(samples: [S; N]) -> Self {
        Self(samples.map(Into::into).into())
    }
}

macro_rules! impl_scenario_tuples {
    ($(($($name:ident $sample:ident),*))*) => {$(
        impl<$($name: Into<Sample>),*> From<($($name,)*)> for Events {
            fn from(($($sample,)*): ($($name,)*)) -> Self {
                Self(vec![$($sample.into()),*])
            }
        }
    )*};
}

impl_scenario_tuples! {
    (A a, B b)
    (A a, B b, C c)
    (A a, B b, C c, D d)
    (A a, B b, C c, D d, E e)
    (A a, B b, C c, D d, E e, F f)
}

/// How [`chaos`] plays a scenario, where its own way is not enough.
#[derive(Debug, Clone)]
#[must_use]
pub struct Chaos {
    events: Vec<Sample>,
    runs: usize,
    seed: u64,
    only_seed: Option<u64>,
}

/// A run in which the check did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counterexample {
    /// The number that repeats this run.
    pub seed: u64,
    /// The number of runs so far, this one included.
    pub run: usize,
    /// The message of the check's panic.
    pub message: String,
    /// The deliveries of this run, one line each.
    pub history: String,
}

impl Chaos {
    /// A scenario of these events.
    ///
    /// # Panics
    /// When `STRIPE_HOOKS_CHAOS_SEED` is set to something else than a seed.
    #[track_caller]
    #[allow(clippy::panic, reason = "a test that made other runs than the variable selects would mislead")]
    pub fn new(events: impl Into<Events>) -> Self {
        let only =
            env::var_os(SEED_VARIABLE).map(|text| parse_seed(&text).unwrap_or_else(|why| panic!("{why}")));
        Self { events: events.into().0, runs: 200, seed: 0, only_seed: only }
    }

    /// Makes so many runs; 200 unless set.
    pub fn runs(mut self, runs: usize) -> Self {
        self.runs = runs;
        self
    }

    /// Makes other runs. The same seed, 0 unless set, makes the same runs.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Makes only the run of this seed, as a message has told it.
    pub fn only(mut self, seed: u64) -> Self {
        self.only_seed = Some(seed);
        self
    }

    /// Searches the runs for one in which the check does not hold.
    ///
    /// # Errors
    /// Returns the first run in which the check panicked.
    pub async fn search(self, check: impl AsyncFn(&Storm)) -> Result<(), Counterexample> {
        if let Some(seed) = self.only_seed {
            let conditions = if seed == 0 { Conditions::InOrder } else { Conditions::Disturbed };
            return self.run_once(1, seed, conditions, &check).await;
        }
        // First as everybody expects it, so that a scenario that never works says so at once.
        self.run_once(1, 0, Conditions::InOrder, &check).await?;
        let orders = self.count_orders();
        let mut random = SeededRandom::from_seed_and_place(self.seed, "runs");
        for run in 2..=self.runs.max(1) {
            // Short enough to be typed, and such that each order has its turn. 0 is the calm run's.
            let drawn = random.next_u64() % 1_000_000 + 1;
            let seed = drawn / orders * orders + (run as u64) % orders;
            self.run_once(run, seed.max(1), Conditions::Disturbed, &check).await?;
        }
        Ok(())
    }

    /// In how many orders the events can come, where each of them is tried; otherwise 1.
    fn count_orders(&self) -> u64 {
        let events = self.events.len();
        if events <= MAX_EXHAUSTIVE_EVENTS { (1..=events as u64).product() } else { 1 }
    }

    async fn run_once(
        &self,
        run: usize,
        seed: u64,
        conditions: Conditions,
        check: &impl AsyncFn(&Storm),
    ) -> Result<(), Counterexample> {
        let storm = Storm::new(seed, conditions, &self.events, self.count_orders());
        let checked = AssertUnwindSafe(check(&storm)).catch_unwind().await;
        checked.map_err(|panic| Counterexample {
            seed,
            run,
            message: panic_text(&*panic),
            history: storm.history(),
        })
    }
}

/// The seed that the variable holds, or why it is none.
fn parse_seed(text: &OsStr) -> Result<u64, String> {
    let text = text.to_string_lossy();
    text.trim().parse().map_err(|error| {
        format!("{SEED_VARIABLE} is `{text}`, which is no seed ({error}); give it the number that a message has told, or unset it")
    })
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("the check panicked").to_owned()
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, run, message, history } = self;
        writeln!(f, "{message}\n")?;
        if *seed == 0 {
            writeln!(f, "in run {run}, in which every event came once and in order:")?;
        } else {
            writeln!(f, "in run {run}, which {SEED_VARIABLE}={seed} makes again:")?;
        }
        f.write_str(history.trim_end())
    }
}

impl Error for Counterexample {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_seed_is_refused_with_the_reason() {
        assert_eq!(parse_seed(OsStr::new(" 42\n")), Ok(42));
        for text in ["", "0x2a", "-1", "99999999999999999999"] {
            let why = parse_seed(OsStr::new(text)).unwrap_err();
            assert!(
                why.starts_with(&format!("STRIPE_HOOKS_CHAOS_SEED is `{text}`, which is no seed (")),
                "{why}"
            );
        }
    }
}
