//! The text that a terminal shows of a case, in a form that is the same on every machine.

use crate::{diagnostic::Diagnostic, source::CaseSource};

/// The messages of a case as cargo prints them: each text once, and at the end the line that counts
/// the errors. The pointers to `rustc --explain` are left out.
pub(crate) fn render_diagnostics(
    diagnostics: &[Diagnostic],
    closing: Option<&str>,
    source: &CaseSource,
) -> String {
    let mut shown: Vec<&str> = Vec::new();
    for diagnostic in diagnostics {
        let counts = diagnostic.spans.is_empty()
            && (diagnostic.message.starts_with("aborting due to ")
                || diagnostic.message.ends_with(" emitted"));
        if let Some(rendered) = &diagnostic.rendered
            && diagnostic.level != "failure-note"
            && !counts
            && !shown.contains(&rendered.as_str())
        {
            shown.push(rendered);
        }
    }
    let messages = shown.into_iter().map(|message| normalize_message(message, source));
    let text: Vec<_> = messages.chain(closing.map(|line| format!("{line}\n"))).collect();
    text.join("\n")
}

/// A message without the paths of this machine, and without the line numbers of files other than
/// the case, so that those files can change.
fn normalize_message(message: &str, source: &CaseSource) -> String {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let root = here.strip_suffix("tests/ui/").expect("these tests lie in tests/ui");
    let message = message.replace(here, "").replace(root, "$WORKSPACE/");
    let message = hide_rust_source(&message);
    let file = source.file.strip_prefix(here).unwrap_or(&source.file).to_string_lossy().into_owned();

    let mut lines = Vec::new();
    // The widths of the column of line numbers: as rustc chose it, and as the lines of the case
    // alone need it.
    let (mut chosen, mut needed) = (None, 1);
    let mut is_elsewhere = false;
    for line in message.trim_end().lines() {
        let mut line = line.trim_end().to_owned();
        if let Some((indent, place)) = line.split_once("--> ").or_else(|| line.split_once("::: "))
            && indent.trim().is_empty()
        {
            chosen.get_or_insert(indent.len());
            is_elsewhere = !place.starts_with(&format!("{file}:"));
            if is_elsewhere {
                let path = place.rsplitn(3, ':').last().unwrap_or(place).to_owned();
                line = line.replace(place, &path);
            }
        } else if let Some((width, number)) = line_number(&line) {
            if is_elsewhere {
                line.replace_range(..width, &" ".repeat(width));
            } else {
                needed = needed.max(number.to_string().len());
            }
        } else if !line.starts_with([' ', '.']) {
            is_elsewhere = false;
        }
        lines.push((chosen.is_some(), line));
    }
    let surplus = " ".repeat(chosen.unwrap_or(0).saturating_sub(needed));
    let mut normal = String::new();
    for (is_below_the_headline, line) in &lines {
        let rest = line.strip_prefix(&surplus).filter(|_| *is_below_the_headline);
        normal.extend([rest.unwrap_or(line), "\n"]);
    }
    normal
}

/// The number before a line of code, and the width of its column. What follows tells code from a
/// note, and in a suggestion whether the line is new.
fn line_number(line: &str) -> Option<(usize, usize)> {
    let number = line.trim_start().split(' ').next()?;
    let width = line.len() - line.trim_start().len() + number.len();
    let follows = line[width..].trim_start().starts_with(['|', '+', '-', '~']);
    number.parse().ok().filter(|_| follows).map(|number| (width, number))
}

/// The message with `$RUST` for the sources of the standard library.
fn hide_rust_source(message: &str) -> String {
    let lines = message.lines().map(|line| match line.split_once("/library/") {
        Some((before, path)) if before.contains("rustlib") || before.contains("/rustc/") => {
            let arrow = before.find("--> ").or_else(|| before.find("::: ")).map_or(0, |at| at + 4);
            format!("{}$RUST/{path}", &before[..arrow])
        }
        _ => line.to_owned(),
    });
    lines.map(|line| line + "\n").collect()
}

/// The lines in which two texts differ: `-` marks those of the first, `+` those of the second.
pub(crate) fn diff_lines(expected: &str, found: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let above = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let below = old[above..].iter().rev().zip(new[above..].iter().rev()).take_while(|(old, new)| old == new);
    let below = below.count();
    let marked = |mark: char, lines: &[&str]| -> String {
        lines.iter().map(|line| format!("{mark} {line}\n")).collect()
    };
    [
        marked(' ', &old[..above]),
        marked('-', &old[above..old.len() - below]),
        marked('+', &new[above..new.len() - below]),
        marked(' ', &old[old.len() - below..]),
    ]
    .concat()
}
