use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::json;
use stripe_hooks::{
    EndpointBuilder, Event, EventId, Outcome, Reply, State, ThinEvent,
    objects::{IssuingAuthorization, PaymentIntent, Refund},
    on_event,
    signature::Secret,
    testing::{Delivered, Ended, Sample, TestEndpoint, sample},
};

#[derive(Clone, Default)]
struct Db(Arc<Mutex<Vec<i64>>>);

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent, State(db): State<Db>) {
    db.0.lock().unwrap().push(intent.amount);
}

#[on_event("v1.payment_intent.succeeded")]
async fn look(event: ThinEvent) -> Outcome {
    Outcome::ignore(format!("about {}", event.related_object.unwrap().id))
}

#[on_event("refund.*")]
async fn refund(event: Event<Refund>) -> Result<(), String> {
    match event.data.object.amount {
        0 => Err("nothing was refunded".to_owned()),
        _ => Ok(()),
    }
}

#[on_event("refund.failed")]
async fn alarm(_: EventId) -> Outcome {
    Outcome::park("nobody can help")
}

#[on_event("charge.failed")]
async fn later(_: EventId) -> Outcome {
    Outcome::retry_after(Duration::from_secs(60), "busy")
}

#[on_event("issuing_authorization.request")]
async fn decide(authorization: IssuingAuthorization) -> Reply<serde_json::Value> {
    Reply::new(json!({ "approved": authorization.amount < 5_000 }))
}

#[on_event("payout.failed")]
fn panics(_: EventId) {
    panic!("the ledger is full");
}

fn test_endpoint() -> (TestEndpoint, Db) {
    let db = Db::default();
    (TestEndpoint::builder().state(db.clone()).build(), db)
}

#[actix_web::test]
async fn fulfils_once() {
    let db = Db::default();
    let hooks = TestEndpoint::builder().state(db.clone()).build();
    hooks.send(sample::payment_intent_succeeded().amount(4200)).await.assert_ok();
    assert_eq!(*db.0.lock().unwrap(), [4200]);
}

#[actix_web::test]
async fn the_runs_and_what_each_returned_are_told() {
    let (hooks, _) = test_endpoint();
    hooks.send(sample::payment_intent_succeeded()).await.assert_ran(["fulfil"]).assert_done("fulfil");
    let thin = hooks.send(sample::v1_payment_intent_succeeded()).await.assert_ok();
    thin.assert_ignored("endpoint::look", "about pi_");
    let failed = hooks.send(sample::refund_failed().amount(0)).await.assert_status(500);
    let failed = failed.assert_ran(["refund", "alarm"]).assert_failed("refund", "nothing was refunded");
    let failed = failed.assert_parked("alarm", "nobody can help");
    assert_eq!(failed.ended("alarm"), Some(&Ended::Parked("nobody can help".to_owned())));
    let later = hooks.send(sample::charge_failed()).await.assert_failed("later", "busy");
    assert!(later.answer().headers().any(|header| header == ("retry-after", "60")));
    hooks.send(sample::payout_failed()).await.assert_failed("panics", "the handler panicked");
    hooks.send(sample::invoice_paid()).await.assert_ok().assert_nothing_ran();
    let replied = hooks.send(sample::issuing_authorization_request().amount(100)).await.assert_done("decide");
    assert_eq!(&replied.answer().body()[..], br#"{"approved":true}"#);
}

#[actix_web::test]
async fn what_does_not_decode_is_told() {
    let (hooks, _) = test_endpoint();
    let mut event: serde_json::Value =
        serde_json::from_str(&sample::payment_intent_succeeded().body()).unwrap();
    event["data"]["object"]["amount"] = "much".into();
    hooks.send_body(event).await.assert_status(500).assert_failed("fulfil", "data.object.amount");
}

/// A fixture of an application.
struct ShopOrder(i64);

impl From<ShopOrder> for Sample {
    fn from(order: ShopOrder) -> Self {
        sample::payment_intent_succeeded().amount(order.0).untyped()
    }
}

/// Delivers the event in every way that there is.
async fn send_in_every_way<E: Into<Sample>>(hooks: &TestEndpoint, event: impl Fn() -> E) {
    hooks.send(event()).await.assert_ok();
    hooks.send_old(event(), Duration::from_secs(300)).await.assert_ok();
    hooks.send_with_secret(event(), stripe_hooks::testing::SECRET).await.assert_ok();
    hooks.send_with_bad_signature(event()).await.assert_status(400);
}

#[actix_web::test]
async fn whatever_converts_into_a_sample_can_be_sent() {
    let (hooks, db) = test_endpoint();
    let event = sample::payment_intent_succeeded().amount(7);
    send_in_every_way(&hooks, || ShopOrder(7)).await;
    send_in_every_way(&hooks, || &event).await;
    send_in_every_way(&hooks, || event.clone()).await;
    send_in_every_way(&hooks, || event.clone().untyped()).await;
    assert_eq!(*db.0.lock().unwrap(), [7; 12]);
    send_in_every_way(&hooks, sample::v1_payment_intent_succeeded).await;
}

async fn what_stripe_never_sends_is_refused(hooks: &TestEndpoint) {
    let event = sample::payment_intent_succeeded();
    let refused = |delivered: Delivered| delivered.assert_status(400).assert_nothing_ran();
    refused(hooks.send_with_bad_signature(&event).await);
    refused(hooks.send_old(&event, Duration::from_secs(301)).await);
    hooks.send_old(&event, Duration::from_secs(300)).await.assert_ok();
    refused(hooks.send_with_secret(&event, "whsec_of_a_stranger").await);
    refused(hooks.send_raw(None, &event).await);
    refused(hooks.send_raw(Some("t=1,v1=00"), &event).await);
    refused(hooks.send_body("[]").await);
    assert_eq!(hooks.endpoint().counts().handled, 1);
}

#[actix_web::test]
async fn old_raw_and_badly_signed_deliveries_are_refused() {
    what_stripe_never_sends_is_refused(&test_endpoint().0).await;
}

#[actix_web::test]
async fn over_a_socket_all_is_as_in_process() {
    let db = Db::default();
    let hooks = TestEndpoint::builder().state(db.clone()).over_http().build();
    hooks.send(sample::payment_intent_succeeded().amount(7)).await.assert_ok().assert_done("fulfil");
    assert_eq!(*db.0.lock().unwrap(), [7]);
    let later = hooks.send(sample::charge_failed()).await.assert_status(500).assert_failed("later", "busy");
    assert!(later.answer().headers().any(|header| header == ("retry-after", "60")));
    let hooks = TestEndpoint::builder().state(db).over_http().build();
    what_stripe_never_sends_is_refused(&hooks).await;
}

#[actix_web::test]
async fn the_clock_moves_only_when_it_is_moved() {
    let (hooks, _) = test_endpoint();
    let event = sample::payment_intent_succeeded();
    let now = hooks.clock().now();
    assert_eq!(now, sample::SAMPLE_TIME);
    let recorded = event.body();
    let header = stripe_hooks::signature::sign(
        recorded.as_bytes(),
        &Secret::new(stripe_hooks::testing::SECRET).unwrap(),
        now,
    );
    hooks.send_raw(Some(&header), &*recorded).await.assert_ok();
    hooks.clock().advance(Duration::from_secs(301));
    hooks.send_raw(Some(&header), &*recorded).await.assert_status(400);
    hooks.clock().set(now);
    hooks.send_raw(Some(&header), &*recorded).await.assert_ok();
}

#[actix_web::test]
async fn an_endpoint_may_have_its_own_secrets() {
    let hooks = TestEndpoint::builder().state(Db::default()).secret("whsec_a").secret("whsec_b").build();
    hooks.send(sample::payment_intent_succeeded()).await.assert_ok();
    hooks.send_with_secret(sample::payment_intent_succeeded(), "whsec_b").await.assert_ok();
    hooks
        .send_with_secret(sample::payment_intent_succeeded(), stripe_hooks::testing::SECRET)
        .await
        .assert_status(400);
    let asked = TestEndpoint::builder()
        .state(Db::default())
        .secrets_from(|| vec![Secret::new("whsec_c").unwrap()])
        .build();
    asked.send(sample::payment_intent_succeeded()).await.assert_ok();
}

#[actix_web::test]
async fn what_the_application_configures_holds() {
    let hooks = TestEndpoint::builder().state(Db::default()).configure(EndpointBuilder::only_live).build();
    hooks.send(sample::payment_intent_succeeded()).await.assert_ok().assert_nothing_ran();
    hooks.send(sample::payment_intent_succeeded().live()).await.assert_ran(["fulfil"]);
}

#[test]
fn what_keeps_the_endpoint_from_working_is_told() {
    let error = TestEndpoint::builder().try_build().unwrap_err();
    assert!(error.is_handler() && error.to_string().contains("asks for `State<"), "{error}");
}

#[actix_web::test]
async fn a_failed_assertion_shows_the_answer_and_the_runs() {
    let (hooks, _) = test_endpoint();
    let delivered = hooks.send(sample::refund_failed().amount(0)).await;
    let panic = std::panic::catch_unwind(|| delivered.assert_ok()).unwrap_err();
    let message = panic.downcast_ref::<String>().unwrap();
    for words in [
        "refund.failed (evt_",
        "expected status 200",
        "answered 500: a handler failed",
        "nothing was refunded",
    ] {
        assert!(message.contains(words), "{message}");
    }
}
