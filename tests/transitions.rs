//! When a handler with a condition runs: the truth table of `when` and `changed`, on events as Stripe sends them.

use std::sync::{Arc, Mutex};

use delivery::{deliver_event, endpoint_builder};
use serde_json::{Value, json};
use stripe_hooks::{Endpoint, State, objects::Subscription, on_event};

#[derive(Clone, Default)]
struct RanHandlers(Arc<Mutex<Vec<&'static str>>>);

#[derive(stripe_hooks::EndpointName)]
struct TruthEndpoint;

/// One handler for each condition, which writes down its name.
macro_rules! define_handler {
    ($name:ident, $($condition:tt)*) => {
        #[on_event("customer.subscription.updated", endpoint = TruthEndpoint, $($condition)*)]
        async fn $name(State(ran): State<RanHandlers>) {
            ran.0.lock().unwrap().push(stringify!($name));
        }
    };
}

define_handler!(changed, changed(status));
define_handler!(to_active, when(status => "active"));
define_handler!(trial_ended, when(status: "trialing" => "active"));
define_handler!(both, when(status => "active"), changed(cancel_at_period_end));
define_handler!(both_in_one, when(status => "active", cancel_at_period_end => false));
define_handler!(flag, when(cancel_at_period_end: true => false));
define_handler!(time, when(cancel_at => 1767225600));
define_handler!(came, when(cancel_at: null => 1767225600));
define_handler!(went, when(cancel_at => null));
define_handler!(nested, when(pause_collection.behavior => "void"));
define_handler!(unpaused, when(pause_collection.behavior: "void" => null));
define_handler!(voided, when(pause_collection.behavior: "keep_as_draft" => "void"));
define_handler!(behaviour, changed(pause_collection.behavior));
define_handler!(metadata, when(metadata.plan: "basic" => "pro"));
define_handler!(whole, changed(metadata));
define_handler!(price, when(items.data[].price.id => "price_pro"));
define_handler!(swapped, when(items.data[].price.id: "price_basic" => "price_pro"));
define_handler!(prices, changed(items.data[].price.id));
define_handler!(quantities, changed(items.data[].quantity));
define_handler!(list, changed(items));
define_handler!(rate, when(items.data[].tax_rates[].id: "txr_old" => "txr_new"));

async fn handlers_that_ran(previous: Option<Value>, object: Value) -> Vec<&'static str> {
    let ran = RanHandlers::default();
    let endpoint = endpoint_builder::<TruthEndpoint>().state(ran.clone()).build().unwrap();
    let answer = deliver_event(&endpoint, update_event(previous, object)).await;
    assert_eq!(answer.status(), 200);
    let mut names = std::mem::take(&mut *ran.0.lock().unwrap());
    names.sort_unstable();
    names
}

fn update_event(previous: Option<Value>, object: Value) -> Value {
    let mut event = delivery::snapshot_event("customer.subscription.updated", &object);
    if let Some(previous) = previous {
        event["data"]["previous_attributes"] = previous;
    }
    event
}

#[actix_web::test]
async fn what_did_not_change_concerns_nobody() {
    let object = json!({"status": "active", "cancel_at_period_end": false, "cancel_at": null});
    assert_eq!(handlers_that_ran(None, object.clone()).await, [""; 0], "no previous attributes at all");
    assert_eq!(handlers_that_ran(Some(json!(null)), object.clone()).await, [""; 0], "null in their place");
    assert_eq!(handlers_that_ran(Some(json!({})), object.clone()).await, [""; 0], "none of them");
    assert_eq!(handlers_that_ran(Some(json!({"days_until_due": 3})), object).await, [""; 0], "another one");
}

#[actix_web::test]
async fn a_value_is_compared_with_what_it_was_and_with_what_it_is() {
    let active = json!({"status": "active", "cancel_at_period_end": false});
    let from = |status: &str| Some(json!({"status": status}));
    assert_eq!(
        handlers_that_ran(from("trialing"), active.clone()).await,
        ["changed", "to_active", "trial_ended"]
    );
    assert_eq!(handlers_that_ran(from("past_due"), active).await, ["changed", "to_active"]);
    assert_eq!(handlers_that_ran(from("trialing"), json!({"status": "canceled"})).await, ["changed"]);
    assert_eq!(handlers_that_ran(from("a_new_one"), json!({"status": "another_new_one"})).await, ["changed"]);
}

#[actix_web::test]
async fn all_conditions_of_an_attribute_must_hold() {
    let active = json!({"status": "active", "cancel_at_period_end": false});
    let both = json!({"status": "past_due", "cancel_at_period_end": true});
    assert_eq!(
        handlers_that_ran(Some(both), active.clone()).await,
        ["both", "both_in_one", "changed", "flag", "to_active"]
    );
    assert_eq!(handlers_that_ran(Some(json!({"cancel_at_period_end": true})), active).await, ["flag"]);
}

#[actix_web::test]
async fn null_is_as_good_as_nothing() {
    let at = |value: Value| json!({"cancel_at": value});
    let time = json!(1_767_225_600);
    assert_eq!(handlers_that_ran(Some(at(json!(null))), at(time.clone())).await, ["came", "time"]);
    assert_eq!(handlers_that_ran(Some(at(json!(1))), at(time.clone())).await, ["time"]);
    assert_eq!(handlers_that_ran(Some(at(time.clone())), at(json!(null))).await, ["went"]);
    assert_eq!(handlers_that_ran(Some(at(time)), json!({})).await, ["went"], "the object may leave it out");
    assert_eq!(
        handlers_that_ran(Some(at(json!(null))), json!({})).await,
        [""; 0],
        "from nothing to nothing is no change"
    );
}

#[actix_web::test]
async fn of_an_object_only_the_keys_that_changed_are_told() {
    let pause = |behavior: &str| json!({"pause_collection": {"behavior": behavior, "resumes_at": null}});
    let partly = json!({"pause_collection": {"behavior": "keep_as_draft"}});
    assert_eq!(handlers_that_ran(Some(partly), pause("void")).await, ["behaviour", "nested", "voided"]);
    let other_key = json!({"pause_collection": {"resumes_at": 5}});
    assert_eq!(handlers_that_ran(Some(other_key), pause("void")).await, [""; 0], "another key of it changed");
    let nothing = json!({"pause_collection": null});
    assert_eq!(
        handlers_that_ran(Some(nothing.clone()), pause("void")).await,
        ["behaviour", "nested"],
        "all of it came"
    );
    assert_eq!(
        handlers_that_ran(Some(pause("void")), nothing).await,
        ["behaviour", "unpaused"],
        "all of it went"
    );
    let plan = |plan: &str| json!({"metadata": {"plan": plan}});
    assert_eq!(handlers_that_ran(Some(plan("basic")), plan("pro")).await, ["metadata", "whole"]);
    assert_eq!(handlers_that_ran(Some(json!({"metadata": {"seat": null}})), plan("pro")).await, ["whole"]);
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
    assert_eq!(
        handlers_that_ran(Some(items(&[basic])), items(&[pro])).await,
        ["list", "price", "prices", "swapped"]
    );
    assert_eq!(
        handlers_that_ran(Some(items(&[basic])), items(&[basic, pro])).await,
        ["list", "price", "prices", "quantities"],
        "basic is still there"
    );
    assert_eq!(
        handlers_that_ran(Some(items(&[basic, pro])), items(&[pro])).await,
        ["list", "prices", "quantities"],
        "pro was there before"
    );
    assert_eq!(
        handlers_that_ran(Some(items(&[pro])), items(&[("price_pro", 2)])).await,
        ["list", "quantities"]
    );
    assert_eq!(
        handlers_that_ran(Some(items(&[])), items(&[pro])).await,
        ["list", "price", "prices", "quantities"]
    );
    assert_eq!(
        handlers_that_ran(Some(json!({"items": null})), items(&[pro])).await,
        ["list", "price", "prices", "quantities"]
    );
}

/// For each value before, the letters of the handlers that run, once for each value now.
async fn check_truth_table<const N: usize>(
    letters: &[(&str, char)],
    now: [Value; N],
    table: impl IntoIterator<Item = (Value, [&str; N])>,
) {
    for (before, expected) in table {
        for (now, expected) in now.iter().zip(expected) {
            let ran = handlers_that_ran(Some(before.clone()), now.clone()).await;
            let shown = letters.iter().filter(|(name, _)| ran.contains(name)).map(|(_, letter)| letter);
            assert_eq!(shown.collect::<String>(), expected, "from {before} to {now}");
        }
    }
}

#[actix_web::test]
async fn the_truth_about_a_value() {
    let status = |status: Value| json!({ "status": status });
    let (list, object) = (json!(["active"]), json!({"was": "active"}));
    check_truth_table(
        &[("changed", 'c'), ("to_active", 't'), ("trial_ended", 'f')],
        [
            status(json!("active")),
            status(json!("past_due")),
            status(json!(null)),
            json!({}),
            status(list.clone()),
        ],
        [
            (json!({}), ["", "", "", "", ""]),
            (status(json!(null)), ["ct", "c", "", "", "c"]),
            (status(json!("trialing")), ["ctf", "c", "c", "c", "c"]),
            (status(json!("past_due")), ["ct", "", "c", "c", "c"]),
            (status(json!("active")), ["", "c", "c", "c", "c"]),
            (status(json!(7)), ["ct", "c", "c", "c", "c"]),
            (status(list), ["ct", "c", "c", "c", ""]),
            (status(object), ["ct", "c", "c", "c", "c"]),
        ],
    )
    .await;
}

#[actix_web::test]
async fn the_truth_about_a_value_in_an_object() {
    let pause = |pause: Value| json!({ "pause_collection": pause });
    let behaviour = |behaviour: Value| pause(json!({ "behavior": behaviour }));
    let (keep, void) = (json!("keep_as_draft"), json!("void"));
    check_truth_table(
        &[("behaviour", 'c'), ("nested", 't'), ("voided", 'f'), ("unpaused", 'w')],
        [
            behaviour(void.clone()),
            behaviour(keep.clone()),
            behaviour(json!(null)),
            pause(json!(null)),
            json!({}),
        ],
        [
            (json!({}), ["", "", "", "", ""]),
            (pause(json!({})), ["", "", "", "", ""]),
            (pause(json!({"resumes_at": 5})), ["", "", "", "", ""]),
            (pause(json!(null)), ["ct", "c", "", "", ""]),
            (behaviour(json!(null)), ["ct", "c", "", "", ""]),
            (behaviour(keep), ["ctf", "", "c", "c", "c"]),
            (behaviour(void), ["", "c", "cw", "cw", "cw"]),
            (behaviour(json!(["void"])), ["ct", "c", "c", "c", "c"]),
        ],
    )
    .await;
}

#[actix_web::test]
async fn the_truth_about_the_values_in_an_array() {
    let items = |prices: &[&str]| {
        let data: Vec<_> = prices.iter().map(|price| json!({"price": {"id": price}})).collect();
        json!({"items": {"data": data}})
    };
    let (basic, pro) = ("price_basic", "price_pro");
    check_truth_table(
        &[("list", 'l'), ("prices", 'c'), ("price", 't'), ("swapped", 'f')],
        [items(&[]), items(&[basic]), items(&[pro]), items(&[basic, pro]), json!({"items": null}), json!({})],
        [
            (json!({}), ["", "", "", "", "", ""]),
            (json!({"items": null}), ["l", "lc", "lct", "lct", "", ""]),
            (json!({"items": {"data": null}}), ["l", "lc", "lct", "lct", "l", "l"]),
            (items(&[]), ["", "lc", "lct", "lct", "l", "l"]),
            (items(&[basic]), ["lc", "", "lctf", "lct", "lc", "lc"]),
            (items(&[pro]), ["lc", "lc", "", "lc", "lc", "lc"]),
            (items(&[basic, pro]), ["lc", "lc", "lc", "", "lc", "lc"]),
            (items(&[pro, basic]), ["lc", "lc", "lc", "lc", "lc", "lc"]),
        ],
    )
    .await;
}

#[actix_web::test]
async fn of_an_array_in_an_array_the_values_count_together() {
    let items = |items: &[&[&str]]| {
        let rates = |ids: &[&str]| ids.iter().map(|id| json!({"id": id})).collect::<Vec<_>>();
        let data: Vec<_> = items.iter().map(|ids| json!({"tax_rates": rates(ids)})).collect();
        json!({"items": {"data": data}})
    };
    let (old, new, other) = ("txr_old", "txr_new", "txr_other");
    check_truth_table(
        &[("list", 'l'), ("rate", 'f')],
        [items(&[&[other], &[new]]), items(&[&[new, old]]), items(&[&[], &[]])],
        [
            (items(&[&[other], &[old]]), ["lf", "l", "l"]),
            (items(&[&[old], &[new]]), ["l", "l", "l"]),
            (items(&[&[other], &[]]), ["l", "l", "l"]),
        ],
    )
    .await;
}

#[derive(stripe_hooks::EndpointName)]
struct UndecodedEndpoint;

#[on_event("customer.subscription.updated", endpoint = UndecodedEndpoint, when(status => "active"))]
async fn never_decodes(subscription: Subscription) {
    unreachable!("{subscription:?}");
}

fn endpoint_of_undecoded() -> Endpoint {
    endpoint_builder::<UndecodedEndpoint>().build().unwrap()
}

#[actix_web::test]
async fn a_condition_that_does_not_hold_costs_no_decoding() {
    let object = json!({"status": "past_due", "this": "is no subscription"});
    let answer = deliver_event(
        &endpoint_of_undecoded(),
        update_event(Some(json!({"status": "active"})), object.clone()),
    )
    .await;
    assert_eq!(answer.status(), 200);
    let answer = deliver_event(
        &endpoint_of_undecoded(),
        update_event(Some(json!({"status": "past_due"})), json!({"status": "active"})),
    )
    .await;
    assert_eq!(answer.status(), 500, "it holds, and the object does not decode");
}

#[actix_web::test]
async fn a_condition_that_nobody_can_judge_fails_the_run() {
    let endpoint = endpoint_of_undecoded();
    for previous in [json!([]), json!("status"), json!(7)] {
        let answer =
            deliver_event(&endpoint, update_event(Some(previous), json!({"status": "active"}))).await;
        assert_eq!(answer.status(), 500);
    }
    assert_eq!(endpoint.counts().failed, 3);
}

#[derive(stripe_hooks::EndpointName)]
struct ObstructedEndpoint;

#[on_event("customer.subscription.updated", endpoint = ObstructedEndpoint, when(pause_collection.behavior => "void"))]
async fn void() {}

#[on_event("customer.subscription.updated", endpoint = ObstructedEndpoint, changed(items.data[].price.id))]
async fn reprice() {}

#[actix_web::test]
async fn what_stands_in_the_way_of_a_path_fails_the_run() {
    let paused = json!({"pause_collection": {"behavior": "void"}});
    for (previous, object) in [
        (json!({"pause_collection": "void"}), paused.clone()),
        (json!({"pause_collection": [paused.clone()]}), paused.clone()),
        (json!({"pause_collection": null}), json!({"pause_collection": 7})),
        (json!({"items": [1]}), json!({})),
        (json!({"items": {"data": {"price": "price_pro"}}}), json!({})),
        (json!({"items": {"data": ["price_pro"]}}), json!({})),
        (json!({"items": {"data": []}}), json!({"items": {"data": "price_pro"}})),
    ] {
        let endpoint = endpoint_builder::<ObstructedEndpoint>().build().unwrap();
        let answer = deliver_event(&endpoint, update_event(Some(previous.clone()), object.clone())).await;
        assert_eq!(answer.status(), 500, "from {previous} to {object}");
        assert_eq!(endpoint.counts().failed, 1, "the other handler can judge: from {previous} to {object}");
    }
}
