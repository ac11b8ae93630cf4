use crate::tool::{SECRET, temporary_file, tool};

const SIGN_ARGUMENTS: [&str; 3] = ["sign", "--at", "1700000000"];

#[test]
fn a_secret_comes_from_the_command_line_a_file_or_the_environment() {
    let given =
        tool(SIGN_ARGUMENTS.into_iter().chain(["--secret", SECRET])).input("{}").run().expect_success();
    let path = temporary_file(format!("{SECRET}\n"));
    let from_file = tool(SIGN_ARGUMENTS.into_iter().chain(["--secret-file", path.to_str().unwrap()]))
        .input("{}")
        .run()
        .expect_success();
    let from_environment =
        tool(SIGN_ARGUMENTS).input("{}").secret_in_environment(SECRET).run().expect_success();
    assert!(given.starts_with("t=1700000000,v1="), "{given}");
    assert_eq!((&from_file, &from_environment), (&given, &given));
}

#[test]
fn white_space_around_a_secret_is_none_of_it() {
    let both = tool(SIGN_ARGUMENTS.into_iter().chain(["--secret", "whsec_a", "--secret", "whsec_b"]))
        .input("{}")
        .run()
        .expect_success();
    let path = temporary_file("whsec_a \n\twhsec_b\r\n");
    let padded = [
        tool(SIGN_ARGUMENTS).secret_in_environment("whsec_a, whsec_b\n"),
        tool(SIGN_ARGUMENTS.into_iter().chain(["--secret-file", path.to_str().unwrap()])),
    ];
    for padded in padded {
        assert_eq!(padded.input("{}").run().expect_success(), both);
    }
    let header = ["verify", "--any-age", "--header", both.trim_end()];
    let ended = tool(header).secret_in_environment(" whsec_a ").input("{}").run();
    assert!(!ended.out.contains("white space"), "what an endpoint trims is nothing to tell of: {ended:?}");
    let kept = temporary_file("whsec_a \n");
    let ended = tool(header.into_iter().chain(["--secret-file", kept.to_str().unwrap()])).input("{}").run();
    assert!(ended.status == 1 && ended.out.contains("white space"), "{ended:?}");
}

#[test]
fn what_is_given_counts_and_not_the_environment() {
    let given =
        tool(SIGN_ARGUMENTS.into_iter().chain(["--secret", SECRET])).input("{}").run().expect_success();
    let both = tool(SIGN_ARGUMENTS.into_iter().chain(["--secret", SECRET]))
        .input("{}")
        .secret_in_environment("whsec_b")
        .run()
        .expect_success();
    assert_eq!(given, both);
}

#[test]
fn without_a_secret_the_message_says_what_to_do() {
    let ended = tool(SIGN_ARGUMENTS).input("{}").run();
    assert_eq!((ended.status, &*ended.out), (2, ""));
    assert!(ended.errors.contains("set STRIPE_WEBHOOK_SECRET, or give `--secret-file PATH`"), "{ended:?}");
}

#[test]
fn a_blank_secret_is_refused_wherever_it_comes_from() {
    let empty = temporary_file("\n \n");
    for ended in [
        tool(SIGN_ARGUMENTS.into_iter().chain(["--secret", " "])).run(),
        tool(SIGN_ARGUMENTS.into_iter().chain(["--secret-file", empty.to_str().unwrap()])).run(),
        tool(SIGN_ARGUMENTS).secret_in_environment("").run(),
        tool(SIGN_ARGUMENTS).secret_in_environment("whsec_a,,whsec_b").run(),
    ] {
        assert_eq!(ended.status, 2, "{ended:?}");
        assert!(ended.errors.contains("blank") || ended.errors.contains("holds no secret"), "{ended:?}");
    }
}

#[test]
fn no_message_shows_a_secret() {
    let path = temporary_file("whsec_first\n\t\nwhsec_second\n");
    let header = "t=1700000000,v1=0000000000000000000000000000000000000000000000000000000000000000";
    let arguments =
        ["verify", "--secret-file", path.to_str().unwrap(), "--secret", "sk_live_abc", "--header", header];
    let ended = tool(arguments).input("{}").run();
    assert_eq!(ended.status, 1, "{ended:?}");
    for secret in ["first", "second", "abc", &header[17..]] {
        assert!(!ended.out.contains(secret) && !ended.errors.contains(secret), "{ended:?}");
    }
}
