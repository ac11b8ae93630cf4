//! A body as it may have been before something on its way parsed it and wrote it again.

/// The body as Stripe may have written it: without white space, or indented by two spaces.
///
/// Works on the text and not on values, so that numbers, escapes and the order of keys stay as they are. Nothing here is verified yet:
/// there is no recursion, and a body that is nested too deep for an event, or that would become much larger, is not indented.
pub(super) fn reformat_json(text: &str) -> Option<[Vec<u8>; 2]> {
    const MAX_DEPTH: usize = 64;
    let compact = without_white_space(text);
    let largest = 3 * compact.len() + 1024;
    let mut indented = Vec::with_capacity(2 * compact.len());
    let mut depth = 0_usize;
    let mut inside = StringTracker::default();
    for (index, byte) in compact.iter().copied().enumerate() {
        if indented.len() > largest {
            return None;
        }
        if inside.is_in_string(byte) {
            indented.push(byte);
            continue;
        }
        let before = index.checked_sub(1).and_then(|before| compact.get(before));
        let next = compact.get(index + 1);
        match byte {
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                if !matches!(before, Some(b'{' | b'[')) {
                    break_line(&mut indented, depth);
                }
                indented.push(byte);
            }
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return None;
                }
                indented.push(byte);
                if !matches!(next, Some(b'}' | b']')) {
                    break_line(&mut indented, depth);
                }
            }
            b',' => {
                indented.push(byte);
                break_line(&mut indented, depth);
            }
            b':' => indented.extend(b": "),
            _ => indented.push(byte),
        }
    }
    Some([compact, indented])
}

fn without_white_space(text: &str) -> Vec<u8> {
    let mut inside = StringTracker::default();
    text.bytes()
        .filter(|byte| inside.is_in_string(*byte) || !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        .collect()
}

fn break_line(text: &mut Vec<u8>, depth: usize) {
    text.push(b'\n');
    text.resize(text.len() + 2 * depth, b' ');
}

/// Knows whether a byte of a JSON text is part of a string.
#[derive(Default)]
struct StringTracker {
    in_string: bool,
    escaped: bool,
}

impl StringTracker {
    fn is_in_string(&mut self, byte: u8) -> bool {
        let was_open = self.in_string;
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' if self.in_string => self.escaped = true,
            b'"' => self.in_string = !self.in_string,
            _ => {}
        }
        was_open || self.in_string
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_body_costs_no_more_than_a_few_times_its_size() {
        let deep = "[".repeat(1_000_000);
        assert!(reformat_json(&deep).is_none());
        let wide = "[".repeat(64) + &",".repeat(1_000_000);
        assert!(reformat_json(&wide).is_none());
        for odd in ["]", "}{", "\"", "\\", "\"\\", ":,"] {
            let _ = reformat_json(odd);
        }
    }
}
