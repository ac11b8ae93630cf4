//! What `build()` refuses, each in one message that says what to do.

use delivery::{SECRET, deliver_event, endpoint_builder, snapshot_event};
use serde_json::json;
use std::{env, process::Command};
use stripe_hooks::{
    DefaultEndpoint, Endpoint, EndpointBuilder, EndpointName, Error, EventId, Reply, State, on_event,
};

/// An endpoint that no handler belongs to.
#[derive(stripe_hooks::EndpointName)]
struct NobodysEndpoint;

fn build_error(builder: EndpointBuilder) -> Error {
    builder.build().expect_err("a refusal")
}

fn builder_without_secret() -> EndpointBuilder {
    Endpoint::builder().name::<NobodysEndpoint>().on_unhandled(async |_| ())
}

/// How a message names a handler's place in the source.
fn handler_location(id: &str) -> String {
    let handlers = stripe_hooks::handlers();
    let handler = handlers.iter().find(|handler| handler.id == id).expect("a handler of this id");
    assert!(handler.file.ends_with("building.rs"), "{}", handler.file);
    format!("{}:{}", handler.file, handler.line)
}

#[test]
fn an_endpoint_without_a_secret() {
    let error = build_error(builder_without_secret());
    assert_eq!(
        error.to_string(),
        "the endpoint has no signing secret; give the builder one with `secret`, `secret_from_env` or `secrets_from`"
    );
    assert!(error.is_secret() && !error.is_handler() && !error.is_shutdown());
    assert_eq!(format!("{error:?}"), error.to_string(), "what a `main` that returns it prints");
}

#[test]
fn one_body_may_not_be_larger_than_all_together() {
    let limited = || builder_without_secret().secret(SECRET).body_limit(2000);
    let error = build_error(limited().bodies_in_flight(1999));
    assert_eq!(
        error.to_string(),
        "`bodies_in_flight` (1999 bytes) is below `body_limit` (2000 bytes), so that a body between the two would be answered 503 each \
         time that Stripe sends it; raise the first or lower the second"
    );
    assert!(error.is_limit() && !error.is_secret() && !error.is_handler());
    assert!(limited().bodies_in_flight(2000).build().is_ok());
}

#[test]
fn a_main_that_returns_an_io_error_prints_what_an_operator_can_read() {
    let error = build_error(builder_without_secret().secret("sk_live_CANARY").secret(""));
    let words = error.to_string();
    assert_eq!(
        words,
        "2 problems:\n  - the signing secret starts with `sk_`, so it is an API key; use the endpoint's `whsec_…`\n  - the signing secret \
         is blank; anybody could sign with it"
    );
    let error = std::io::Error::from(error);
    assert_eq!((error.kind(), error.to_string()), (std::io::ErrorKind::Other, words.clone()));
    assert_eq!(format!("{error:?}"), format!("Custom {{ kind: Other, error: {words} }}"));
    let inner = error.into_inner().unwrap();
    assert_eq!(format!("{inner:?}"), words, "as `Box<dyn Error>` too");
    assert!(inner.downcast::<Error>().unwrap().is_secret());
}

#[test]
fn a_secret_that_is_none() {
    const BLANK_SECRET_ERROR: &str = "the signing secret is blank; anybody could sign with it";
    const API_KEY_ERROR: &str = "so it is an API key; use the endpoint's `whsec_…`";
    const ENDPOINT_ID_ERROR: &str = "so it is the id of an endpoint; use the endpoint's `whsec_…`";
    const UNKNOWN_PREFIX_ERROR: &str = "the signing secret does not start with `whsec_`; copy the whole secret from the Dashboard or `stripe listen`";
    const TRUNCATED_SECRET_ERROR: &str = "the signing secret is only the beginning of a signing secret, so that anybody could sign with it; copy the \
                             whole secret from the Dashboard or `stripe listen`";
    const WHITE_SPACE_ERROR: &str = "the signing secret has white space around it; remove it";
    const QUOTED_SECRET_ERROR: &str = "the signing secret is in quotes; remove them";
    let cases = [
        ("", BLANK_SECRET_ERROR.to_owned()),
        (" ", BLANK_SECRET_ERROR.to_owned()),
        ("\u{3000}\n", BLANK_SECRET_ERROR.to_owned()),
        ("sk_live_CANARY", format!("the signing secret starts with `sk_`, {API_KEY_ERROR}")),
        ("rk_live_CANARY", format!("the signing secret starts with `rk_`, {API_KEY_ERROR}")),
        ("pk_live_CANARY", format!("the signing secret starts with `pk_`, {API_KEY_ERROR}")),
        ("we_CANARY", format!("the signing secret starts with `we_`, {ENDPOINT_ID_ERROR}")),
        ("ed_test_CANARY", format!("the signing secret starts with `ed_`, {ENDPOINT_ID_ERROR}")),
        ("CANARY", UNKNOWN_PREFIX_ERROR.to_owned()),
        ("WHSEC_CANARY", UNKNOWN_PREFIX_ERROR.to_owned()),
        (" whsec_CANARY", WHITE_SPACE_ERROR.to_owned()),
        ("whsec_CANARY\n", WHITE_SPACE_ERROR.to_owned()),
        (" sk_live_CANARY", WHITE_SPACE_ERROR.to_owned()),
        ("\"whsec_CANARY\"", QUOTED_SECRET_ERROR.to_owned()),
        ("whsec_CANARY\"", QUOTED_SECRET_ERROR.to_owned()),
        ("'whsec_CANARY", QUOTED_SECRET_ERROR.to_owned()),
        ("“whsec_CANARY”", QUOTED_SECRET_ERROR.to_owned()),
        ("\" whsec_CANARY \"", QUOTED_SECRET_ERROR.to_owned()),
        ("whsec_", TRUNCATED_SECRET_ERROR.to_owned()),
        ("whsec_...", TRUNCATED_SECRET_ERROR.to_owned()),
        ("whsec_…", TRUNCATED_SECRET_ERROR.to_owned()),
        ("whsec_CAN ARY", "the signing secret holds white space; a signing secret has none".to_owned()),
    ];
    for (secret, message) in cases {
        let error = build_error(builder_without_secret().secret(SECRET).secret(secret));
        assert_eq!(error.to_string(), message, "{secret:?}");
        assert!(error.is_secret() && !error.to_string().contains("CANARY"));
    }
}

#[test]
fn an_environment_variable_that_is_not_set() {
    assert_eq!(
        build_error(builder_without_secret().secret_from_env("STRIPE_HOOKS_NEVER_SET")).to_string(),
        "the environment variable `STRIPE_HOOKS_NEVER_SET` is not set; it holds the endpoint's signing secret (`whsec_…`), which the \
         Dashboard and `stripe listen` show"
    );
}

/// The variables of a process are set by whoever starts it, so the test starts itself.
#[test]
fn an_environment_variable_holds_one_secret_or_several() {
    const SECRETS_VARIABLE: &str = "STRIPE_HOOKS_TEST_SECRETS";
    if env::var_os(SECRETS_VARIABLE).is_some() {
        let built = builder_without_secret().secret_from_env(SECRETS_VARIABLE).build();
        println!("built: {}", built.map_or_else(|error| error.to_string(), |_| "yes".to_owned()));
        return;
    }
    let built_with = |secrets: &[u8]| {
        let mut itself = Command::new(env::current_exe().unwrap());
        itself.args([
            "--exact",
            "--nocapture",
            "building::an_environment_variable_holds_one_secret_or_several",
        ]);
        let secrets: std::ffi::OsString = std::os::unix::ffi::OsStringExt::from_vec(secrets.to_vec());
        let output =
            String::from_utf8(itself.env(SECRETS_VARIABLE, secrets).output().unwrap().stdout).unwrap();
        let built = output.lines().find_map(|line| Some(line.split_once("built: ")?.1.to_owned()));
        built.unwrap_or_else(|| panic!("no verdict in {output}"))
    };
    assert_eq!(built_with(b"whsec_a1"), "yes");
    assert_eq!(built_with(b"whsec_a1,whsec_b2 , whsec_c3"), "yes");
    let what = format!("a signing secret of `{SECRETS_VARIABLE}`");
    assert_eq!(built_with(b""), format!("{what} is blank; anybody could sign with it"));
    assert_eq!(built_with(b"whsec_a1,"), "yes");
    assert_eq!(built_with(b"'whsec_a1'"), format!("{what} is in quotes; remove them"));
    assert_eq!(built_with(b"whsec_a1,,whsec_b2"), format!("{what} is blank; anybody could sign with it"));
    assert_eq!(
        built_with(b"whsec_a1;whsec_\xff"),
        format!(
            "the environment variable `{SECRETS_VARIABLE}` is not UTF-8, which a signing secret always is"
        )
    );
}

#[test]
fn an_endpoint_without_a_handler() {
    let error = build_error(endpoint_builder::<NobodysEndpoint>());
    assert_eq!(
        error.to_string(),
        "no handler is linked to this endpoint; annotate a function with `#[on_event(\"…\", endpoint = NobodysEndpoint)]`, and if it is in a \
         library, use that crate by name in the program (`use the_crate as _;`)"
    );
    assert!(error.is_handler() && !error.is_secret());
}

#[derive(stripe_hooks::EndpointName)]
struct StatelessEndpoint;

#[derive(Clone)]
struct Database;

#[on_event("charge.succeeded", "charge.failed", "charge.refunded", endpoint = StatelessEndpoint)]
async fn needs_a_database(_: State<Database>, State(limit): State<u16>) {
    assert_eq!(limit, 7);
}

#[test]
fn state_that_was_not_provided() {
    let id = "all::building::needs_a_database";
    let message = |state: &str| {
        format!(
            "handler `{id}` of `charge.succeeded` and 2 more ({}) asks for `State<{state}>`, which was not provided; give the builder a \
             value with `.state(…)`",
            handler_location(id)
        )
    };
    let with_limit = endpoint_builder::<StatelessEndpoint>().state(7_u16);
    assert_eq!(build_error(with_limit).to_string(), message("all::building::Database"));
    // Another type is another state, however near.
    let with_others = endpoint_builder::<StatelessEndpoint>().state(Database).state(7_u32).state(Some(7_u16));
    assert_eq!(build_error(with_others).to_string(), message("u16"));
    assert!(endpoint_builder::<StatelessEndpoint>().state(Database).state(7_u16).build().is_ok());
}

#[test]
fn an_expected_handler_that_is_not_linked() {
    let complete = || endpoint_builder::<StatelessEndpoint>().state(Database).state(7_u16);
    assert!(complete().expect_handlers(["all::building::needs_a_database"]).build().is_ok());
    // A handler of another endpoint does not count.
    let error = build_error(complete().expect_handlers(["all::building::first_to_reply"]));
    assert_eq!(
        error.to_string(),
        "expected handler `all::building::first_to_reply` is not linked to this endpoint; use its crate by name in the program \
         (`use the_crate as _;`), and compare the id with `stripe_hooks::handlers()`"
    );
}

#[derive(stripe_hooks::EndpointName)]
struct ReplyingEndpoint;

#[on_event("issuing_authorization.request", "charge.succeeded", endpoint = ReplyingEndpoint)]
async fn first_to_reply() -> Reply<bool> {
    Reply::new(true)
}

#[on_event("issuing_authorization.request", endpoint = ReplyingEndpoint)]
async fn second_to_reply() -> Result<Reply<bool>, std::io::Error> {
    Ok(Reply::new(true))
}

#[on_event("charge.succeeded", endpoint = ReplyingEndpoint)]
async fn does_not_reply(_: EventId) {}

#[test]
fn two_handlers_that_reply_to_one_event() {
    let (first, second) = ("all::building::first_to_reply", "all::building::second_to_reply");
    assert_eq!(
        build_error(endpoint_builder::<ReplyingEndpoint>()).to_string(),
        format!(
            "handler `{first}` of `issuing_authorization.request` and 1 more ({}) and handler `{second}` of \
             `issuing_authorization.request` ({}) both reply to `issuing_authorization.request`, and Stripe reads one answer; let one of \
             them return something else",
            handler_location(first),
            handler_location(second)
        )
    );
}

#[derive(stripe_hooks::EndpointName)]
struct ReplyingToAllEndpoint;

#[on_event("*", endpoint = ReplyingToAllEndpoint)]
async fn replies_to_all() -> Reply<bool> {
    Reply::new(true)
}

#[on_event("an.event.of_tomorrow", unlisted, endpoint = ReplyingToAllEndpoint)]
async fn replies_to_tomorrow() -> Reply<bool> {
    Reply::new(true)
}

#[test]
fn two_handlers_that_reply_to_an_event_which_one_of_them_only_catches() {
    let error = build_error(endpoint_builder::<ReplyingToAllEndpoint>()).to_string();
    assert!(error.contains("both reply to `an.event.of_tomorrow`") && !error.contains("problems"), "{error}");
}

#[derive(stripe_hooks::EndpointName)]
struct NestedEndpoint;

fn function_with_nested_handler() {
    #[on_event("charge.pending", endpoint = NestedEndpoint)]
    async fn nested() {}
}

fn another_function_with_nested_handler() {
    #[on_event("charge.pending", endpoint = NestedEndpoint)]
    async fn nested() {}
}

#[test]
fn two_functions_of_one_path_that_handle_one_event() {
    function_with_nested_handler();
    another_function_with_nested_handler();
    let error = build_error(endpoint_builder::<NestedEndpoint>()).to_string();
    assert!(error.contains("have the same id; give one of them another `name`"), "{error}");
}

#[derive(stripe_hooks::EndpointName)]
struct NamesakesEndpoint;

#[on_event("charge.succeeded", name = "fulfil", endpoint = NamesakesEndpoint)]
async fn one() {}

#[on_event("charge.failed", name = "fulfil", endpoint = NamesakesEndpoint)]
async fn another() {}

#[test]
fn two_handlers_of_one_id() {
    let error = build_error(endpoint_builder::<NamesakesEndpoint>()).to_string();
    // Sorted by event, whatever the order in the source.
    let (failed, succeeded) =
        (error.find("`charge.failed`").unwrap(), error.find("`charge.succeeded`").unwrap());
    assert!(failed < succeeded && error.starts_with("handler `fulfil` of `charge.failed` ("), "{error}");
    assert!(error.ends_with("have the same id; give one of them another `name`"), "{error}");
}

#[derive(EndpointName)]
#[endpoint(name = "shared")]
struct SharingEndpoint;

#[derive(EndpointName)]
#[endpoint(name = "shared")]
struct SharingTooEndpoint;

#[on_event("charge.succeeded", endpoint = SharingEndpoint)]
async fn of_one_type() {}

#[on_event("charge.succeeded", endpoint = SharingTooEndpoint)]
async fn of_another_type() {}

#[test]
fn two_types_of_one_name() {
    for (error, one, other) in [
        (build_error(endpoint_builder::<SharingEndpoint>()), "SharingEndpoint", "SharingTooEndpoint"),
        (build_error(endpoint_builder::<SharingTooEndpoint>()), "SharingTooEndpoint", "SharingEndpoint"),
    ] {
        assert_eq!(
            error.to_string(),
            format!(
                "`all::building::{one}` and `all::building::{other}` both have the name `shared`, and the inbox \
                 would mix up their events; write `#[endpoint(name = \"…\")]` with another name on \
                 `all::building::{one}`"
            )
        );
        assert!(error.is_handler());
    }
}

/// No handler belongs to these endpoints, so that only building one of them makes its name known.
#[test]
fn two_types_of_one_name_without_handlers() {
    #[derive(EndpointName)]
    #[endpoint(name = "without_handlers")]
    struct Built;

    #[derive(EndpointName)]
    #[endpoint(name = "without_handlers")]
    struct BuiltLater;

    assert!(endpoint_builder::<Built>().on_unhandled(async |_| ()).build().is_ok());
    let error = build_error(endpoint_builder::<BuiltLater>().on_unhandled(async |_| ())).to_string();
    assert!(error.contains("Built` both have the name `without_handlers`"), "{error}");
    assert!(
        endpoint_builder::<Built>().on_unhandled(async |_| ()).build().is_ok(),
        "a name may be built again"
    );
}

/// The derive refuses this name; by hand, nothing else would.
struct CalledDefault;

impl EndpointName for CalledDefault {
    const NAME: &'static str = "default";
}

#[test]
fn a_type_that_has_the_name_of_the_endpoint_without_a_name() {
    let error = build_error(endpoint_builder::<CalledDefault>().on_unhandled(async |_| ()));
    assert_eq!(
        error.to_string(),
        "`all::building::CalledDefault` and the endpoint without a name both have the name `default`, and the \
         inbox would mix up their events; write `#[endpoint(name = \"…\")]` with another name on \
         `all::building::CalledDefault`"
    );
    let default = endpoint_builder::<DefaultEndpoint>().on_unhandled(async |_| ());
    assert_eq!(format!("{default:?}"), "EndpointBuilder { name: default, .. }");
    assert!(format!("{:?}", default.build().unwrap()).starts_with("Endpoint { name: default, "));
}

#[test]
fn several_things_at_once_are_told_at_once() {
    let error = build_error(
        Endpoint::builder().name::<StatelessEndpoint>().secret("").state(Database).expect_handlers(["x"]),
    );
    let lines: Vec<_> =
        error.to_string().lines().map(|line| line.chars().take(24).collect::<String>()).collect();
    assert_eq!(
        lines,
        ["3 problems:", "  - the signing secret i", "  - handler `all::buildi", "  - expected handler `x`"]
    );
    assert!(error.is_secret() && error.is_handler());
}

#[test]
fn neither_the_builder_nor_the_endpoint_shows_a_secret_or_a_state() {
    let builder = endpoint_builder::<NobodysEndpoint>().state("CANARY").on_unhandled(async |_| ());
    assert!(!format!("{builder:?}").contains("whsec") && !format!("{builder:?}").contains("CANARY"));
    let endpoint = builder.build().unwrap();
    assert!(!format!("{endpoint:?}").contains("whsec") && !format!("{endpoint:?}").contains("CANARY"));
}

#[tokio::test]
async fn what_the_builder_takes_is_what_the_endpoint_does() {
    let endpoint = endpoint_builder::<StatelessEndpoint>().state(Database).state(7_u16).build().unwrap();
    let [handler] = &endpoint.handlers()[..] else { panic!("one handler") };
    assert_eq!(handler.id, "all::building::needs_a_database");
    assert_eq!(handler.events, ["charge.failed", "charge.refunded", "charge.succeeded"]);
    assert_eq!(handler.endpoint.as_str(), "all::building::StatelessEndpoint");
    assert!(!handler.catch_all);
    assert_eq!(deliver_event(&endpoint, snapshot_event("charge.failed", &json!({}))).await.status(), 200);
    assert_eq!(endpoint.counts().handled, 1);
}
