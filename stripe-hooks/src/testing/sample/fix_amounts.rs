//! Sums that hang together: what was paid, and what is left, fit the status that the event's name implies.

use super::json::JsonValue;

/// Puts the parts of an amount where the status says that they are.
pub(crate) fn fix_amounts(object: &mut JsonValue) {
    let text = |object: &JsonValue, name: &str| {
        object.get(name).and_then(JsonValue::as_str).unwrap_or_default().to_owned()
    };
    let flag = |object: &JsonValue, name: &str| object.get(name) == Some(&JsonValue::Flag(true));
    let amount =
        |object: &JsonValue, name: &str| object.get(name).and_then(JsonValue::as_i64).unwrap_or_default();
    let status = text(object, "status");
    let part = |is_whole: bool, whole: i64| if is_whole { whole } else { 0 };
    if (&*text(object, "object"), &*text(object, "mode")) == ("checkout.session", "payment") {
        for name in ["setup_intent", "subscription"] {
            if object.get(name).is_some()
                && let Some(member) = object.member_mut(name)
            {
                *member = JsonValue::Null;
            }
        }
    }
    let parts = match &*text(object, "object") {
        "payment_intent" => {
            let whole = amount(object, "amount");
            vec![
                ("amount_received", part(status == "succeeded", whole)),
                ("amount_capturable", part(status == "requires_capture", whole)),
            ]
        }
        "invoice" => {
            let due = amount(object, "amount_due");
            let paid = status == "paid";
            vec![("amount_paid", part(paid, due)), ("amount_remaining", part(!paid, due))]
        }
        "charge" => {
            let whole = amount(object, "amount");
            vec![
                ("amount_captured", part(flag(object, "captured"), whole)),
                ("amount_refunded", part(flag(object, "refunded"), whole)),
            ]
        }
        _ => Vec::new(),
    };
    for (name, sum) in parts {
        if object.get(name).is_some()
            && let Some(member) = object.member_mut(name)
        {
            *member = JsonValue::Integer(sum);
        }
    }
}
