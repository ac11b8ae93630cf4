//! The test that the README shows, in a binary of its own because it has a handler of its own.

#![allow(clippy::unwrap_used, reason = "it is shown as an application would write it")]

use std::sync::{Arc, Mutex};

use stripe_hooks::{
    State,
    objects::PaymentIntent,
    on_event,
    testing::{TestEndpoint, chaos, sample},
};

#[derive(Clone, Default)]
struct Db(Arc<Mutex<Vec<String>>>);

#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent, State(Db(orders)): State<Db>) {
    let mut orders = orders.lock().unwrap();
    if !orders.contains(&intent.id) {
        orders.push(intent.id);
    }
}

#[actix_web::test]
async fn fulfils_once() {
    let db = Db::default();
    let hooks = TestEndpoint::builder().state(db.clone()).build();
    hooks.send(sample::payment_intent_succeeded().amount(4200)).await.assert_ok().assert_done("fulfil");
    hooks
        .send_with_bad_signature(sample::payment_intent_succeeded())
        .await
        .assert_status(400)
        .assert_nothing_ran();

    chaos(sample::payment_intent_succeeded(), async |storm| {
        let db = Db::default();
        let hooks = TestEndpoint::builder().state(db.clone()).build();
        storm.deliver(&hooks).await;
        assert_eq!(db.0.lock().unwrap().len(), 1);
    })
    .await;
}

#[test]
fn the_readme_shows_this_file() {
    let shown = include_str!("../README.md").split_once("```rust,standalone_crate\n").unwrap().1;
    let shown = shown.split_once("```").unwrap().0;
    assert!(include_str!("fulfils_once.rs").contains(shown), "{shown}");
}
