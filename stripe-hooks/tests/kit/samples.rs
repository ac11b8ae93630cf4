use serde_json::{Value, json};
use stripe_hooks::{
    objects::CustomerSource,
    testing::{Form, Sample, sample},
};

fn event_json(sample: &Sample<impl Sized>) -> Value {
    serde_json::from_str(&sample.body()).unwrap()
}

fn object_json(sample: &Sample<impl Sized>) -> Value {
    event_json(sample)["data"]["object"].clone()
}

#[test]
fn a_seed_makes_the_same_event_again_and_another_one_another() {
    let body = |seed| sample::invoice_paid().seed(seed).body();
    assert_eq!(body(1), body(1));
    let (one, other) =
        (event_json(&sample::invoice_paid().seed(1)), event_json(&sample::invoice_paid().seed(2)));
    assert_ne!(one["id"], other["id"]);
    assert_ne!(one["data"]["object"]["id"], other["data"]["object"]["id"]);
}

#[test]
fn an_event_may_have_happened_at_any_time() {
    for made in sample::all() {
        for at in [i64::MIN, i64::MAX] {
            let made = made.clone().form(Form::Full).happened_at(at);
            assert!(event_json(&made)["id"].is_string(), "{} at {at}", made.info().name);
        }
    }
}

#[test]
fn the_body_is_written_as_stripe_writes_it() {
    let body = sample::product_created().body();
    assert!(body.starts_with("{\n  \"id\": \"evt_1"), "{body}");
    assert!(body.contains("\n  \"object\": \"event\",\n"), "{body}");
    assert!(body.contains("\n    \"object\": {\n      \"id\": \"prod_"), "{body}");
}

#[test]
fn samples_of_one_seed_speak_of_the_same_things() {
    let (charge, intent) =
        (object_json(&sample::charge_succeeded()), object_json(&sample::payment_intent_succeeded()));
    assert_eq!((&charge["payment_intent"], &charge["id"]), (&intent["id"], &intent["latest_charge"]));
    assert_eq!(charge["customer"], intent["customer"]);
    let (created, paid) = (event_json(&sample::invoice_created()), event_json(&sample::invoice_paid()));
    assert_eq!(created["data"]["object"]["id"], paid["data"]["object"]["id"]);
    assert_ne!(created["id"], paid["id"]);
}

#[test]
fn two_updates_of_one_object_are_two_events() {
    let update = |at| event_json(&sample::customer_subscription_updated().happened_at(at));
    assert_ne!(update(1_800_000_000)["id"], update(1_800_000_001)["id"]);
}

#[test]
fn amounts_hang_together() {
    let paid = object_json(&sample::invoice_paid().amount_due(900));
    assert_eq!(paid["amount_due"], 900);
    let intent = object_json(&sample::payment_intent_succeeded().amount(4200));
    assert_eq!((&intent["amount"], &intent["amount_received"]), (&json!(4200), &json!(4200)));
    let open = object_json(&sample::invoice_payment_failed());
    assert_eq!((&open["amount_paid"], &open["amount_remaining"]), (&json!(0), &open["amount_due"]));
    let refunded = object_json(&sample::charge_refunded());
    assert_eq!(refunded["amount_refunded"], refunded["amount"]);
}

#[test]
fn times_are_in_order_and_fit_the_event() {
    let canceled = event_json(&sample::payment_intent_canceled());
    let intent = &canceled["data"]["object"];
    let (created, canceled_at) = (intent["created"].as_i64(), intent["canceled_at"].as_i64());
    assert!(created < canceled_at && canceled_at < canceled["created"].as_i64(), "{canceled}");
    assert_eq!(object_json(&sample::payment_intent_succeeded())["canceled_at"], Value::Null);
    let moved = event_json(&sample::payment_intent_succeeded().happened_at(1_800_000_000));
    assert_eq!(moved["created"], 1_800_000_000);
    assert_eq!(moved["data"]["object"]["created"], 1_799_999_990);
}

#[test]
fn a_path_reaches_every_field_and_makes_what_is_missing_on_the_way() {
    let subscription = sample::customer_subscription_updated()
        .set("items.data[0].price.id", "price_1")
        .set("items.data[1].quantity", 3)
        .set("metadata.order_id", "42")
        .set("pause_collection.behavior", "void")
        .set("trial_end", 1_800_000_000)
        .set("default_payment_method", None::<&str>);
    let subscription = object_json(&subscription);
    assert_eq!(subscription["items"]["data"][0]["price"]["id"], "price_1");
    assert_eq!(subscription["items"]["data"][1]["quantity"], 3);
    assert_eq!(subscription["metadata"]["order_id"], "42");
    assert_eq!(subscription["pause_collection"]["behavior"], "void");
    assert_eq!(subscription["default_payment_method"], Value::Null);
    let minimal =
        sample::payment_intent_succeeded().form(Form::Minimal).set("shipping.address.city", "Berlin");
    assert_eq!(object_json(&minimal)["shipping"]["address"]["city"], "Berlin");
    let whole = sample::payment_intent_succeeded().set("metadata", json!({"a": "b"}));
    assert_eq!(object_json(&whole)["metadata"], json!({"a": "b"}));
}

#[test]
fn a_text_is_read_as_its_field_wants_it() {
    let made = |path, text| {
        object_json(&sample::payment_intent_succeeded().try_set_text(path, text).unwrap())[path].clone()
    };
    assert_eq!(made("amount", "4200"), 4200);
    assert_eq!(made("description", "4200"), "4200");
    assert_eq!(made("description", "null"), Value::Null);
    assert_eq!(made("description", "\"null\""), "null");
    assert_eq!(made("livemode", "true"), true);
    assert_eq!(made("metadata", r#"{"order_id":"42"}"#), json!({"order_id": "42"}));
    assert_eq!(made("payment_method_types", r#"["card","link"]"#), json!(["card", "link"]));
}

/// What is refused, and with which words.
#[test]
fn a_path_or_value_that_the_object_cannot_have_is_refused() {
    for (path, text, words) in [
        ("amout", "1", "`payment_intent` has no field `amout`; did you mean `amount`?"),
        ("shipping.adress.city", "x", "has no field `adress`; did you mean `shipping.address`?"),
        ("status", "suceeded", "`status` cannot be `suceeded`; did you mean `succeeded`?"),
        ("status", "dissolved", "`status` cannot be `dissolved`; it is one of `canceled`, "),
        ("amount", "much", "`amount` is a whole number"),
        ("amount", "1.5", "`amount` is a whole number"),
        ("amount", "null", "`amount` is a whole number"),
        ("livemode", "yes", "`livemode` is true or false"),
        ("currency", "EUR", "`currency` is a currency: three letters in lower case"),
        ("customer.email", "a@example.com", "`customer` is an id, because webhooks never expand"),
        (
            "payment_method_types.card",
            "x",
            "`payment_method_types` is an array; say which item, as in `payment_method_types[0].card`",
        ),
        ("amount.value", "1", "`amount` is a whole number, and holds nothing"),
        ("metadata", "[]", "`metadata` is key-value pairs"),
        ("metadata", r#"{"a":1}"#, "`metadata.a` is text"),
        ("shipping", r#"{"nam":"x"}"#, "has no field `nam`; did you mean `shipping.name`?"),
        ("object", "charge", "`object` can only be `payment_intent`"),
        ("payment_method_types[100]", "card", "up to [99]"),
        ("amount[", "1", "is not a path"),
        ("", "1", "is not a path"),
        ("a..b", "1", "is not a path"),
        ("[0]", "1", "is not a path"),
    ] {
        let refused = sample::payment_intent_succeeded().try_set_text(path, text).unwrap_err().to_string();
        assert!(refused.contains(words), "{path}={text}: {refused}");
    }
    let list = sample::invoice_paid().try_set_text("lines[0].amount", "1").unwrap_err().to_string();
    assert!(
        list.contains("`lines` is a list object, whose items are in `data`; write `lines.data[0]`"),
        "{list}"
    );
    assert!(sample::invoice_paid().try_set("amount_due", "much").is_err());
}

#[test]
#[should_panic(expected = "did you mean `amount`?")]
fn a_wrong_path_stops_the_test_that_writes_it() {
    let _ = sample::payment_intent_succeeded().set("amout", 1);
}

#[test]
fn what_was_before_can_be_said() {
    let updated = sample::customer_subscription_updated()
        .status("active")
        .previous("status", "past_due")
        .previous("items.data[0].quantity", 1)
        .previous("metadata.plan", None::<&str>);
    let event = event_json(&updated);
    let previous = &event["data"]["previous_attributes"];
    assert_eq!(previous["status"], "past_due");
    assert_eq!(previous["items"]["data"][0]["quantity"], 1);
    assert_eq!(previous["items"]["data"][0]["object"], "subscription_item", "arrays come whole");
    assert_eq!(previous["metadata"], json!({"plan": null}));
    let refused = sample::customer_updated().try_previous_text("emial", "x").unwrap_err().to_string();
    assert!(refused.contains("did you mean `email`?"), "{refused}");
}

#[test]
fn one_of_several_kinds_is_chosen_by_its_tag() {
    let card = sample::customer_source_created().set("object", "card").set("last4", "4242");
    let CustomerSource::Card(read) = card.object().unwrap() else { panic!("{card}") };
    assert_eq!(read.last4, "4242");
    let refused = sample::customer_source_created().try_set("object", "charge").unwrap_err().to_string();
    assert!(refused.contains("can be `"), "{refused}");
}

#[test]
fn the_envelope_has_its_own_words() {
    let failed = sample::payout_failed().from_account("acct_1").live().with_event_id("evt_mine");
    assert_eq!(failed.event_id(), "evt_mine");
    let event = event_json(&failed);
    assert_eq!((&event["account"], &event["id"]), (&json!("acct_1"), &json!("evt_mine")));
    assert_eq!((&event["livemode"], &event["data"]["object"]["livemode"]), (&json!(true), &json!(true)));
    let person = self::event_json(&sample::person_updated());
    assert!(person["account"].as_str().unwrap().starts_with("acct_"));
}

#[test]
fn the_fields_of_a_thin_event_are_its_own() {
    let thin =
        event_json(&sample::v1_billing_meter_updated().set("related_object.id", "mtr_1").set("data.x", 1));
    assert_eq!((&thin["related_object"]["id"], &thin["data"]["x"]), (&json!("mtr_1"), &json!(1)));
    let refused =
        sample::v1_billing_meter_updated().try_set("related_objet.id", "mtr_1").unwrap_err().to_string();
    assert!(refused.contains("did you mean `related_object`?"), "{refused}");
}

#[test]
fn a_twin_is_about_the_same_object() {
    let intent = sample::payment_intent_succeeded().set("id", "pi_mine").with_event_id("evt_mine");
    let twin = event_json(&intent.twin().unwrap());
    assert_eq!(
        (&twin["snapshot_event"], &twin["related_object"]["id"]),
        (&json!("evt_mine"), &json!("pi_mine"))
    );
    assert!(sample::apps_install_created().twin().is_none());
}

#[test]
fn the_object_itself_can_be_had() {
    let intent = sample::payment_intent_succeeded().amount(4200).object().unwrap();
    assert_eq!(intent.amount, 4200);
}

#[test]
fn a_name_that_does_not_exist_is_refused_with_the_nearest() {
    let error = |name: &str| sample::event(name).unwrap_err().to_string();
    assert!(error("payment_intent.suceeded").ends_with("did you mean `payment_intent.succeeded`?"));
    assert!(error("transfer.paid").ends_with("it did until 2022-08; use `payout.paid`"));
    assert!(error("order.shipped").ends_with("`stripe-hooks events` lists all that it sends"));
}

#[test]
fn previews_carry_what_is_known_of_them() {
    let offer = sample::event("capital.financing_offer.created").unwrap().set("status", "delivered");
    let offer = object_json(&offer);
    assert_eq!(
        (&offer["object"], &offer["status"]),
        (&json!("capital.financing_offer"), &json!("delivered"))
    );
}
