//! Tests did-you-mean with mistakes that people make in the names of events.

use crate::{
    catalogue::EVENTS,
    suggest::{MISTAKES, nearest},
};

fn suggestions(written: &str) -> Vec<&'static str> {
    nearest(written, EVENTS.iter().filter(|event| !event.preview).map(|event| event.name))
}

#[test]
fn real_mistakes_find_what_was_meant() {
    let missed: Vec<_> = MISTAKES
        .iter()
        .map(|(written, meant)| (*written, *meant, suggestions(written)))
        .filter(|(_, meant, found)| !found.contains(meant))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_was_meant_comes_first_nearly_always() {
    let later: Vec<_> = MISTAKES
        .iter()
        .map(|(written, meant)| (*written, *meant, suggestions(written)))
        .filter(|(_, meant, found)| found.first() != Some(meant))
        .collect();
    assert!(later.len() * 10 <= MISTAKES.len(), "{} of {}: {later:#?}", later.len(), MISTAKES.len());
}

#[test]
fn nothing_is_shown_when_nothing_is_near() {
    for written in ["", "foo", "foo.bar", "order_shipped", "a.b.c.d", "push", "widget.created"] {
        assert_eq!(suggestions(written), [""; 0], "{written}");
    }
}

#[test]
fn at_most_three_are_shown() {
    for (written, _) in MISTAKES {
        assert!(suggestions(written).len() <= 3, "{written}");
    }
}
