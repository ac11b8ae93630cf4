//! Tables for people: aligned columns, the last as long as it likes.

use std::io::{self, Write};

pub(crate) fn write_table<const COLUMNS: usize>(
    rows: &[[String; COLUMNS]],
    out: &mut impl Write,
) -> io::Result<()> {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let widths: Vec<_> = (0..COLUMNS.saturating_sub(1)).map(width).chain([0]).collect();
    for row in rows {
        let cells: Vec<_> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

/// A text from elsewhere in one line, without what a terminal would obey.
#[cfg(feature = "inbox")]
pub(crate) fn to_safe_line(text: &str) -> String {
    let shown = |character: char| match character {
        '\n' | '\t' => ' ',
        character if character.is_control() => char::REPLACEMENT_CHARACTER,
        character => character,
    };
    text.chars().map(shown).collect()
}
