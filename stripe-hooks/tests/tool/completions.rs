use std::process::Command;

use crate::tool::{temporary_file, tool};

#[test]
fn every_shell_completes_commands_and_some_complete_event_names() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = tool(["completions", shell]).run().expect_success();
        assert!(script.contains("trigger") && script.contains("verify"), "{shell}");
        let has_names = script.contains("payment_intent.succeeded");
        assert_eq!(has_names, matches!(shell, "bash" | "zsh"), "{shell}");
    }
}

#[test]
fn every_command_explains_itself_with_examples() {
    let help = tool(["--help"]).run().expect_success();
    for command in ["events", "sample", "trigger", "sign", "verify", "inbox", "completions"] {
        assert!(help.contains(&format!("  {command}")), "{help}");
        let own = tool([command, "--help"]).run().expect_success();
        assert!(own.contains("Examples:\n  stripe-hooks "), "{own}");
        assert!(!own.contains("account.application.authorized"), "the names would drown the rest: {own}");
    }
}

#[test]
fn bash_completes_what_is_begun() {
    let script = temporary_file(tool(["completions", "bash"]).run().expect_success());
    for (words, completed) in [
        ("stripe-hooks sample payment_intent.succ", "payment_intent.succeeded"),
        ("stripe-hooks trigger checkout.session.exp", "checkout.session.expired"),
        ("stripe-hooks trigger --shuf", "--shuffle"),
        ("stripe-hooks ver", "verify"),
        ("stripe-hooks inbox rep", "replay"),
        ("stripe-hooks inbox list --reason att", "attempts_exhausted"),
    ] {
        let (before, begun) = words.rsplit_once(' ').unwrap();
        let (place, last) = (before.split(' ').count(), before.rsplit(' ').next().unwrap());
        let commands = format!(
            "source {}; COMP_WORDS=({words}); COMP_CWORD={place}; _stripehooks stripe-hooks {begun} {last}; echo \"${{COMPREPLY[@]}}\"",
            script.display()
        );
        // Where there is no bash, nobody completes with it.
        let Ok(output) = Command::new("bash").args(["-c", &commands]).output() else { return };
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), completed, "{words}: {output:?}");
    }
}
