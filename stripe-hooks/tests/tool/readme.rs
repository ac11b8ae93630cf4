//! The session of the README, command by command: each is run as it stands there, and prints what stands there.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

const README: &str = include_str!("../../README.md");
/// Where the README's receiver listens; in the test, it is wherever there is room.
const ADDRESS: &str = "127.0.0.1:4242";
/// `cargo run` builds before it starts.
const BUILD_TIMEOUT: Duration = Duration::from_secs(900);

/// What stands after one prompt.
#[derive(Debug)]
struct ShellPrompt {
    command: String,
    output: Vec<String>,
}

/// All prompts of all sessions, in order.
fn read_prompts() -> Vec<ShellPrompt> {
    let mut prompts: Vec<ShellPrompt> = Vec::new();
    for block in README.split("```console\n").skip(1) {
        for line in block.split("\n```").next().unwrap().lines() {
            match line.strip_prefix("$ ") {
                Some(command) => {
                    prompts.push(ShellPrompt { command: command.to_owned(), output: Vec::new() });
                }
                None => prompts.last_mut().unwrap().output.push(line.to_owned()),
            }
        }
    }
    prompts
}

/// A newcomer's desk: a folder of its own, what was exported, and the receiver.
struct ShellSession {
    folder: PathBuf,
    exported: BTreeMap<String, String>,
    receiver: Option<(Child, String)>,
}

impl ShellSession {
    fn new() -> Self {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("readme");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self { folder, exported: BTreeMap::new(), receiver: None }
    }

    fn shell_command(&self, command: &str) -> Command {
        let command = match &self.receiver {
            Some((_, address)) => command.replace(ADDRESS, address),
            None => command.to_owned(),
        };
        let folder = Path::new(env!("CARGO_BIN_EXE_stripe-hooks")).parent().unwrap().to_owned();
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths([folder].into_iter().chain(env::split_paths(&path))).unwrap();
        // Programs are run from the workspace, everything else on the desk.
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let place = if command.contains("cargo run ") { workspace } else { &self.folder };
        let mut shell = Command::new("sh");
        shell.args(["-c", &command]).current_dir(place).env("PATH", path).env("PORT", "0");
        shell.env_remove("STRIPE_WEBHOOK_SECRET").envs(&self.exported);
        shell
    }

    /// Starts the receiver, which goes on while others are run, and reads where it listens.
    fn start_receiver(&mut self, prompt: &ShellPrompt) {
        // The shell becomes cargo, and cargo the program, so that there is one process to stop.
        let mut command = self.shell_command(&format!("exec {}", prompt.command));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (send, lines) = mpsc::channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        // All of it is read, because a program whose output nobody takes fails.
        thread::spawn(move || output.lines().map_while(Result::ok).for_each(|line| drop(send.send(line))));
        let line = lines.recv_timeout(BUILD_TIMEOUT).expect("the receiver says where it listens");
        let address = line.trim_start_matches("Listening on http://").trim_end_matches("/webhook").to_owned();
        assert_eq!(prompt.output, [line.replace(&address, ADDRESS)]);
        self.receiver = Some((child, address));
    }

    fn run_prompt(&self, prompt: &ShellPrompt) {
        let output = self.shell_command(&prompt.command).stdin(Stdio::null()).output().unwrap();
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8(printed).unwrap();
        let lines: Vec<_> = printed.lines().map(str::trim_end).collect();
        let as_shown = lines.len() == prompt.output.len()
            && lines.iter().zip(&prompt.output).all(|(line, shown)| line_matches(line, shown));
        assert!(
            as_shown,
            "$ {}\n{printed}\nbut the README shows\n{}",
            prompt.command,
            prompt.output.join("\n")
        );
    }
}

impl Drop for ShellSession {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.receiver {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Whether a line is that of the README, where `…` stands for any text; the README itself may have a longer line, as of a table.
fn line_matches(line: &str, shown: &str) -> bool {
    let mut parts = shown.trim_end().split('…');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<_> = parts.collect();
    let Some((last, middle)) = rest.split_last() else { return line == first };
    let Some(mut left) = line.strip_prefix(first) else { return false };
    for part in middle {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(last)
}

#[test]
fn every_command_of_the_readme_prints_what_stands_there() {
    let prompts = read_prompts();
    let mut desk = ShellSession::new();
    for prompt in &prompts {
        if let Some((name, value)) =
            prompt.command.strip_prefix("export ").and_then(|set| set.split_once('='))
        {
            desk.exported.insert(name.to_owned(), value.to_owned());
        } else if prompt.command == "cargo run --quiet --example quickstart" {
            desk.start_receiver(prompt);
        } else {
            desk.run_prompt(prompt);
        }
    }
    assert!(prompts.len() >= 12, "{prompts:#?}");
}
