//! What becomes of a run whose argument cannot be made, by the word of whoever makes it.

use std::sync::{Arc, Mutex};

use delivery::{deliver, endpoint, snapshot};
use serde_json::{Value, json};
use stripe_hooks::{
    EventContext, EventType, FromEvent, Lend, OptionalFromEvent, Outcome, Rejection, State, on_event,
};

use crate::log::{assert_shows, logged};

/// Which handlers have run.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<&'static str>>>);

impl Seen {
    fn add(&self, what: &'static str) {
        self.0.lock().unwrap().push(what);
    }
}

#[derive(stripe_hooks::EndpointName)]
struct Concerned;

/// An argument that only some events concern.
struct Ours;

impl<'cx, E: EventType> FromEvent<'cx, E> for Ours {
    fn from_event(cx: &EventContext<'cx>) -> Result<Self, Rejection> {
        match cx.account()? {
            Some(account) if account == "acct_ours" => Ok(Self),
            Some(_) => Err(Rejection::ignore("of another shop")),
            None => Err(Rejection::new("of no shop")),
        }
    }
}

impl<'cx, E: EventType> OptionalFromEvent<'cx, E> for Ours {
    fn from_event_if_present(cx: &EventContext<'cx>) -> Result<Option<Self>, Rejection> {
        <Self as FromEvent<'cx, E>>::from_event(cx).map(Some)
    }
}

impl<'cx> Lend<'cx> for Ours {
    async fn lend(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Err(Rejection::ignore("nothing to lend"))
    }

    async fn settle(self, outcome: Outcome) -> Outcome {
        outcome
    }
}

#[on_event("charge.succeeded", endpoint = Concerned)]
async fn takes_ours(State(seen): State<Seen>, _: Ours) {
    seen.add("ours");
}

#[on_event("charge.succeeded", endpoint = Concerned)]
async fn takes_ours_if_present(State(seen): State<Seen>, ours: Option<Ours>) {
    assert!(ours.is_some());
    seen.add("ours if present");
}

#[on_event("charge.succeeded", endpoint = Concerned)]
async fn takes_all(State(seen): State<Seen>) {
    seen.add("all");
}

#[on_event("charge.failed", endpoint = Concerned)]
async fn borrows_ours(State(seen): State<Seen>, _: &mut Ours) {
    seen.add("borrowed");
}

#[tokio::test]
async fn an_argument_may_say_that_the_event_does_not_concern_its_handler() {
    let seen = Seen::default();
    let endpoint = endpoint::<Concerned>().state(seen.clone()).build().unwrap();
    let deliver_for = async |event_type: &str, account: Value| {
        let mut event = snapshot(event_type, &json!({"id": "ch_1"}));
        event["account"] = account;
        (deliver(&endpoint, event).await.status(), std::mem::take(&mut *seen.0.lock().unwrap()))
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
        let builder = endpoint::<Concerned>().state(Seen::default()).log_handler_errors(log_errors);
        let mut event = snapshot("charge.succeeded", &json!({"id": "ch_1"}));
        event["account"] = json!(account);
        logged(builder, async move |endpoint| drop(deliver(endpoint, event).await))
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
