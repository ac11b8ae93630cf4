//! Compares expansions, formatted like hand-written code, with one file each in `snapshots/`.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p stripe-hooks-macros` overwrites the files.

use std::{env, fs, path::PathBuf};

use proc_macro2::TokenStream;

use crate::{endpoint, expand_handler::expand_on_event, lens};

/// Expands a function whose first attribute is ours, or a type whose first line is our derive.
fn expand_source(source: &str) -> String {
    if let Some(item) = source.strip_prefix("#[derive(Lens)]") {
        return format_expansion(&lens::derive_lens(item.parse().unwrap()));
    }
    if let Some(item) = source.strip_prefix("#[derive(EndpointName)]") {
        return format_expansion(&endpoint::derive_endpoint_name(item.parse().unwrap()));
    }
    let function: syn::ItemFn = syn::parse_str(source).unwrap();
    let attribute = match &function.attrs[0].meta {
        syn::Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let item = source.split_once("]\n").unwrap().1.parse().unwrap();
    format_expansion(&expand_on_event(attribute, item))
}

/// Formats the expansion. The formatter leaves the arguments of a macro call as they are, so the
/// registration is a function call while it is formatted.
fn format_expansion(expansion: &TokenStream) -> String {
    let called = expansion.to_string().replace("inventory :: submit !", "inventory :: submit");
    prettyplease::unparse(&syn::parse_str(&called).unwrap())
        .replace("inventory::submit(", "inventory::submit!(")
}

/// Compares an expansion with its file, which starts with the source in comments.
fn compare_snapshot(name: &str, source: &str) -> String {
    let source = source.trim_start();
    let expansion = expand_source(source);
    let quoted: String = source.lines().map(|line| format!("// {line}\n")).collect();
    let found = format!("{quoted}\n{expansion}");
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("snapshots/{name}.rs"));
    if env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&file, &found).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(found == expected, "{name} differs:\n{found}");
    expansion
}

macro_rules! snapshot_tests {
    ($($name:ident: $source:literal;)*) => {$(
        #[test]
        fn $name() {
            compare_snapshot(stringify!($name), $source);
        }
    )*};
}

snapshot_tests! {
    no_arguments: r#"
#[on_event("payment_intent.succeeded")]
async fn fulfil() {}
"#;
    plain_function: r#"
#[on_event("payment_intent.succeeded")]
fn fulfil(intent: PaymentIntent) -> Result<(), Error> {
    Ok(())
}
"#;
    several_events: r#"
#[on_event("invoice.paid", "invoice.payment_failed")]
async fn book(invoice: Invoice, id: EventId) {}
"#;
    pattern: r#"
#[on_event("customer.subscription.*", except("customer.subscription.trial_will_end"))]
async fn sync(subscription: Subscription) {}
"#;
    thin_event: r#"
#[on_event("v2.core.account[configuration.customer].updated")]
async fn sync(event: ThinEvent) {}
"#;
    preview: r#"
#[on_event("customer.subscription.collection_paused")]
async fn pause(event: Event<Raw>) {}
"#;
    unlisted: r#"
#[on_event("invoice.reconsidered", "v2.core.invoice.reconsidered", unlisted)]
async fn book(id: EventId) {}
"#;
    unlisted_that_is_listed: r#"
#[on_event("invoice.paid", unlisted)]
async fn book() {}
"#;
    name_endpoint_and_crate: r#"
#[on_event("account.updated", name = "accounts/sync", endpoint = Connect, crate = crate::stripe)]
#[cfg(feature = "connect")]
async fn sync(account: Account) {}
"#;
    borrowed_argument: r#"
#[on_event("invoice.paid")]
async fn book(invoice: Invoice, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {}
"#;
    borrowed_argument_of_plain_function: r#"
#[on_event("invoice.paid")]
fn book(ledger: &mut Ledger) {}
"#;
    argument_with_a_lifetime: r#"
#[on_event("invoice.paid")]
async fn book(note: Note<'_>) -> Result<(), Trouble<'static>> {}
"#;
    two_wordings: r#"
#[on_event("invoice.paid")]
async fn book(invoice: Option<Invoice>, id: EventId) {}
"#;
    transitions: r#"
#[on_event("customer.subscription.updated", when(status: "trialing" => "active"), changed(items.data[].price.id))]
async fn welcome(subscription: Subscription) {}
"#;
    ordered: r#"
#[on_event("product.*", "invoice.paid", order = "object", stale = "skip", parked = "holds", retries = 3)]
async fn sync(id: EventId) {}
"#;
    inline: r#"
#[on_event("checkout.session.completed", inline)]
async fn fulfil(session: CheckoutSession) {}
"#;
    inline_with_limit: r#"
#[on_event("issuing_authorization.request", inline = "1500ms")]
async fn decide() -> Reply<Decision> {}
"#;
    lens_with_a_path: r#"
#[derive(Lens)]
#[lens("invoice")]
struct Paid {
    customer: Option<Id<Customer>>,
    #[lens(path = "lines.data[].amount")]
    amounts: Vec<i64>,
}
"#;
    lens_that_borrows_and_is_generic: r#"
#[derive(Lens)]
#[lens("charge", "refund")]
struct Money<'a, T: Debug = i64> where T: Clone {
    currency: &'a str,
    amount: T,
}
"#;
    lens_of_a_part: r#"
#[derive(Lens)]
#[lens("invoice.lines.data[]", crate = crate::stripe)]
struct Line {
    amount: i64,
}
"#;
    lens_with_a_mistake: r#"
#[derive(Lens)]
#[lens("invoice", "invoice")]
struct Paid<T> {
    amount: T,
}
"#;
    endpoint_name: r#"
#[derive(EndpointName)]
struct Own;
"#;
    endpoint_name_of_connect: r#"
#[derive(EndpointName)]
#[endpoint(connect, name = "connect", crate = crate::stripe)]
enum Connect {}
"#;
    endpoint_name_with_a_mistake: r#"
#[derive(EndpointName)]
#[endpoint(conect)]
struct Connect<'a, T: Debug>(&'a T) where T: Clone;
"#;
    mistakes: r#"
#[on_event("invoice.payed", "charge.suceeded")]
async fn book(&self, id: &str) {
    this.stays(as_it_is)
}
"#;
}

#[test]
fn two_arguments_stay_short() {
    let expansion = compare_snapshot(
        "two_arguments",
        r#"
#[on_event("payment_intent.succeeded")]
async fn fulfil(intent: PaymentIntent, State(db): State<Db>) -> Result<(), FulfilError> {}
"#,
    );
    let lines = expansion.lines().count();
    assert!(lines < 40, "{lines} lines:\n{expansion}");
}

#[test]
fn a_pattern_of_everything_lists_what_it_takes() {
    let expansion = expand_source("#[on_event(\"*\", except(\"payout.*\"))]\nasync fn audit(id: EventId) {}");
    assert!(expansion.contains("catch_all: ::core::option::Option::Some(&[\"payout.*\"])"), "{expansion}");
    assert!(expansion.contains("events::PaymentIntentSucceeded as"));
    assert!(!expansion.contains("events::PayoutPaid as"));
    assert_eq!(
        expansion.matches("__hooks::AnySnapshot").count(),
        1,
        "arguments are checked once, against any snapshot event"
    );
}

/// An editor calls the macro with incomplete code while somebody types. The item comes back
/// unchanged and first, and nothing panics.
#[test]
fn the_item_comes_back_first_whatever_it_is() {
    let items = [
        "",
        "fn",
        "fn x",
        "fn x(",
        "struct X;",
        "fn x() {}",
        "async fn x(a: , b) { a. }",
        "pub(crate) impl X {}",
        "fn x(a: &mut A);",
    ];
    let attributes = [
        "",
        ",",
        "\"",
        "\"invoice.paid\"",
        "\"*\",",
        "name",
        "name =",
        "except(",
        "except()",
        "crate = ",
        "= 1",
        "when",
        "when(",
        "when()",
        "when(status",
        "when(status =>)",
        "when(status: \"a\" =>",
        "when(items[].)",
        "changed(,)",
        "a.b",
        "::",
        "#",
    ];
    for item in items {
        let Ok(item) = item.parse::<TokenStream>() else { continue };
        for attribute in attributes {
            let Ok(attribute) = attribute.parse::<TokenStream>() else { continue };
            let expansion = expand_on_event(attribute, item.clone()).to_string();
            assert!(expansion.starts_with(&item.to_string()), "{item}: {expansion}");
        }
    }
}

/// The derive never panics, whatever item is under it.
#[test]
fn a_lens_may_be_anything() {
    let structs = [
        "",
        "struct X;",
        "enum X {}",
        "union X { a: u8 }",
        "#[lens] struct X { a: i64 }",
        "#[lens()] struct X { a: i64 }",
        "#[lens(\"invoice\",,)] struct X { a: i64 }",
        "#[lens(\"\")] struct X { a: i64 }",
        "#[lens(\"a..b[\")] struct X { #[lens] a: i64, #[lens(path)] b: i64, #[lens(path =)] c: i64 }",
        "#[lens(crate = )] struct X<'a, 'b, const N: usize>(&'a str);",
        "#[lens(\"invoice\")] struct X { #[lens(path = \"[]\")] a: i64, #[lens(path = \"a[]b\")] b: i64, r#type: i64 }",
    ];
    for source in structs {
        let _ = lens::derive_lens(source.parse().unwrap());
    }
}

/// The derive never panics, whatever item is under it.
#[test]
fn an_endpoint_name_may_be_anything() {
    let items = [
        "",
        "struct X",
        "fn x() {}",
        "#[endpoint] struct X;",
        "#[endpoint(] struct X;",
        "#[endpoint(,)] struct X;",
        "#[endpoint(=)] struct X;",
        "#[endpoint(1, \"\", ::)] struct X;",
        "#[endpoint(connect(true), name, name = , name = \"\", crate)] struct X;",
        "#[endpoint(connect connect; connect)] enum X { A(u8) }",
        "#[endpoint(crate = )] struct X<'a, const N: usize>(&'a str);",
        "union r#type { a: u8 }",
    ];
    for source in items {
        let Ok(item) = source.parse() else { continue };
        let _ = endpoint::derive_endpoint_name(item);
    }
}
