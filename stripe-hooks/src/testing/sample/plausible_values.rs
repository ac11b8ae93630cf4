//! What a field of some name plausibly holds, where the catalogue knows no more of it than its kind.
//!
//! Nothing here is anybody's: the addresses, numbers and domains are those that are reserved for examples.

use crate::testing::random::SeededRandom;

/// A text for the field. `random` is the field's own.
pub(crate) fn plausible_text(name: &str, random: &mut SeededRandom) -> String {
    let has = |word: &str| name.contains(word);
    let is = |words: &[&str]| words.contains(&name);
    if has("url") || is(&["website", "link"]) {
        return format!("https://example.com/{}", name.trim_end_matches("_url"));
    }
    if has("secret") {
        return format!("{name}_{}", random.alphanumeric(24));
    }
    if has("fingerprint") || has("token") || name.ends_with("_id") || is(&["reference", "idempotency_key"]) {
        return random.alphanumeric(16);
    }
    let fixed = match name {
        "city" => "San Francisco",
        "state" => "CA",
        "line1" => "1 Example Street",
        "line2" => "Floor 2",
        "postal_code" | "postal" | "zip" => "94111",
        "brand" => "visa",
        "network" => "visa",
        "funding" => "credit",
        "method" => "standard",
        "source_type" => "card",
        "last4" => "4242",
        "dynamic_last4" => "4242",
        "routing_number" => "110000000",
        "interval" => "month",
        "timezone" => "Etc/UTC",
        "locale" | "preferred_locale" => "en",
        "statement_descriptor" | "calculated_statement_descriptor" => "EXAMPLE SHOP",
        "ip" | "ip_address" | "client_ip" => "192.0.2.1",
        "user_agent" => "Mozilla/5.0",
        "description" => "A sample",
        "mcc" => "5734",
        "iin" => "424242",
        "exp_month" => "12",
        "exp_year" => "2034",
        "domain_name" | "domain" => "example.com",
        _ if has("email") => "customer@example.com",
        _ if has("phone") => "+15555550100",
        _ if has("country") => "US",
        _ if is(&["name", "account_holder_name", "cardholder_name", "full_name"]) => "Sample Customer",
        _ if is(&["first_name", "given_name"]) => "Sample",
        _ if is(&["last_name", "family_name"]) => "Customer",
        _ if has("number") => {
            return format!("{:04}-{:04}", random.next_below(10_000), random.next_below(10_000));
        }
        _ if is(&["payment_method_types", "allowed_payment_method_types", "type"]) => "card",
        _ => return name.replace('_', " "),
    };
    fixed.to_owned()
}

/// A whole number for the field, given the amount of money that the event is about.
pub(crate) fn plausible_integer(name: &str, amount: i64) -> i64 {
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match name {
        "exp_month" => 12,
        "exp_year" => 2034,
        "year" => 1990,
        "month" | "day" | "hour" | "quantity" | "count" | "interval_count" => 1,
        "last4" => 4242,
        _ if has(&[
            "refunded",
            "capturable",
            "remaining",
            "discount",
            "tax",
            "starting",
            "ending",
            "shipping",
            "tip",
            "overpaid",
            "credit_note",
            "fee",
            "reversed",
            "reported",
            "shortfall",
            "overage",
            "returned",
            "received",
        ]) =>
        {
            0
        }
        _ if has(&[
            "amount",
            "total",
            "price",
            "balance",
            "net",
            "gross",
            "limit",
            "threshold",
            "cost",
            "value",
        ]) =>
        {
            amount
        }
        _ => 1,
    }
}

/// Whether a flag is more often up than down.
pub(crate) fn plausible_flag(name: &str) -> bool {
    name.ends_with("enabled")
        || name.ends_with("_submitted")
        || matches!(name, "active" | "captured" | "paid" | "automatic" | "attempted" | "default" | "valid")
}

/// Values of enums that are what people see first, the likeliest first.
const LIKELY_ENUM_VALUES: &[&str] = &[
    "bank_account",
    "card",
    "subscription_cycle",
    "payment",
    "succeeded",
    "active",
    "paid",
    "complete",
    "succeeds",
    "automatic",
    "charge_automatically",
    "off_session",
    "recurring",
    "one_time",
    "per_unit",
    "licensed",
    "month",
    "standard",
    "pass",
    "none",
    "verified",
    "not_required",
    "us",
    "individual",
    "company",
    "application",
    "normal",
    "open",
    "available",
    "approved",
    "posted",
    "online",
    "credit",
    "visa",
    "live",
    "other",
];

/// The likeliest of the values, of which there is at least one.
pub(crate) fn likeliest_value(known: &'static [&'static str]) -> &'static str {
    let usual = LIKELY_ENUM_VALUES.iter().find(|value| known.contains(*value));
    usual.or(known.first()).copied().unwrap_or_default()
}

/// What things are before they are something else, the earliest first.
const EARLY_STATES: &[&str] = &[
    "draft",
    "incomplete",
    "requires_payment_method",
    "requires_confirmation",
    "requires_input",
    "not_started",
    "pending",
    "processing",
    "open",
    "trialing",
    "new",
    "unsubmitted",
    "needs_response",
    "inactive",
    "active",
];

/// What the value may have been before it became this one.
pub(crate) fn earlier_state(known: &'static [&'static str], now: &str) -> Option<&'static str> {
    let earlier = EARLY_STATES.iter().find(|value| **value != now && known.contains(*value));
    earlier.or_else(|| known.iter().find(|value| **value != now)).copied()
}

/// Whether a field that may be null usually is not.
pub(crate) fn is_usually_present(name: &str) -> bool {
    matches!(
        name,
        "description"
            | "email"
            | "name"
            | "number"
            | "receipt_email"
            | "currency"
            | "amount_total"
            | "amount_subtotal"
            | "unit_amount"
            | "unit_amount_decimal"
            | "hosted_invoice_url"
            | "recurring"
            | "status"
            | "payment_status"
            | "last4"
            | "brand"
            | "country"
            | "address"
            | "customer_email"
            | "billing_reason"
            | "client_secret"
            | "metadata"
    )
}
