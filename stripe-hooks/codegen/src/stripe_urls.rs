//! The addresses of Stripe's API reference.

const API_REFERENCE_URL: &str = "https://docs.stripe.com/api";

/// The entry of a snapshot event in the list of event types.
pub(crate) fn snapshot_event_url(name: &str) -> String {
    format!("{API_REFERENCE_URL}/events/types#event_types-{name}")
}

/// The entry of a thin event; brackets are escaped, as they mean something in an address and in Markdown.
pub(crate) fn thin_event_url(name: &str) -> String {
    let anchor = name.replace('[', "%5B").replace(']', "%5D");
    format!("{API_REFERENCE_URL}/v2/core/events/event-types#v2_event_types-{anchor}")
}

/// The page of an object, by its tag (or by the key of what is nested in it).
pub(crate) fn object_url(key: &str) -> String {
    // The reference writes most objects in the plural, under the group that the tag names first.
    let page = match key {
        "application" => return "https://docs.stripe.com/connect".to_owned(),
        "apps.install" => return "https://docs.stripe.com/stripe-apps".to_owned(),
        "address" => return format!("{API_REFERENCE_URL}/customers/object#customer_object-address"),
        "customer_source" => "sources/object",
        "external_account" => "external_accounts",
        "balance" => "balance/balance_object",
        "balance_settings" => "balance-settings/object",
        "billing.alert" | "billing.alert_triggered" => "billing/alert/object",
        "billing.credit_balance_transaction" => "billing/credit-balance-transaction/object",
        "billing.credit_grant" => "billing/credit-grant/object",
        "billing.meter" => "billing/meter/object",
        "bank_account" => "customer_bank_accounts/object",
        "capability" => "capabilities/object",
        "cash_balance" => "cash_balance/object",
        "billing_portal.configuration" => "customer_portal/configurations/object",
        "billing_portal.session" => "customer_portal/sessions/object",
        "credit_note_line_item" => "credit_notes/line_item",
        "entitlements.active_entitlement" | "entitlements.active_entitlement_summary" => {
            "entitlements/active-entitlement/object"
        }
        "billing.feedback_option" => "subscriptions/object#subscription_object-cancellation_details",
        "charge.outcome.rule" => "charges/object#charge_object-outcome-rule",
        "entitlements.feature" => "entitlements/feature/object",
        "financial_connections.account_ownership" => "financial_connections/ownership/object",
        "financial_connections.authorization" => "financial_connections/accounts/object",
        "payment_record" => "payment-record/object",
        "invoice_payment" => "invoice-payment/object",
        "item" => "checkout/sessions/line_items",
        "line_item" => "invoice-line-item/object",
        "payment_intent_amount_details_line_item" => "payment-intents/amount-details-line-items",
        "payment_link" => "payment-link/object",
        "radar.early_fraud_warning" => "radar/early_fraud_warnings/object",
        "reporting.report_run" => "reporting/report_run/object",
        "reporting.report_type" => "reporting/report_type/object",
        "review" => "radar/reviews/object",
        "scheduled_query_run" => "sigma/scheduled_queries/object",
        "source_mandate_notification" | "source_transaction" => "sources/object",
        "tax.settings" => "tax/settings/object",
        "test_helpers.test_clock" => "test_clocks/object",
        "three_d_secure.authentication" => "payment_intents/object",
        "treasury.financial_account_features" => "treasury/financial_account_features/object",
        "reserve.hold" | "reserve.plan" | "reserve.release" => "reserves",
        tag => {
            let path = tag.replace('.', "/");
            let plural = match path.strip_suffix('y') {
                Some(stem) => format!("{stem}ies"),
                None => format!("{path}s"),
            };
            return format!("{API_REFERENCE_URL}/{plural}/object");
        }
    };
    format!("{API_REFERENCE_URL}/{page}")
}

/// The entry of a field on the page of the object that it belongs to, whose tag starts the key of what holds the field.
pub(crate) fn field_url(root: &str, key: &str, name: &str) -> String {
    let page = object_url(root);
    let path = key.strip_prefix(root).unwrap_or_default().replace('.', "-");
    if page.contains('#') {
        format!("{page}{path}-{name}")
    } else if page.ends_with("/object") {
        format!("{page}#{}_object{path}-{name}", root.replace('.', "_"))
    } else {
        page
    }
}
