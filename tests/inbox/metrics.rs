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

use crate::test_inbox::{CallCounts, TestInbox, deliver_event, event_json, wait_until};

const METRICS_PAGE: &str = include_str!("../../stripe-hooks/src/docs/metrics.md");

/// The recorder of this process, which sees what other tests do, too.
static METRICS_RECORDER: LazyLock<Snapshotter> = LazyLock::new(|| {
    let recorder = DebuggingRecorder::new();
    let snapshotter = recorder.snapshotter();
    recorder.install().unwrap();
    snapshotter
});

/// The cells of the page's rows, by their number in a table, without the marks around code.
fn table_rows(columns: usize) -> impl Iterator<Item = Vec<String>> {
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split(" | ").map(|cell| cell.trim().replace('`', "")).collect()
    };
    METRICS_PAGE
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(cells)
        .filter(move |row| row.len() == columns)
}

/// The words of the first column of the table that comes after this text.
fn words_of_table_after(before: &str) -> BTreeSet<String> {
    let table = METRICS_PAGE.split_once(before).unwrap().1;
    let lines =
        table.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    lines.skip(2).map(|line| line.split('`').nth(1).unwrap().to_owned()).collect()
}

/// A metric without its value: its name, kind, unit and labels.
type MetricShape = (String, String, String, String);

/// The recorded metrics of some endpoints.
#[derive(Default)]
struct RecordedMetrics {
    shapes: BTreeSet<MetricShape>,
    /// By name and the values of the labels but for the endpoint's.
    values: BTreeMap<(String, Vec<String>), f64>,
}

impl RecordedMetrics {
    /// Adds the metrics that were recorded since the last snapshot.
    fn take_snapshot(&mut self, endpoints: &[&str]) {
        for (key, unit, description, value) in METRICS_RECORDER.snapshot().into_vec() {
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

    fn metric_value(&self, name: &str, labels: &[&str]) -> f64 {
        let place = (name.to_owned(), labels.iter().map(|label| (*label).to_owned()).collect());
        self.values.get(&place).copied().unwrap_or_default()
    }

    /// The values of the last label of this metric.
    fn last_label_values(&self, name: &str) -> BTreeSet<String> {
        let of = self.values.keys().filter(|(known, _)| known == name);
        of.map(|(_, labels)| labels.last().unwrap().clone()).collect()
    }
}

#[derive(EndpointName)]
struct MeteredEndpoint;

#[on_event("charge.succeeded", name = "metered::loses", backoff = "1ms", endpoint = MeteredEndpoint)]
async fn loses_its_lease(State(calls): State<CallCounts>, State(test_inbox): State<&'static TestInbox>) {
    if calls.count_call("loses") == 1 {
        // As if another process had claimed it and then died.
        let passed = test_inbox.database.time_literal(-60);
        let sql = format!(
            "UPDATE stripe_hooks_runs SET fence = fence + 1, lease_until = {passed} WHERE handler = 'metered::loses'"
        );
        test_inbox.execute_sql(sql).await;
    }
}

#[on_event("charge.failed", name = "metered::fails", retries = 1, backoff = "1ms", endpoint = MeteredEndpoint)]
async fn fails() -> Result<(), &'static str> {
    Err("as it happens")
}

#[on_event("charge.updated", name = "metered::lasts", endpoint = MeteredEndpoint)]
async fn lasts(State(calls): State<CallCounts>, _: EventId) {
    calls.count_call("lasts");
    std::future::pending::<()>().await;
}

#[derive(EndpointName)]
struct UnstoredEndpoint;

#[on_event("charge.succeeded", endpoint = UnstoredEndpoint)]
async fn succeeds() {}

#[on_event("charge.failed", endpoint = UnstoredEndpoint)]
async fn fails_at_once() -> Result<(), &'static str> {
    Err("as it happens")
}

#[on_event("charge.updated", endpoint = UnstoredEndpoint)]
async fn never_ends() {
    std::future::pending::<()>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_lists_what_a_recorder_sees() {
    // One after the other, because the recorder tells them apart by nothing.
    lists_what_a_recorder_sees(TestInbox::sqlite()).await;
    if let Some(test_inbox) = TestInbox::postgres() {
        lists_what_a_recorder_sees(test_inbox).await;
    }
    counts_the_endpoint_without_a_name_as_default().await;
}

async fn counts_the_endpoint_without_a_name_as_default() {
    LazyLock::force(&METRICS_RECORDER);
    let endpoint = delivery::endpoint_builder::<DefaultEndpoint>().state(CallCounts::default());
    let endpoint = endpoint.on_unhandled(async |_| ()).build().unwrap();
    assert_eq!(deliver_event(&endpoint, &event_json("evt_1", "charge.expired")).await, 200);
    let mut metrics = RecordedMetrics::default();
    metrics.take_snapshot(&["default"]);
    assert_eq!(metrics.metric_value("stripe_hooks_deliveries_total", &["unhandled"]), 1.0);
}

async fn lists_what_a_recorder_sees(test_inbox: TestInbox) {
    let endpoints = [MeteredEndpoint::NAME, UnstoredEndpoint::NAME];
    LazyLock::force(&METRICS_RECORDER);
    let mut metrics = RecordedMetrics::default();

    // Every outcome of a delivery.
    let unstored =
        delivery::endpoint_builder::<UnstoredEndpoint>().only_test().body_limit(2_000).build().unwrap();
    for (name, status) in [("charge.succeeded", 200), ("charge.failed", 500), ("charge.expired", 200)] {
        assert_eq!(deliver_event(&unstored, &event_json("evt_1", name)).await, status);
    }
    let mut live = event_json("evt_1", "charge.succeeded");
    live["livemode"] = true.into();
    assert_eq!(deliver_event(&unstored, &live).await, 200);
    assert_eq!(unstored.receive(Some(b"t=1,v1=00"), "{}".into()).await.status(), 400);
    assert_eq!(unstored.receive(None, " ".repeat(2_001).into()).await.status(), 413);
    let ended = event_json("evt_1", "charge.updated");
    assert!(tokio::time::timeout(Duration::from_millis(20), deliver_event(&unstored, &ended)).await.is_err());

    // Every outcome of an attempt.
    let test_inbox: &'static TestInbox = Box::leak(Box::new(test_inbox));
    let inbox = test_inbox.open_inbox().lease(Duration::from_secs(1));
    let stored =
        test_inbox.endpoint_builder::<MeteredEndpoint>().state(test_inbox).inbox(inbox).build().unwrap();
    for (id, name) in
        [("evt_1", "charge.succeeded"), ("evt_1", "charge.succeeded"), ("evt_2", "charge.failed")]
    {
        assert_eq!(deliver_event(&stored, &event_json(id, name)).await, 200);
    }
    let unreadable = bytes::Bytes::from_static(b"[]");
    assert_eq!(
        stored.receive(Some(delivery::sign_body(&unreadable).as_bytes()), unreadable).await.status(),
        400
    );
    test_inbox.wait_until_ended().await;
    assert_eq!(deliver_event(&stored, &event_json("evt_3", "charge.updated")).await, 200);
    // The gauges alone may still count a run that has ended. An attempt that has not begun is given
    // back without being counted, so the handler itself must have started.
    wait_until("the start of the last handler", async || test_inbox.call_counts.calls_of("lasts") == 1).await;
    wait_until("the gauges", async || {
        metrics.take_snapshot(&endpoints);
        let runs = |state| metrics.metric_value("stripe_hooks_runs", &[state]);
        (runs("running"), runs("parked")) == (1.0, 2.0)
    })
    .await;
    stored.shutdown(Duration::from_millis(1)).await.unwrap();
    metrics.take_snapshot(&endpoints);

    let listed: BTreeSet<MetricShape> = table_rows(5)
        .map(|row| {
            let mut labels: Vec<_> = row[3].split(", ").collect();
            labels.sort_unstable();
            (row[0].clone(), row[1].clone(), row[2].clone(), labels.join(", "))
        })
        .collect();
    assert_eq!(metrics.shapes, listed);
    assert_eq!(
        metrics.last_label_values("stripe_hooks_deliveries_total"),
        words_of_table_after("What became of a **delivery**")
    );
    assert_eq!(
        metrics.last_label_values("stripe_hooks_attempts_ended_total"),
        words_of_table_after("What became of an **attempt**")
    );

    for (outcome, count) in
        [("stored", 3.0), ("duplicate", 1.0), ("bad_signature", 1.0), ("failed", 1.0), ("cut_off", 1.0)]
    {
        assert_eq!(metrics.metric_value("stripe_hooks_deliveries_total", &[outcome]), count, "{outcome}");
    }
    let ended =
        |handler, outcome| metrics.metric_value("stripe_hooks_attempts_ended_total", &[handler, outcome]);
    assert_eq!(["failed", "parked"].map(|outcome| ended("metered::fails", outcome)), [1.0, 1.0]);
    assert_eq!(["lost", "lapsed", "done"].map(|outcome| ended("metered::loses", outcome)), [1.0, 1.0, 1.0]);
    assert_eq!(ended("metered::lasts", "given_back"), 1.0);
    for handler in ["metered::fails", "metered::loses"] {
        assert_eq!(metrics.metric_value("stripe_hooks_attempts_started_total", &[handler]), 2.0, "{handler}");
        assert_eq!(
            metrics.metric_value("stripe_hooks_attempt_duration_seconds", &[handler]),
            2.0,
            "{handler}"
        );
    }
    let parked = |handler, reason| metrics.metric_value("stripe_hooks_runs_parked_total", &[handler, reason]);
    assert_eq!((parked("metered::fails", "attempts_exhausted"), parked("", "undecodable")), (1.0, 1.0));
    assert_eq!(metrics.metric_value("stripe_hooks_runs", &["parked"]), 2.0);
}
