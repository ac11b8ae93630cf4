//! A generated file, and its layout by rustfmt.

use std::{
    error::Error,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

/// One generated file.
pub(crate) struct GeneratedFile {
    /// Its path, from the root of the workspace.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl GeneratedFile {
    /// Formats the text with rustfmt, so that `cargo fmt --check` accepts it.
    pub(crate) fn format_text(&self, settings: &Path) -> Result<String, Box<dyn Error>> {
        let mut rustfmt = Command::new("rustfmt")
            .args(["--edition", "2024", "--emit", "stdout", "--config-path"])
            .arg(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut input = rustfmt.stdin.take().ok_or("rustfmt has no standard input")?;
        let text = self.text.clone();
        let feeding = std::thread::spawn(move || input.write_all(text.as_bytes()));
        let output = rustfmt.wait_with_output()?;
        feeding.join().map_err(|_| "feeding rustfmt failed")??;
        if !output.status.success() {
            return Err(format!("rustfmt does not understand what was generated for {}", self.path).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}
