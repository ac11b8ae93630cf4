use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use stripe_hooks::{
    EventId, EventTypeName, State, on_event,
    testing::{Chaos, Events, Sample, TestEndpoint, chaos, sample},
};

#[derive(stripe_hooks::EndpointName)]
struct ChaoticEndpoint;

#[derive(Clone, Default)]
struct HandledLog(Arc<Mutex<Vec<(String, String)>>>);

#[on_event("invoice.created", "invoice.finalized", "invoice.paid", "v1.invoice.paid", endpoint = ChaoticEndpoint)]
fn log_handled(name: EventTypeName, id: EventId, State(HandledLog(log)): State<HandledLog>) {
    log.lock().unwrap().push((name.to_string(), id.to_string()));
}

fn invoice_samples() -> [sample::Sample<stripe_hooks::objects::Invoice>; 3] {
    [sample::invoice_created(), sample::invoice_finalized(), sample::invoice_paid()]
}

fn test_endpoint(log: &HandledLog) -> TestEndpoint {
    TestEndpoint::builder().name::<ChaoticEndpoint>().state(log.clone()).build()
}

#[actix_web::test]
async fn the_events_come_in_every_order_some_twice_and_with_their_twins() {
    let (orders, twice, twins) = (Mutex::new(BTreeSet::new()), AtomicUsize::new(0), AtomicUsize::new(0));
    chaos(invoice_samples(), async |storm| {
        let log = HandledLog::default();
        storm.deliver(&test_endpoint(&log)).await;
        let mut first = Vec::new();
        for (name, _) in log.0.lock().unwrap().iter().filter(|(name, _)| !name.starts_with("v1.")) {
            if !first.contains(name) {
                first.push(name.clone());
            }
        }
        let log = log.0.lock().unwrap();
        let ids: BTreeSet<_> = log.iter().map(|(_, id)| id).collect();
        twice.fetch_add(usize::from(ids.len() < log.len()), Relaxed);
        twins.fetch_add(usize::from(log.iter().any(|(name, _)| name.starts_with("v1."))), Relaxed);
        assert_eq!(first.len(), 3);
        orders.lock().unwrap().insert(first);
    })
    .await;
    assert_eq!(orders.lock().unwrap().len(), 6);
    assert!(twice.load(Relaxed) > 20 && twins.load(Relaxed) > 20);
}

#[actix_web::test]
async fn a_seed_makes_the_same_run_again() {
    let planted = async |storm: &stripe_hooks::testing::Storm| {
        let log = HandledLog::default();
        storm.deliver(&test_endpoint(&log)).await;
        assert_eq!(log.0.lock().unwrap()[0].0, "invoice.created", "the first is the first");
    };
    let counterexample = Chaos::new(invoice_samples()).search(planted).await.unwrap_err();
    assert!(
        counterexample.message.contains("the first is the first") && counterexample.run > 1,
        "{counterexample}"
    );
    let again = Chaos::new(invoice_samples()).only(counterexample.seed).search(planted).await.unwrap_err();
    assert_eq!((&again.message, &again.history), (&counterexample.message, &counterexample.history));
    assert!(
        counterexample.to_string().contains(&format!("STRIPE_HOOKS_CHAOS_SEED={}", counterexample.seed)),
        "{counterexample}"
    );
}

#[actix_web::test]
async fn a_check_that_never_holds_fails_in_the_calm_run() {
    let counterexample = Chaos::new(invoice_samples()).search(async |_| panic!("never")).await.unwrap_err();
    assert_eq!((counterexample.run, counterexample.seed), (1, 0));
    assert!(counterexample.to_string().contains("every event came once and in order"), "{counterexample}");
}

#[actix_web::test]
async fn what_is_never_acknowledged_is_told() {
    let deaf = async |storm: &stripe_hooks::testing::Storm| {
        let hooks = TestEndpoint::builder()
            .name::<ChaoticEndpoint>()
            .state(HandledLog::default())
            .secret("whsec_other")
            .build();
        storm.deliver(&hooks).await;
    };
    let counterexample = Chaos::new(sample::invoice_paid()).search(deaf).await.unwrap_err();
    assert!(
        counterexample.message.contains("invoice.paid is not acknowledged after 12 tries: 400"),
        "{counterexample}"
    );
}

#[actix_web::test]
async fn samples_of_different_events_make_one_scenario() {
    let events = (sample::invoice_created(), sample::v1_invoice_paid());
    Chaos::new(events)
        .runs(5)
        .search(async |storm| {
            let log = HandledLog::default();
            storm.deliver(&test_endpoint(&log)).await;
            let log = log.0.lock().unwrap();
            assert!(log.iter().any(|(name, _)| name == "v1.invoice.paid"));
        })
        .await
        .unwrap();
}

/// A fixture of an application.
struct PlacedOrder(i64);

impl From<PlacedOrder> for Sample {
    fn from(order: PlacedOrder) -> Self {
        sample::invoice_paid().amount_paid(order.0).untyped()
    }
}

#[actix_web::test]
async fn whatever_converts_into_a_sample_makes_a_scenario() {
    let (paid, created) = (sample::invoice_paid(), sample::invoice_created());
    let scenarios: [(Events, &[&str]); 8] = [
        (Events::from(&paid), &["invoice.paid"]),
        (Events::from(paid.clone().untyped()), &["invoice.paid"]),
        (Events::from(sample::v1_invoice_paid()), &["v1.invoice.paid"]),
        (Events::from(vec![&created, &paid]), &["invoice.created", "invoice.paid"]),
        (Events::from([&created, &paid]), &["invoice.created", "invoice.paid"]),
        (Events::from([PlacedOrder(1)]), &["invoice.paid"]),
        (Events::from((&created, PlacedOrder(1))), &["invoice.created", "invoice.paid"]),
        (
            Events::from((created.clone(), paid.clone().untyped(), sample::v1_invoice_paid())),
            &["invoice.created", "invoice.paid", "v1.invoice.paid"],
        ),
    ];
    for (events, expected) in scenarios {
        let calm_run = async |storm: &stripe_hooks::testing::Storm| {
            let log = HandledLog::default();
            storm.deliver(&test_endpoint(&log)).await;
            let log = log.0.lock().unwrap();
            let names: Vec<_> = log.iter().map(|(name, _)| name).collect();
            assert_eq!(names, expected);
        };
        Chaos::new(events).only(0).search(calm_run).await.unwrap();
    }
}
