//! Names that the expansion has too.
#![allow(unused, non_upper_case_globals)]

use stripe_hooks::{Lens, Raw};

static json: u8 = 0;
const seen: u8 = 0;
const read: u8 = 0;
static field: u8 = 0;
struct Step;

#[derive(Lens)]
#[lens("invoice")]
struct Of<T, const SHAPES: usize, const FIELD0: usize> {
    amount_paid: T,
    custom_fields: Option<Raw>,
}

fn main() {}
