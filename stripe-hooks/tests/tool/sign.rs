use stripe_hooks::signature::{Secret, Tolerance, sign, verify};

use crate::tool::{SECRET, tool};

#[test]
fn the_header_is_that_of_the_library() {
    let body = "{\n  \"id\": \"evt_1\"\n}\r\n\0\u{feff}";
    let printed = tool(["sign", "--secret", SECRET, "--at", "1700000000"]).input(body).run().expect_success();
    let secret = Secret::new(SECRET).unwrap();
    assert_eq!(printed, sign(body.as_bytes(), &secret, 1_700_000_000) + "\n");
}

#[test]
fn with_two_secrets_there_are_two_signatures_and_either_verifies() {
    let arguments = ["sign", "--secret", SECRET, "--secret", "whsec_b", "--at", "1700000000"];
    let printed = tool(arguments).input("{}").run().expect_success();
    let header = printed.trim_end();
    assert_eq!(header.matches("v1=").count(), 2);
    for text in [SECRET, "whsec_b"] {
        let secret = Secret::new(text).unwrap();
        assert!(verify(Some(header.as_bytes()), b"{}", &[secret], Tolerance::DEFAULT, 1_700_000_000).is_ok());
    }
}

#[test]
fn a_header_signed_now_verifies_now() {
    let body = r#"{"id":"evt_1","object":"event","type":"invoice.paid"}"#;
    let header = tool(["sign"]).input(body).secret_in_environment(SECRET).run().expect_success();
    let arguments = ["verify", "--header", header.trim_end()];
    let verified = tool(arguments).input(body).secret_in_environment(SECRET).run().expect_success();
    assert!(verified.starts_with("ok: invoice.paid (evt_1), signed "), "{verified}");
}

#[test]
fn a_time_before_1970_is_refused() {
    let ended = tool(["sign", "--secret", SECRET, "--at=-1"]).run();
    assert_eq!(ended.status, 2, "{ended:?}");
}
