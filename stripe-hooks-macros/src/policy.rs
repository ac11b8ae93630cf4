//! `retries`, `timeout`, `backoff` and `concurrency`: how an inbox shall try the runs of a handler.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{LitInt, LitStr};

use crate::mistakes::Mistakes;

/// What the attribute says of it.
#[derive(Default)]
pub(crate) struct Policy {
    /// `retries = 5`
    pub(crate) retries: Option<LitInt>,
    /// `timeout = "30s"`
    pub(crate) timeout: Option<LitStr>,
    /// `backoff = "10s"`
    pub(crate) backoff: Option<LitStr>,
    /// `concurrency = 4`
    pub(crate) concurrency: Option<LitInt>,
}

/// The units of a duration, in milliseconds.
const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// A year, so that sums of durations stay far from any limit.
const LONGEST: u64 = 365 * 86_400_000;

pub(crate) fn check(handler: &Ident, policy: &Policy, mistakes: &mut Mistakes) {
    for (key, duration) in [("timeout", &policy.timeout), ("backoff", &policy.backoff)] {
        let Some(literal) = duration else { continue };
        if milliseconds(&literal.value()).is_none() {
            let what = format_args!("`{handler}` cannot have the {key} {:?}", literal.value());
            mistakes.add(
                literal,
                what,
                "write a whole number and its unit, `ms`, `s`, `m`, `h` or `d`, such as `\"30s\"`: more than nothing, at most a year",
            );
        }
    }
    if let Some(literal) = &policy.retries
        && literal.base10_parse::<u16>().is_err()
    {
        let what = format_args!("`{handler}` cannot be tried again {literal} times");
        mistakes.add(literal, what, "write a number from 0 to 65535");
    }
    if let Some(literal) = &policy.concurrency
        && !literal.base10_parse::<u16>().is_ok_and(|concurrency| concurrency > 0)
    {
        let what = format_args!("`{handler}` cannot have {literal} runs at once");
        mistakes.add(literal, what, "write a number from 1 to 65535, or leave `concurrency` out");
    }
}

/// The field of the registration; `None` when the attribute says nothing.
pub(crate) fn field(policy: &Policy) -> Option<TokenStream> {
    let number = |literal: &LitInt| literal.base10_parse::<u16>().unwrap_or_default();
    let duration = |literal: &LitStr| {
        let milliseconds = milliseconds(&literal.value()).unwrap_or_default();
        quote! { ::core::time::Duration::from_millis(#milliseconds) }
    };
    let given: Vec<_> = [
        policy
            .retries
            .as_ref()
            .map(|literal| (quote!(retries), u32::from(number(literal)).to_token_stream())),
        policy.timeout.as_ref().map(|literal| (quote!(timeout), duration(literal))),
        policy.backoff.as_ref().map(|literal| (quote!(backoff), duration(literal))),
        policy.concurrency.as_ref().map(|literal| {
            let number = u32::from(number(literal));
            (quote!(concurrency), quote! { ::core::option::Option::Some(#number) })
        }),
    ]
    .into_iter()
    .flatten()
    .map(|(field, value)| quote! { #field: #value })
    .collect();
    (!given.is_empty()).then(|| quote! { policy: __hooks::Policy { #(#given,)* ..__hooks::Policy::DEFAULT } })
}

/// Milliseconds of a text such as `30s`; `None` when it is no such text, nothing at all, or over a year.
fn milliseconds(text: &str) -> Option<u64> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let milliseconds = number.parse::<u64>().ok()?.checked_mul(*factor)?;
    (1..=LONGEST).contains(&milliseconds).then_some(milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_and_its_unit() {
        let durations =
            [("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("6h", 21_600_000), ("365d", LONGEST)];
        for (text, expected) in durations {
            assert_eq!(milliseconds(text), Some(expected), "{text}");
        }
        for text in
            ["", "s", "30", "30 s", "0s", "-1s", "1.5s", "366d", "30S", "1w", "99999999999999999999s", "ä"]
        {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }
}
