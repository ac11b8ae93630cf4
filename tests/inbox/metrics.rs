//! The page of the metrics, held against what a recorder sees.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
    time::Duration,
};

use metrics_util::{
    MetricKind,
    debugging::{DebugValue, DebuggingRecorder, Snapshotter},
};
use stripe_hooks::{DefaultEndpoint, EndpointName, EventId, State, on_event};

use crate::bench::{Bench, Seen, deliver, event, until};

const PAGE: &str = include_str!("../../stripe-hooks/src/docs/metrics.md");

/// The recorder of this process, which sees what other tests do, too.
static RECORDER: LazyLock<Snapshotter> = LazyLock::new(|| {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    recorder.install().unwrap();
    snapshotter
});

/// The cells of the page's rows, by their number in a table, without the marks around code.
fn rows(columns: usize) -> impl Iterator<Item = Vec<String>> {
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split(" | ").map(|cell| cell.trim().replace('`', "")).collect()
    };
    PAGE.lines().filter(|line| line.starts_with("| `")).map(cells).filter(move |row| row.len() == columns)
}

/// The words of the first column of the table that comes after this text.
fn outcomes(before: &str) -> BTreeSet<String> {
    let table = PAGE.split_once(before).unwrap().1;
    let lines =
        table.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    lines.skip(2).map(|line| line.split('`').nth(1).unwrap().to_owned()).collect()
}

/// A metric without its value: its name, kind, unit and labels.
type Shape = (String, String, String, String);

/// What was told of some endpoints.
#[derive(Default)]
struct Told {
    shapes: BTreeSet<Shape>,
    /// By name and the values of the labels but for the endpoint's.
    values: BTreeMap<(String, Vec<String>), f64>,
}

impl Told {
    /// Adds what was told since it was last looked at.
    fn look(&mut self, endpoints: &[&str]) {
        for (key, unit, description, value) in RECORDER.snapshot().into_vec() {
            let (kind, key) = key.into_parts();
            let labels: BTreeMap<_, _> = key.labels().map(|label| (label.key(), label.value())).collect();
            if !labels.get("endpoint").is_some_and(|endpoint| endpoints.contains(endpoint)) {
                continue;
            }
            assert!(description.is_some(), "{} is not described", key.name());
            let kind = match kind {
                MetricKind::Counter => "counter",
                MetricKind::Gauge => "gauge",
                MetricKind::Histogram => "histogram",
            };
            let unit = unit.unwrap().as_str().to_owned();
            let names: Vec<_> = labels.keys().copied().collect();
            self.shapes.insert((key.name().to_owned(), kind.to_owned(), unit, names.join(", ")));
            let others = labels.iter().filter(|(name, _)| **name != "endpoint");
            let place = (key.name().to_owned(), others.map(|(_, value)| (*value).to_owned()).collect());
            let known = self.values.entry(place).or_default();
            match value {
                #[expect(clippy::cast_precision_loss, reason = "a test counts to a few")]
                DebugValue::Counter(count) => *known += count as f64,
                // A snapshot sets the gauges of the recorder to 0, so 0 may mean that none was set
                // since the last one. The sum and the maximum would keep an old value for ever.
                DebugValue::Gauge(now) if now.into_inner() == 0.0 => {}
                DebugValue::Gauge(now) => *known = now.into_inner(),
                #[expect(clippy::cast_precision_loss, reason = "a test counts to a few")]
                DebugValue::Histogram(values) => *known += values.len() as f64,
            }
        }
    }

    fn value(&self, name: &str, labels: &[&str]) -> f64 {
        let place = (name.to_owned(), labels.iter().map(|label| (*label).to_owned()).collect());
        self.values.get(&place).copied().unwrap_or_default()
    }

    /// The values of the last label of this metric.
    fn words(&self, name: &str) -> BTreeSet<String> {
        let of = self.values.keys().filter(|(known, _)| known == name);
        of.map(|(_, labels)| labels.last().unwrap().clone()).collect()
    }
}

#[derive(EndpointName)]
struct Metered;

#[on_event("charge.succeeded", name = "metered::loses", backoff = "1ms", endpoint = Metered)]
async fn loses_its_lease(State(seen): State<Seen>, State(bench): State<&'static Bench>) {
    if seen.add("loses") == 1 {
        // As if another process had claimed it and then died.
        let passed = bench.database.moment(-60);
        let sql = format!(
            "UPDATE stripe_hooks_runs SET fence = fence + 1, lease_until = {passed} WHERE handler = 'metered::loses'"
        );
        bench.execute(sql).await;
    }
}

#[on_event("charge.failed", name = "metered::fails", retries = 1, backoff = "1ms", endpoint = Metered)]
async fn fails() -> Result<(), &'static str> {
    Err("as it happens")
}

#[on_event("charge.updated", name = "metered::lasts", endpoint = Metered)]
async fn lasts(State(seen): State<Seen>, _: EventId) {
    seen.add("lasts");
    std::future::pending::<()>().await;
}

#[derive(EndpointName)]
struct Unstored;

#[on_event("charge.succeeded", endpoint = Unstored)]
async fn succeeds() {}

#[on_event("charge.failed", endpoint = Unstored)]
async fn fails_at_once() -> Result<(), &'static str> {
    Err("as it happens")
}

#[on_event("charge.updated", endpoint = Unstored)]
async fn never_ends() {
    std::future::pending::<()>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_lists_what_a_recorder_sees() {
    // One after the other, because the recorder tells them apart by nothing.
    lists_what_a_recorder_sees(Bench::sqlite()).await;
    if let Some(bench) = Bench::postgres() {
        lists_what_a_recorder_sees(bench).await;
    }
    counts_the_endpoint_without_a_name_as_default().await;
}

async fn counts_the_endpoint_without_a_name_as_default() {
    LazyLock::force(&RECORDER);
    let endpoint = delivery::endpoint::<DefaultEndpoint>().state(Seen::default());
    let endpoint = endpoint.on_unhandled(async |_| ()).build().unwrap();
    assert_eq!(deliver(&endpoint, &event("evt_1", "charge.expired")).await, 200);
    let mut told = Told::default();
    told.look(&["default"]);
    assert_eq!(told.value("stripe_hooks_deliveries_total", &["unhandled"]), 1.0);
}

async fn lists_what_a_recorder_sees(bench: Bench) {
    let endpoints = [Metered::NAME, Unstored::NAME];
    LazyLock::force(&RECORDER);
    let mut told = Told::default();

    // Every outcome of a delivery.
    let unstored = delivery::endpoint::<Unstored>().only_test().body_limit(2_000).build().unwrap();
    for (name, status) in [("charge.succeeded", 200), ("charge.failed", 500), ("charge.expired", 200)] {
        assert_eq!(deliver(&unstored, &event("evt_1", name)).await, status);
    }
    let mut live = event("evt_1", "charge.succeeded");
    live["livemode"] = true.into();
    assert_eq!(deliver(&unstored, &live).await, 200);
    assert_eq!(unstored.receive(Some(b"t=1,v1=00"), "{}".into()).await.status(), 400);
    assert_eq!(unstored.receive(None, " ".repeat(2_001).into()).await.status(), 413);
    let ended = event("evt_1", "charge.updated");
    assert!(tokio::time::timeout(Duration::from_millis(20), deliver(&unstored, &ended)).await.is_err());

    // Every outcome of an attempt.
    let bench: &'static Bench = Box::leak(Box::new(bench));
    let inbox = bench.inbox().lease(Duration::from_secs(1));
    let stored = bench.builder::<Metered>().state(bench).inbox(inbox).build().unwrap();
    for (id, name) in
        [("evt_1", "charge.succeeded"), ("evt_1", "charge.succeeded"), ("evt_2", "charge.failed")]
    {
        assert_eq!(deliver(&stored, &event(id, name)).await, 200);
    }
    let unreadable = bytes::Bytes::from_static(b"[]");
    assert_eq!(stored.receive(Some(delivery::sign(&unreadable).as_bytes()), unreadable).await.status(), 400);
    bench.ended().await;
    assert_eq!(deliver(&stored, &event("evt_3", "charge.updated")).await, 200);
    // The gauges alone may still count a run that has ended. An attempt that has not begun is given
    // back without being counted, so the handler itself must have started.
    until("the start of the last handler", async || bench.seen.times("lasts") == 1).await;
    until("the gauges", async || {
        told.look(&endpoints);
        let runs = |state| told.value("stripe_hooks_runs", &[state]);
        (runs("running"), runs("parked")) == (1.0, 2.0)
    })
    .await;
    stored.shutdown(Duration::from_millis(1)).await.unwrap();
    told.look(&endpoints);

    let listed: BTreeSet<Shape> = rows(5)
        .map(|row| {
            let mut labels: Vec<_> = row[3].split(", ").collect();
            labels.sort_unstable();
            (row[0].clone(), row[1].clone(), row[2].clone(), labels.join(", "))
        })
        .collect();
    assert_eq!(told.shapes, listed);
    assert_eq!(told.words("stripe_hooks_deliveries_total"), outcomes("What became of a **delivery**"));
    assert_eq!(told.words("stripe_hooks_attempts_ended_total"), outcomes("What became of an **attempt**"));

    for (outcome, count) in
        [("stored", 3.0), ("duplicate", 1.0), ("bad_signature", 1.0), ("failed", 1.0), ("cut_off", 1.0)]
    {
        assert_eq!(told.value("stripe_hooks_deliveries_total", &[outcome]), count, "{outcome}");
    }
    let ended = |handler, outcome| told.value("stripe_hooks_attempts_ended_total", &[handler, outcome]);
    assert_eq!(["failed", "parked"].map(|outcome| ended("metered::fails", outcome)), [1.0, 1.0]);
    assert_eq!(["lost", "lapsed", "done"].map(|outcome| ended("metered::loses", outcome)), [1.0, 1.0, 1.0]);
    assert_eq!(ended("metered::lasts", "given_back"), 1.0);
    for handler in ["metered::fails", "metered::loses"] {
        assert_eq!(told.value("stripe_hooks_attempts_started_total", &[handler]), 2.0, "{handler}");
        assert_eq!(told.value("stripe_hooks_attempt_duration_seconds", &[handler]), 2.0, "{handler}");
    }
    let parked = |handler, reason| told.value("stripe_hooks_runs_parked_total", &[handler, reason]);
    assert_eq!((parked("metered::fails", "attempts_exhausted"), parked("", "undecodable")), (1.0, 1.0));
    assert_eq!(told.value("stripe_hooks_runs", &["parked"]), 2.0);
}
