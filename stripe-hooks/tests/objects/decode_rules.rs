//! The rules, one by one, each on the smallest object that shows it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use stripe_hooks::{
    Currency, Decimal, Id, Object, OrDeleted, Raw, Rfc3339, Timestamp,
    catalogue::{self, EventForm, EventStatus},
    objects::{
        Charge, Coupon, Customer, CustomerSource, PaymentIntent, PaymentIntentStatus, PaymentMethod, Refund,
        Review,
    },
};

const REVIEW_JSON: &str = r#"{"id":"prv_1","object":"review","created":1793145600,"livemode":false,"open":true,"opened_reason":"rule","reason":"rule"}"#;

/// A review whose text is edited before it is read.
fn decode_edited_review(edit: impl FnOnce(&mut Value)) -> Result<Review, String> {
    let mut json: Value = serde_json::from_str(REVIEW_JSON).unwrap();
    edit(&mut json);
    Review::decode(&json.to_string()).map_err(|error| error.to_string())
}

#[test]
fn a_plain_field_must_be_there() {
    let error = decode_edited_review(|json| drop(json.as_object_mut().unwrap().remove("open"))).unwrap_err();
    assert_eq!(error, "missing field `open`");
    let error = decode_edited_review(|json| json["open"] = Value::Null).unwrap_err();
    assert_eq!(error, "open: expected a boolean, found null");
}

#[test]
fn any_other_field_may_be_absent_or_null() {
    assert_eq!(decode_edited_review(|_| {}).unwrap().billing_zip, None);
    assert_eq!(decode_edited_review(|json| json["billing_zip"] = Value::Null).unwrap().billing_zip, None);
    assert_eq!(
        decode_edited_review(|json| json["billing_zip"] = json!("12345")).unwrap().billing_zip.as_deref(),
        Some("12345")
    );
}

#[test]
fn an_error_tells_place_and_kinds_but_no_value() {
    let error = decode_edited_review(|json| json["created"] = json!("s3cr3t")).unwrap_err();
    assert_eq!(error, "created: expected an integer, found a string");
    let error = decode_edited_review(|json| json["created"] = json!(1.5)).unwrap_err();
    assert_eq!(error, "created: expected an integer, found a number with a fraction or an exponent");
    let error = decode_edited_review(|json| json["created"] = json!(u64::MAX)).unwrap_err();
    assert_eq!(error, "created: expected an integer, found an integer beyond 64 bits");
    let error =
        decode_edited_review(|json| json["ip_address_location"] = json!({"latitude": "s3cr3t"})).unwrap_err();
    assert_eq!(error, "ip_address_location.latitude: expected a number, found a string");
    let refund =
        r#"{"id":"re_1","object":"refund","amount":1,"created":1,"currency":"usd","metadata":{"s3cr3t":5}}"#;
    let error = Refund::decode(refund).unwrap_err();
    assert_eq!(error.path(), "metadata.*");
    let method = json!({"id":"pm_1","object":"payment_method","created":1,"livemode":false,"metadata":{},"type":"card",
        "billing_details":{},"card":{"brand":"visa","exp_month":1,"exp_year":2030,"funding":"credit","last4":"4242","networks":{"available":["visa", 4]}}});
    let error = PaymentMethod::decode(&method.to_string()).unwrap_err();
    assert_eq!(error.to_string(), "card.networks.available[1]: expected a string, found an integer");
    assert_eq!(error.path(), "card.networks.available[1]");
}

#[test]
fn serde_says_the_same() {
    let error = serde_json::from_str::<Review>(&REVIEW_JSON.replace("1793145600", "\"s3cr3t\"")).unwrap_err();
    assert!(error.to_string().starts_with("created: expected an integer, found a string"), "{error}");
    let value: Value = serde_json::from_str(REVIEW_JSON).unwrap();
    assert_eq!(serde_json::from_value::<Review>(value).unwrap(), Review::decode(REVIEW_JSON).unwrap());
    let reader = serde_json::from_reader::<_, Review>(REVIEW_JSON.as_bytes()).unwrap();
    assert_eq!(reader, Review::decode(REVIEW_JSON).unwrap());
}

#[test]
fn text_that_is_not_json_is_an_error_with_a_position() {
    for broken in ["", "{", "{\"id\":", "nonsense", "{\"id\":\"prv_1\",}", "{} {}"] {
        assert!(Review::decode(broken).is_err(), "{broken}");
    }
    assert_eq!(
        Review::decode("{\"id\": s3cr3t").unwrap_err().to_string(),
        "id: malformed JSON at line 1, column 8"
    );
    assert_eq!(Review::decode("[]").unwrap_err().to_string(), "expected an object, found an array");
}

#[test]
fn the_object_key_is_held_against_the_type() {
    assert!(decode_edited_review(|json| drop(json.as_object_mut().unwrap().remove("object"))).is_ok());
    let error = decode_edited_review(|json| json["object"] = json!("refund")).unwrap_err();
    assert_eq!(error, "expected an object of kind `review`, found one of kind `refund`");
    let error = decode_edited_review(|json| json["object"] = json!("s3cr3t")).unwrap_err();
    assert_eq!(error, "expected an object of kind `review`, found another kind");
    let error = decode_edited_review(|json| json["object"] = json!(5)).unwrap_err();
    assert_eq!(error, "object: expected a string, found an integer");
}

#[test]
fn the_object_key_is_written_after_the_id() {
    let json = serde_json::to_string(&Review::decode(REVIEW_JSON).unwrap()).unwrap();
    assert!(json.starts_with(r#"{"id":"prv_1","object":"review","#), "{json}");
}

#[test]
fn what_is_odd_where_nobody_reads_costs_nothing() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    for odd in [
        r#""\ud800""#,
        "1e400",
        "-1e-400",
        &deep,
        r#"{"\udc00":"\ud800\ud800"}"#,
        "123456789012345678901234567890",
    ] {
        let json = REVIEW_JSON.replacen('{', &format!("{{\"unheard_of\":{odd},\"\\ud800\":{odd},"), 1);
        assert_eq!(Review::decode(&json).unwrap(), Review::decode(REVIEW_JSON).unwrap());
    }
    let odd = REVIEW_JSON.replace("prv_1", "\\ud800");
    assert!(Review::decode(&odd).unwrap_err().to_string().starts_with("id: malformed JSON"));
}

#[test]
fn nesting_is_bounded_by_the_types() {
    let json = REVIEW_JSON.replacen(
        '{',
        &format!("{{\"session\":{}{},", "{\"a\":".repeat(50_000), "1}".to_owned() + &"}".repeat(49_999)),
        1,
    );
    assert!(Review::decode(&json).is_ok());
}

#[test]
fn the_last_of_two_equal_keys_wins() {
    let twice = REVIEW_JSON.replace("\"reason\":\"rule\"", "\"reason\":5,\"reason\":\"rule\"");
    assert!(Review::decode(&twice).is_err(), "both are read");
    let twice = REVIEW_JSON
        .replace("\"open\":true", "\"open\":true,\"billing_zip\":\"1\",\"open\":false,\"billing_zip\":null");
    let review = Review::decode(&twice).unwrap();
    assert_eq!((review.open, review.billing_zip), (false, None));
    let place =
        r#""ip_address_location":{"city":"one","country":"XX"},"ip_address_location":{"city":"two"},"#;
    let review = Review::decode(&REVIEW_JSON.replacen('{', &format!("{{{place}"), 1)).unwrap();
    let location = review.ip_address_location.unwrap();
    assert_eq!((location.city.as_deref(), location.country), (Some("two"), None));
    // An object that cannot be absent has its place from the start, and nothing of the first may stay there either.
    let charge = |billing_details: &str| {
        let charge = json!({
            "id": "ch_1", "object": "charge", "amount": 1, "amount_captured": 1, "amount_refunded": 0, "captured": true,
            "created": 1, "currency": "usd", "disputed": false, "livemode": false, "paid": true, "refunded": false,
            "metadata": {}, "status": "succeeded",
        });
        Charge::decode(&charge.to_string().replacen('{', &format!("{{{billing_details},"), 1)).unwrap()
    };
    let twice = charge(
        r#""billing_details":{"name":"one","address":{"city":"one"}},"billing_details":{"phone":"2"}"#,
    );
    assert_eq!(twice, charge(r#""billing_details":{"phone":"2"}"#));
}

#[test]
fn enums_stay_open() {
    let known = PaymentIntentStatus::unlisted("succeeded");
    assert_eq!((known.as_str(), &known), ("succeeded", &PaymentIntentStatus::Succeeded));
    let new = PaymentIntentStatus::unlisted("of_tomorrow");
    assert_eq!(new.to_string(), "of_tomorrow");
    assert_eq!(new, PaymentIntentStatus::Unrecognized("of_tomorrow".to_owned()));
    let misspelt = PaymentIntentStatus::unlisted("Succeeded");
    assert_ne!(misspelt, PaymentIntentStatus::Succeeded);
    assert_eq!(serde_json::from_str::<PaymentIntentStatus>("\"of_tomorrow\"").unwrap(), new);
    assert_eq!(
        serde_json::from_str::<PaymentIntentStatus>("\"canceled\"").unwrap(),
        PaymentIntentStatus::Canceled
    );
    assert_eq!(serde_json::to_string(&new).unwrap(), "\"of_tomorrow\"");
}

#[test]
fn a_reference_is_an_id_and_is_never_followed() {
    let expanded = json!({"object": "charge", "amount": "not even right", "id": "ch_1"});
    let review = decode_edited_review(|json| json["charge"] = expanded).unwrap();
    assert_eq!(review.charge, Some(Id::from("ch_1")));
    assert_eq!(serde_json::to_value(&review).unwrap()["charge"], "ch_1");
    let error = self::decode_edited_review(|json| json["charge"] = json!({"object": "charge"})).unwrap_err();
    assert_eq!(error, "charge: missing field `id`");
}

#[test]
fn lists_and_maps_are_empty_when_absent() {
    let customer =
        r#"{"id":"cus_1","object":"customer","created":1,"livemode":true,"metadata":null,"sources":null}"#;
    let customer = Customer::decode(customer).unwrap();
    assert!(
        customer.metadata.is_empty() && customer.sources.is_empty() && customer.preferred_locales.is_empty()
    );
    let written = serde_json::to_value(&customer).unwrap();
    assert_eq!((&written["metadata"], &written["preferred_locales"]), (&json!({}), &json!([])));
}

#[test]
fn a_list_is_a_slice() {
    let json = json!({"id": "cus_1", "object": "customer", "created": 1, "livemode": true, "sources": {"object": "list",
        "data": [{"object": "of_tomorrow", "x": 1e0}], "has_more": true, "url": "/v1/x", "total_count": 9}});
    let customer = Customer::decode(&json.to_string()).unwrap();
    assert_eq!(
        (customer.sources.len(), customer.sources.has_more, customer.sources.total_count),
        (1, Some(true), Some(9))
    );
    let [CustomerSource::Other(raw)] = &customer.sources[..] else { panic!("{:?}", customer.sources) };
    assert_eq!(raw.parse::<Value>().unwrap()["object"], "of_tomorrow");
}

#[test]
fn a_union_is_told_apart_by_its_tag_wherever_it_stands() {
    let card = r#"{"id":"card_1","last4":"4242","brand":"Visa","exp_month":1,"exp_year":2030,"funding":"credit","object":"card"}"#;
    let CustomerSource::Card(card) = CustomerSource::decode(card).unwrap() else { panic!("not a card") };
    assert_eq!(card.id, "card_1");
    let other = r#"{ "object": "bitcoin_receiver",  "id": "btcrcv_1" }"#;
    let CustomerSource::Other(raw) = CustomerSource::decode(other).unwrap() else {
        panic!("not another kind")
    };
    assert_eq!(raw.as_str(), other);
    assert!(CustomerSource::decode("5").is_err());
    let error = CustomerSource::decode(r#"{"object":"card","id":5}"#).unwrap_err();
    assert_eq!(error.to_string(), "id: expected a string, found an integer");
}

#[test]
fn a_stub_says_what_to_take_instead() {
    let stub = r#"{"id":"cus_1","object":"customer","deleted":true}"#;
    let error = Customer::decode(stub).unwrap_err().to_string();
    assert!(error.contains("take `OrDeleted<Customer>`"), "{error}");
    let OrDeleted::Deleted(deleted) = OrDeleted::<Customer>::decode(stub).unwrap() else {
        panic!("not a stub")
    };
    assert_eq!(deleted.id, "cus_1");
    let again = serde_json::to_value(OrDeleted::<Customer>::Deleted(deleted)).unwrap();
    assert_eq!(again, serde_json::from_str::<Value>(stub).unwrap());

    let stub = r#"{"id":"ba_1","object":"bank_account","deleted":true,"currency":"eur"}"#;
    let error = CustomerSource::decode(stub).unwrap_err().to_string();
    assert!(error.contains("take `OrDeleted<CustomerSource>`"), "{error}");
    assert!(
        matches!(OrDeleted::<CustomerSource>::decode(stub).unwrap(), OrDeleted::Deleted(stub) if stub.id == "ba_1")
    );

    let whole = r#"{"id":"cus_1","object":"customer","created":1,"livemode":false}"#;
    assert!(OrDeleted::<Customer>::decode(whole).unwrap().present().is_some());
    assert!(
        OrDeleted::<Customer>::decode(r#"{"id":"cus_1","object":"customer"}"#).is_err(),
        "neither whole nor a stub"
    );
}

#[test]
fn a_stub_of_each_deletable_object_decodes() {
    fn check_stub<T: Object>(tag: &str) {
        let json = json!({"id": "x_1", "object": tag, "deleted": true}).to_string();
        assert!(
            matches!(OrDeleted::<T>::decode(&json), Ok(OrDeleted::Deleted(stub)) if stub.id == "x_1"),
            "{tag}"
        );
        assert!(OrDeleted::<T>::decode(r#"{"deleted":true}"#).is_err(), "{tag}: a stub has an id");
    }
    macro_rules! check_stubs {
        ($($name:ident)*) => { $(check_stub::<stripe_hooks::objects::$name>("any");)* };
    }
    check_stubs! {
        Account Application BankAccount Card Coupon Customer Discount Invoice InvoiceItem Person Plan Price Product TaxId
        TerminalReader TestHelpersTestClock CustomerSource ExternalAccount
    }
}

#[test]
fn json_that_is_not_typed_stays_as_it_was() {
    let error =
        r#"{"type":"card_error","source":{ "id":"card_1", "weird" : "\ud800" },"payment_intent":null}"#;
    let json = format!(
        r#"{{"id":"pi_1","object":"payment_intent","amount":1,"capture_method":"automatic","confirmation_method":"automatic",
        "created":1,"currency":"usd","livemode":false,"payment_method_types":[],"status":"succeeded","last_payment_error":{error}}}"#
    );
    let intent = PaymentIntent::decode(&json).unwrap();
    let failed = intent.last_payment_error.as_ref().unwrap();
    assert_eq!(failed.source.as_ref().map(Raw::as_str), Some(r#"{ "id":"card_1", "weird" : "\ud800" }"#));
    assert_eq!(failed.payment_intent, None);
    assert!(serde_json::to_string(&intent).unwrap().contains(r#""weird" : "\ud800""#));
    assert_eq!(intent.clone(), intent);
    assert_eq!((intent.currency, intent.status), (Currency::from("usd"), PaymentIntentStatus::Succeeded));
}

#[test]
fn debug_prints_what_is_there() {
    let shown = format!("{:?}", Review::decode(REVIEW_JSON).unwrap());
    assert_eq!(
        shown,
        "Review { id: \"prv_1\", created: 1793145600, livemode: false, open: true, opened_reason: \"rule\", reason: \"rule\" }"
    );
}

#[test]
fn objects_that_differ_anywhere_are_not_equal() {
    let one = decode_edited_review(|_| {}).unwrap();
    assert_eq!(one, one.clone());
    assert_ne!(one, decode_edited_review(|json| json["billing_zip"] = json!("1")).unwrap());
    assert_ne!(one, decode_edited_review(|json| json["ip_address_location"] = json!({})).unwrap());
}

#[test]
fn times_convert_to_the_clock_and_back() {
    for seconds in [0, 1_793_145_600, -1, -86_400] {
        let timestamp = Timestamp::from_unix(seconds);
        assert_eq!(Timestamp::from(SystemTime::from(timestamp)), timestamp);
    }
    assert_eq!(Timestamp::from(UNIX_EPOCH + Duration::from_millis(1_999)).unix(), 1);
    assert_eq!(Timestamp::from(UNIX_EPOCH - Duration::from_millis(1)).unix(), -1);
    assert!(SystemTime::from(Timestamp::from_unix(i64::MAX)).duration_since(UNIX_EPOCH).is_ok());
}

#[test]
fn the_catalogue_knows_all_events_by_name() {
    let count = |form, status| {
        catalogue::all().iter().filter(|event| event.form == form && event.status == status).count()
    };
    assert_eq!(count(EventForm::Snapshot, EventStatus::Available), 275);
    assert_eq!(count(EventForm::Thin, EventStatus::Available), 326);
    assert!(catalogue::all().is_sorted_by(|a, b| a.name < b.name));
    for event in catalogue::all() {
        assert_eq!(catalogue::lookup(event.name).map(|found| found.name), Some(event.name));
        if let Some(twin) = event.twin {
            assert_eq!(catalogue::lookup(twin).and_then(|twin| twin.twin), Some(event.name));
        }
    }
    assert_eq!(catalogue::lookup("payment_intent.succeded"), None);
}

#[test]
fn objects_and_ids_cross_threads_and_stay_small() {
    fn assert_send_and_sync<T: Send + Sync + 'static>() {}
    assert_send_and_sync::<PaymentIntent>();
    assert_send_and_sync::<Id<Charge>>();
    assert!(size_of::<PaymentIntent>() < 1500, "{}", size_of::<PaymentIntent>());
    assert_eq!(size_of::<Id<Coupon>>(), size_of::<String>());
}

#[test]
fn times_and_decimals_convert_to_the_types_of_other_crates() {
    let timestamp = Timestamp::from_unix(1_793_145_600);
    assert_eq!(chrono::DateTime::<chrono::Utc>::try_from(timestamp).unwrap().timestamp(), 1_793_145_600);
    assert_eq!(jiff::Timestamp::try_from(timestamp).unwrap().as_second(), 1_793_145_600);
    assert_eq!(time::OffsetDateTime::try_from(timestamp).unwrap().unix_timestamp(), 1_793_145_600);
    let beyond = Timestamp::from_unix(i64::MAX);
    assert_eq!(chrono::DateTime::<chrono::Utc>::try_from(beyond).unwrap_err(), beyond);
    assert!(jiff::Timestamp::try_from(beyond).is_err() && time::OffsetDateTime::try_from(beyond).is_err());

    let instant = Rfc3339::from("2026-10-28T16:00:00.123Z");
    assert_eq!(jiff::Timestamp::try_from(&instant).unwrap().as_millisecond(), 1_793_203_200_123);
    assert_eq!(chrono::DateTime::try_from(&instant).unwrap().timestamp_millis(), 1_793_203_200_123);
    assert_eq!(time::OffsetDateTime::try_from(&instant).unwrap().unix_timestamp(), 1_793_203_200);

    let decimal = Decimal::from("0.050000000000000000001");
    assert_eq!(rust_decimal::Decimal::try_from(&decimal).unwrap().to_string(), decimal.as_str());
    let too_long = Decimal::from("0.00000000000000000000000000000000001");
    assert!(rust_decimal::Decimal::try_from(&too_long).is_err(), "never rounded");
}
