use crate::tool::tool;

#[test]
fn every_shell_completes_commands_and_some_complete_event_names() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = tool(["completions", shell]).run().ok();
        assert!(script.contains("trigger") && script.contains("verify"), "{shell}");
        let has_names = script.contains("payment_intent.succeeded");
        assert_eq!(has_names, matches!(shell, "bash" | "zsh"), "{shell}");
    }
}

#[test]
fn every_command_explains_itself_with_examples() {
    let help = tool(["--help"]).run().ok();
    for command in ["events", "sample", "trigger", "sign", "verify", "completions"] {
        assert!(help.contains(&format!("  {command}")), "{help}");
        let own = tool([command, "--help"]).run().ok();
        assert!(own.contains("Examples:\n  stripe-hooks "), "{own}");
        assert!(!own.contains("account.application.authorized"), "the names would drown the rest: {own}");
    }
}
