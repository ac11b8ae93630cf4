//! One way in which a scenario can go: what is delivered when, how often, and signed with which secret.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::join_all;

use super::{Delivered, ROLLED_SECRET, SECRET, Sample, TestEndpoint, random::SeededRandom};
use crate::signature::{Secret, sign_with_each};

/// How often an event is delivered that is not acknowledged, before Stripe gives up.
const MAX_DELIVERY_ATTEMPTS: usize = 12;

/// How an application's scenario goes in one run of [`chaos`](super::chaos): the events, as Stripe delivers them this time.
#[derive(Debug)]
pub struct Storm {
    seed: u64,
    deliveries: Vec<PlannedDelivery>,
    secrets: Arc<Mutex<Vec<&'static str>>>,
    history: Mutex<String>,
    flaky: Flaky,
}

#[derive(Debug, Clone)]
struct PlannedDelivery {
    event: Sample,
    /// How many copies arrive at the same time.
    copies: usize,
    /// What happens to the signing secret before it.
    secret_roll: Option<SecretRoll>,
}

#[derive(Debug, Clone, Copy)]
enum SecretRoll {
    /// From here on both secrets are valid, and Stripe signs with both.
    Begins,
    /// From here on only the new one is.
    Ends,
}

/// What this run is allowed to do to the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conditions {
    /// Nothing: the events come once, in the order given.
    InOrder,
    Disturbed,
}

impl Storm {
    /// Plans a run. The order is the `seed % orders`th of those that there are.
    pub(crate) fn new(seed: u64, conditions: Conditions, events: &[Sample], orders: u64) -> Self {
        let mut random = SeededRandom::from_seed_and_place(seed, "storm");
        let rough = conditions == Conditions::Disturbed;
        let order = if rough {
            permutation(events.len(), seed % orders.max(1), &mut random, orders)
        } else {
            (0..events.len()).collect()
        };
        let planned = |at: usize| PlannedDelivery { event: events[at].clone(), copies: 1, secret_roll: None };
        let mut deliveries: Vec<_> = order.into_iter().map(planned).collect();
        if rough {
            add_disturbances(&mut deliveries, &mut random);
        }
        Self {
            seed,
            deliveries,
            secrets: Arc::new(Mutex::new(vec![SECRET])),
            history: Mutex::default(),
            flaky: Flaky::new(rough.then(|| random.next_u64())),
        }
    }

    /// The number that makes the same run again: `STRIPE_HOOKS_CHAOS_SEED=…`, or [`Chaos::only`](super::Chaos::only).
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Decides for a double of the application's dependencies when it fails: a database that is away now and then, say. What fails
    /// works again after a while.
    #[must_use]
    pub fn flaky(&self) -> Flaky {
        self.flaky.clone()
    }

    /// The signing secrets that are valid at the moment, for [`secrets_from`](super::TestEndpointBuilder::secrets_from). Some runs roll
    /// [`SECRET`] to [`ROLLED_SECRET`]; an endpoint under test knows both unless it is given its own.
    pub fn secrets(&self) -> impl Fn() -> Vec<Secret> + Send + Sync + 'static {
        let secrets = Arc::clone(&self.secrets);
        move || to_secrets(&lock_ignoring_poison(&secrets))
    }

    /// Delivers everything, again where the answer is not 2xx, until every event is acknowledged.
    ///
    /// # Panics
    /// When an event is still not acknowledged after a dozen tries.
    #[allow(clippy::panic, reason = "the scenario does not hold")]
    pub async fn deliver(&self, hooks: &TestEndpoint) {
        let mut random = SeededRandom::from_seed_and_place(self.seed, "retries");
        let mut queue: Vec<(PlannedDelivery, usize)> =
            self.deliveries.iter().rev().map(|planned| (planned.clone(), 1)).collect();
        while let Some((planned, tries)) = queue.pop() {
            self.roll_secret(planned.secret_roll);
            let delivered = self.deliver_one(hooks, &planned).await;
            hooks.clock().advance(Duration::from_secs(1));
            if delivered.iter().all(|delivered| delivered.answer().is_success()) {
                continue;
            }
            if tries == MAX_DELIVERY_ATTEMPTS {
                let last = delivered.iter().map(|delivered| format!("{:?}", delivered.runs)).next_back();
                panic!(
                    "{} is not acknowledged after {MAX_DELIVERY_ATTEMPTS} tries: {}, {}",
                    planned.event.info().name,
                    delivered.last().map(Delivered::status).unwrap_or_default(),
                    last.unwrap_or_default()
                );
            }
            hooks.clock().advance(Duration::from_secs(60));
            let again = PlannedDelivery { copies: 1, secret_roll: None, ..planned };
            // Behind some of what is still to come.
            let at = queue.len() - random.next_below(queue.len().min(3) + 1);
            queue.insert(at, (again, tries + 1));
        }
    }

    async fn deliver_one(&self, hooks: &TestEndpoint, planned: &PlannedDelivery) -> Vec<Delivered> {
        let body = planned.event.body();
        let header = sign_with_each(
            body.as_bytes(),
            &to_secrets(&lock_ignoring_poison(&self.secrets)),
            hooks.clock().now(),
        );
        let copies =
            (0..planned.copies).map(|_| hooks.deliver_body(Some(header.clone()), body.clone().into()));
        let delivered = join_all(copies).await;
        let mut history = lock_ignoring_poison(&self.history);
        let times = if planned.copies > 1 { ", twice at once" } else { "" };
        let answers: Vec<_> = delivered.iter().map(|delivered| delivered.status().to_string()).collect();
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            history,
            "  {} ({}){times}: {}",
            planned.event.info().name,
            planned.event.event_id(),
            answers.join(" and ")
        );
        delivered
    }

    fn roll_secret(&self, roll: Option<SecretRoll>) {
        let (valid, words) = match roll {
            None => return,
            Some(SecretRoll::Begins) => {
                (vec![ROLLED_SECRET, SECRET], "the signing secret is rolled, both are valid")
            }
            Some(SecretRoll::Ends) => (vec![ROLLED_SECRET], "the old signing secret expires"),
        };
        *lock_ignoring_poison(&self.secrets) = valid;
        let _ = writeln!(lock_ignoring_poison(&self.history), "  {words}");
    }

    /// What happened so far, a line for each delivery.
    pub(crate) fn history(&self) -> String {
        lock_ignoring_poison(&self.history).clone()
    }
}

/// Adds what the network and Stripe may do to a scenario.
fn add_disturbances(deliveries: &mut Vec<PlannedDelivery>, random: &mut SeededRandom) {
    if random.one_in(2) {
        let twins: Vec<_> = deliveries.iter().filter_map(|planned| planned.event.twin()).collect();
        for twin in twins {
            let at = random.next_below(deliveries.len() + 1);
            deliveries.insert(at, PlannedDelivery { event: twin, copies: 1, secret_roll: None });
        }
    }
    if random.one_in(2) {
        for index in (0..deliveries.len()).rev() {
            if random.one_in(2) {
                // Another delivery of what came before, at any later time.
                let again = PlannedDelivery { copies: 1, ..deliveries[index].clone() };
                let at = index + 1 + random.next_below(deliveries.len() - index);
                deliveries.insert(at, again);
            } else if random.one_in(2) {
                deliveries[index].copies = 2;
            }
        }
    }
    if !deliveries.is_empty() && random.one_in(3) {
        let begins = random.next_below(deliveries.len());
        let ends = begins + random.next_below(deliveries.len() - begins);
        if begins < ends {
            deliveries[begins].secret_roll = Some(SecretRoll::Begins);
        }
        deliveries[ends].secret_roll = Some(SecretRoll::Ends);
    }
}

/// The nth of all orders of so many events, where there are few enough to number them; otherwise any.
fn permutation(events: usize, nth: u64, random: &mut SeededRandom, orders: u64) -> Vec<usize> {
    let mut left: Vec<usize> = (0..events).collect();
    if orders <= 1 {
        if events > 1 {
            random.shuffle(&mut left);
        }
        return left;
    }
    let mut number = nth;
    let mut order = Vec::with_capacity(events);
    while !left.is_empty() {
        let count = left.len() as u64;
        let at = usize::try_from(number % count).unwrap_or_default();
        number /= count;
        order.push(left.remove(at));
    }
    order
}

fn to_secrets(texts: &[&'static str]) -> Vec<Secret> {
    texts.iter().filter_map(|text| Secret::new(*text).ok()).collect()
}

fn lock_ignoring_poison<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fails now and then, but never so often that nothing ever works.
#[derive(Debug, Clone)]
pub struct Flaky(Arc<Mutex<FlakyState>>);

#[derive(Debug)]
struct FlakyState {
    /// `None` when it never fails.
    failures: Option<SeededRandom>,
    failed_in_a_row: usize,
}

impl Flaky {
    fn new(seed: Option<u64>) -> Self {
        Self(Arc::new(Mutex::new(FlakyState { failures: seed.map(SeededRandom::new), failed_in_a_row: 0 })))
    }

    /// Whether it fails this time.
    #[must_use]
    pub fn fails(&self) -> bool {
        let mut state = lock_ignoring_poison(&self.0);
        let tired = state.failed_in_a_row >= 2;
        let fails = !tired && state.failures.as_mut().is_some_and(|random| random.one_in(4));
        state.failed_in_a_row = if fails { state.failed_in_a_row + 1 } else { 0 };
        fails
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::sample;

    #[test]
    fn every_order_has_a_number() {
        let orders: std::collections::BTreeSet<_> =
            (0..24).map(|nth| permutation(4, nth, &mut SeededRandom::new(0), 24)).collect();
        assert_eq!(orders.len(), 24);
        assert_eq!(permutation(4, 0, &mut SeededRandom::new(0), 24), [0, 1, 2, 3]);
    }

    #[test]
    fn a_seed_makes_the_same_storm_again() {
        let events = [sample::invoice_paid().untyped(), sample::charge_refunded().untyped()];
        let plan = |seed| format!("{:?}", Storm::new(seed, Conditions::Disturbed, &events, 2).deliveries);
        assert_eq!(plan(5), plan(5));
        assert!((0..20).any(|seed| plan(seed) != plan(5)));
    }

    #[test]
    fn a_storm_may_have_no_events() {
        for seed in 0..20 {
            assert!(Storm::new(seed, Conditions::Disturbed, &[], 1).deliveries.is_empty());
        }
    }

    #[test]
    fn calm_conditions_change_nothing() {
        let events = [sample::invoice_paid().untyped(), sample::charge_refunded().untyped()];
        let storm = Storm::new(3, Conditions::InOrder, &events, 2);
        let names: Vec<_> = storm.deliveries.iter().map(|planned| planned.event.info().name).collect();
        assert_eq!(names, ["invoice.paid", "charge.refunded"]);
        assert!(!storm.flaky().fails());
    }

    #[test]
    fn what_is_flaky_works_after_a_while() {
        let flaky = Flaky::new(Some(1));
        let tries: Vec<_> = (0..100).map(|_| flaky.fails()).collect();
        assert!(tries.contains(&true));
        assert!(!tries.windows(3).any(|tries| tries == [true, true, true]));
    }
}
