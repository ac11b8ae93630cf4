//! What becomes of a run whose argument cannot be made, by the word of whoever makes it.

use delivery::{deliver_event, endpoint_builder, snapshot_event};
use serde_json::{Value, json};
use stripe_hooks::{
    EventContext, EventType, FromEvent, Lend, OptionalFromEvent, Outcome, Rejection, State, on_event,
};

use crate::{
    call_log::CallLog,
    log::{assert_shows, capture_log},
};

#[derive(stripe_hooks::EndpointName)]
struct ConcernedEndpoint;

/// An argument that only some events concern.
struct RejectingExtractor;

impl<'cx, E: EventType> FromEvent<'cx, E> for RejectingExtractor {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        match cx.account()? {
            Some(account) if account == "acct_ours" => Ok(Self),
            Some(_) => Err(Rejection::ignore("of another shop")),
            None => Err(Rejection::new("of no shop")),
        }
    }
}

impl<'cx, E: EventType> OptionalFromEvent<'cx, E> for RejectingExtractor {
    fn from_event_if_present(cx: &EventContext<'cx>) -> Result<Option<Self>, Rejection> {
        <Self as FromEvent<'cx, E>>::from_event(cx).map(Some)
    }
}

impl<'cx> Lend<'cx> for RejectingExtractor {
    async fn lend(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Err(Rejection::ignore("nothing to lend"))
    }

    async fn finish(self, outcome: Outcome) -> Outcome {
        outcome
    }
}

#[on_event("charge.succeeded", endpoint = ConcernedEndpoint)]
async fn takes_ours(State(calls): State<CallLog>, _: RejectingExtractor) {
    calls.add_call("ours");
}

#[on_event("charge.succeeded", endpoint = ConcernedEndpoint)]
async fn takes_ours_if_present(State(calls): State<CallLog>, ours: Option<RejectingExtractor>) {
    assert!(ours.is_some());
    calls.add_call("ours if present");
}

#[on_event("charge.succeeded", endpoint = ConcernedEndpoint)]
async fn takes_any_account(State(calls): State<CallLog>) {
    calls.add_call("all");
}

#[on_event("charge.failed", endpoint = ConcernedEndpoint)]
async fn borrows_ours(State(calls): State<CallLog>, _: &mut RejectingExtractor) {
    calls.add_call("borrowed");
}

#[tokio::test]
async fn an_argument_may_say_that_the_event_does_not_concern_its_handler() {
    let calls = CallLog::default();
    let endpoint = endpoint_builder::<ConcernedEndpoint>().state(calls.clone()).build().unwrap();
    let deliver_for = async |event_type: &str, account: Value| {
        let mut event = snapshot_event(event_type, &json!({"id": "ch_1"}));
        event["account"] = account;
        (deliver_event(&endpoint, event).await.status(), calls.take_calls())
    };
    assert_eq!(
        deliver_for("charge.succeeded", json!("acct_ours")).await,
        (200, vec!["ours", "ours if present", "all"])
    );
    assert_eq!(deliver_for("charge.succeeded", json!("acct_other")).await, (200, vec!["all"]));
    assert_eq!(deliver_for("charge.succeeded", json!(null)).await, (500, vec!["all"]));
    assert_eq!(deliver_for("charge.failed", json!("acct_ours")).await, (200, vec![]));
    assert_eq!((endpoint.counts().handled, endpoint.counts().failed), (3, 1));
}

#[test]
fn what_an_argument_says_of_it_is_logged_as_what_a_handler_says() {
    let log_of = |account: &str, log_errors: bool| {
        let builder =
            endpoint_builder::<ConcernedEndpoint>().state(CallLog::default()).log_handler_errors(log_errors);
        let mut event = snapshot_event("charge.succeeded", &json!({"id": "ch_1"}));
        event["account"] = json!(account);
        capture_log(builder, async move |endpoint| drop(deliver_event(endpoint, event).await))
    };
    let log = log_of("acct_other", true);
    assert_shows(
        &log,
        &[r#"handler="all::rejections::takes_ours" outcome="ignored""#, r#"error="of another shop""#],
    );
    let log = log_of("acct_other", false);
    assert_shows(&log, &[r#"outcome="ignored""#, r#"error="(not logged)""#]);
    assert!(!log.contains("of another shop"), "{log}");
}
