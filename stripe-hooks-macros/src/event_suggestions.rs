//! Tests did-you-mean with mistakes that people make in the names of events.

use crate::{
    catalogue::EVENTS,
    nearest_names::{MISSPELT_NAMES, nearest_names},
};

fn suggest_events(written: &str) -> Vec<&'static str> {
    nearest_names(written, EVENTS.iter().filter(|event| !event.preview).map(|event| event.name))
}

#[test]
fn real_mistakes_find_what_was_meant() {
    let missed: Vec<_> = MISSPELT_NAMES
        .iter()
        .map(|(written, meant)| (*written, *meant, suggest_events(written)))
        .filter(|(_, meant, found)| !found.contains(meant))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_was_meant_comes_first_nearly_always() {
    let later: Vec<_> = MISSPELT_NAMES
        .iter()
        .map(|(written, meant)| (*written, *meant, suggest_events(written)))
        .filter(|(_, meant, found)| found.first() != Some(meant))
        .collect();
    assert!(
        later.len() * 10 <= MISSPELT_NAMES.len(),
        "{} of {}: {later:#?}",
        later.len(),
        MISSPELT_NAMES.len()
    );
}

#[test]
fn nothing_is_shown_when_nothing_is_near() {
    for written in ["", "foo", "foo.bar", "order_shipped", "a.b.c.d", "push", "widget.created"] {
        assert_eq!(suggest_events(written), [""; 0], "{written}");
    }
}

#[test]
fn at_most_three_are_shown() {
    for (written, _) in MISSPELT_NAMES {
        assert!(suggest_events(written).len() <= 3, "{written}");
    }
}
