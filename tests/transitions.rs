//! When a handler with a condition runs: the truth table of `when` and `changed`, on events as Stripe sends them.

use std::sync::{Arc, Mutex};

use delivery::{deliver, endpoint};
use serde_json::{Value, json};
use stripe_hooks::{Endpoint, State, objects::Subscription, on_event};

#[derive(Clone, Default)]
struct Ran(Arc<Mutex<Vec<&'static str>>>);

struct Truth;

/// One handler for each condition, which writes down its name.
macro_rules! handler {
    ($name:ident, $($condition:tt)*) => {
        #[on_event("customer.subscription.updated", endpoint = Truth, $($condition)*)]
        async fn $name(State(ran): State<Ran>) {
            ran.0.lock().unwrap().push(stringify!($name));
        }
    };
}

handler!(changed, changed(status));
handler!(to_active, when(status => "active"));
handler!(trial_ended, when(status: "trialing" => "active"));
handler!(both, when(status => "active"), changed(cancel_at_period_end));
handler!(both_in_one, when(status => "active", cancel_at_period_end => false));
handler!(flag, when(cancel_at_period_end: true => false));
handler!(time, when(cancel_at => 1767225600));
handler!(came, when(cancel_at: null => 1767225600));
handler!(went, when(cancel_at => null));
handler!(nested, when(pause_collection.behavior => "void"));
handler!(unpaused, when(pause_collection.behavior: "void" => null));
handler!(metadata, when(metadata.plan: "basic" => "pro"));
handler!(whole, changed(metadata));
handler!(price, when(items.data[].price.id => "price_pro"));
handler!(swapped, when(items.data[].price.id: "price_basic" => "price_pro"));
handler!(prices, changed(items.data[].price.id));
handler!(quantities, changed(items.data[].quantity));
handler!(list, changed(items));

async fn ran(previous: Option<Value>, object: Value) -> Vec<&'static str> {
    let ran = Ran::default();
    let endpoint = endpoint::<Truth>().state(ran.clone()).build().unwrap();
    let answer = deliver(&endpoint, update(previous, object)).await;
    assert_eq!(answer.status(), 200);
    let mut names = std::mem::take(&mut *ran.0.lock().unwrap());
    names.sort_unstable();
    names
}

fn update(previous: Option<Value>, object: Value) -> Value {
    let mut event = delivery::snapshot("customer.subscription.updated", &object);
    if let Some(previous) = previous {
        event["data"]["previous_attributes"] = previous;
    }
    event
}

#[actix_web::test]
async fn what_did_not_change_concerns_nobody() {
    let object = json!({"status": "active", "cancel_at_period_end": false, "cancel_at": null});
    assert_eq!(ran(None, object.clone()).await, [""; 0], "no previous attributes at all");
    assert_eq!(ran(Some(json!(null)), object.clone()).await, [""; 0], "null in their place");
    assert_eq!(ran(Some(json!({})), object.clone()).await, [""; 0], "none of them");
    assert_eq!(ran(Some(json!({"days_until_due": 3})), object).await, [""; 0], "another one");
}

#[actix_web::test]
async fn a_value_is_compared_with_what_it_was_and_with_what_it_is() {
    let active = json!({"status": "active", "cancel_at_period_end": false});
    let from = |status: &str| Some(json!({"status": status}));
    assert_eq!(ran(from("trialing"), active.clone()).await, ["changed", "to_active", "trial_ended"]);
    assert_eq!(ran(from("past_due"), active).await, ["changed", "to_active"]);
    assert_eq!(ran(from("trialing"), json!({"status": "canceled"})).await, ["changed"]);
    assert_eq!(ran(from("a_new_one"), json!({"status": "another_new_one"})).await, ["changed"]);
}

#[actix_web::test]
async fn all_conditions_of_an_attribute_must_hold() {
    let active = json!({"status": "active", "cancel_at_period_end": false});
    let both = json!({"status": "past_due", "cancel_at_period_end": true});
    assert_eq!(
        ran(Some(both), active.clone()).await,
        ["both", "both_in_one", "changed", "flag", "to_active"]
    );
    assert_eq!(ran(Some(json!({"cancel_at_period_end": true})), active).await, ["flag"]);
}

#[actix_web::test]
async fn null_is_as_good_as_nothing() {
    let at = |value: Value| json!({"cancel_at": value});
    let time = json!(1_767_225_600);
    assert_eq!(ran(Some(at(json!(null))), at(time.clone())).await, ["came", "time"]);
    assert_eq!(ran(Some(at(json!(1))), at(time.clone())).await, ["time"]);
    assert_eq!(ran(Some(at(time.clone())), at(json!(null))).await, ["went"]);
    assert_eq!(ran(Some(at(time)), json!({})).await, ["went"], "the object may leave it out");
    assert_eq!(ran(Some(at(json!(null))), json!({})).await, [""; 0], "from nothing to nothing is no change");
}

#[actix_web::test]
async fn of_an_object_only_the_keys_that_changed_are_told() {
    let pause = |behavior: &str| json!({"pause_collection": {"behavior": behavior, "resumes_at": null}});
    let partly = json!({"pause_collection": {"behavior": "keep_as_draft"}});
    assert_eq!(ran(Some(partly), pause("void")).await, ["nested"]);
    let other_key = json!({"pause_collection": {"resumes_at": 5}});
    assert_eq!(ran(Some(other_key), pause("void")).await, [""; 0], "another key of it changed");
    let nothing = json!({"pause_collection": null});
    assert_eq!(ran(Some(nothing.clone()), pause("void")).await, ["nested"], "all of it came");
    assert_eq!(ran(Some(pause("void")), nothing).await, ["unpaused"], "all of it went");
    let plan = |plan: &str| json!({"metadata": {"plan": plan}});
    assert_eq!(ran(Some(plan("basic")), plan("pro")).await, ["metadata", "whole"]);
    assert_eq!(ran(Some(json!({"metadata": {"seat": null}})), plan("pro")).await, ["whole"]);
}

#[actix_web::test]
async fn of_an_array_what_came_and_what_left_counts() {
    let items = |items: &[(&str, i64)]| {
        let data: Vec<_> = items
            .iter()
            .map(|(price, quantity)| json!({"price": {"id": price}, "quantity": quantity}))
            .collect();
        json!({"items": {"object": "list", "data": data}})
    };
    let (basic, pro) = (("price_basic", 1), ("price_pro", 1));
    assert_eq!(ran(Some(items(&[basic])), items(&[pro])).await, ["list", "price", "prices", "swapped"]);
    assert_eq!(
        ran(Some(items(&[basic])), items(&[basic, pro])).await,
        ["list", "price", "prices", "quantities"],
        "basic is still there"
    );
    assert_eq!(
        ran(Some(items(&[basic, pro])), items(&[pro])).await,
        ["list", "prices", "quantities"],
        "pro was there before"
    );
    assert_eq!(ran(Some(items(&[pro])), items(&[("price_pro", 2)])).await, ["list", "quantities"]);
    assert_eq!(ran(Some(items(&[])), items(&[pro])).await, ["list", "price", "prices", "quantities"]);
    assert_eq!(
        ran(Some(json!({"items": null})), items(&[pro])).await,
        ["list", "price", "prices", "quantities"]
    );
}

struct Undecoded;

#[on_event("customer.subscription.updated", endpoint = Undecoded, when(status => "active"))]
async fn never_decodes(subscription: Subscription) {
    unreachable!("{subscription:?}");
}

fn undecoded() -> Endpoint {
    endpoint::<Undecoded>().build().unwrap()
}

#[actix_web::test]
async fn a_condition_that_does_not_hold_costs_no_decoding() {
    let object = json!({"status": "past_due", "this": "is no subscription"});
    let answer = deliver(&undecoded(), update(Some(json!({"status": "active"})), object.clone())).await;
    assert_eq!(answer.status(), 200);
    let answer =
        deliver(&undecoded(), update(Some(json!({"status": "past_due"})), json!({"status": "active"}))).await;
    assert_eq!(answer.status(), 500, "it holds, and the object does not decode");
}

#[actix_web::test]
async fn a_condition_that_nobody_can_judge_fails_the_run() {
    let endpoint = undecoded();
    for previous in [json!([]), json!("status"), json!(7)] {
        let answer = deliver(&endpoint, update(Some(previous), json!({"status": "active"}))).await;
        assert_eq!(answer.status(), 500);
    }
    assert_eq!(endpoint.counts().failed, 3);
}
