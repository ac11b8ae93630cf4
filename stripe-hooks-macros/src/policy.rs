//! The keys that tell an inbox how to retry, limit and order the runs of a handler.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{LitInt, LitStr};

use crate::{
    event_selection::{EventSelection, SelectedEvent},
    mistakes::Mistakes,
    runtime_check::runtime_check_call,
};

/// The keys as the attribute gives them.
#[derive(Default)]
pub(crate) struct PolicyKeys {
    /// `retries = 5`
    pub(crate) retries: Option<LitInt>,
    /// `timeout = "30s"`
    pub(crate) timeout: Option<LitStr>,
    /// `backoff = "10s"`
    pub(crate) backoff: Option<LitStr>,
    /// `concurrency = 4`
    pub(crate) concurrency: Option<LitInt>,
    /// `order = "object"`
    pub(crate) order: Option<LitStr>,
    /// `stale = "skip"`
    pub(crate) stale: Option<LitStr>,
    /// `parked = "holds"`
    pub(crate) parked: Option<LitStr>,
    /// `inline`
    pub(crate) inline: Option<InlineKey>,
}

/// `inline`, or `inline = "2s"`
pub(crate) struct InlineKey {
    pub(crate) limit: Option<LitStr>,
}

/// The units of a duration, in milliseconds.
const DURATION_UNITS: [(&str, u64); 5] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// A year in milliseconds. Sums of such durations cannot overflow.
const MAX_MILLISECONDS: u64 = 365 * 86_400_000;

pub(crate) fn check_policy(handler: &Ident, policy: &PolicyKeys, mistakes: &mut Mistakes) {
    let limit = policy.inline.as_ref().and_then(|inline| inline.limit.as_ref());
    let durations =
        [("timeout", policy.timeout.as_ref()), ("backoff", policy.backoff.as_ref()), ("limit", limit)];
    for (key, duration) in durations {
        let Some(literal) = duration else { continue };
        if parse_milliseconds(&literal.value()).is_none() {
            let what = format_args!("`{handler}` cannot have the {key} {:?}", literal.value());
            mistakes.add_mistake(
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
        mistakes.add_mistake(literal, what, "write a number from 0 to 65535");
    }
    if let Some(literal) = &policy.concurrency
        && !literal.base10_parse::<u16>().is_ok_and(|concurrency| concurrency > 0)
    {
        let what = format_args!("`{handler}` cannot have {literal} runs at once");
        mistakes.add_mistake(literal, what, "write a number from 1 to 65535, or leave `concurrency` out");
    }
    check_order(handler, policy, mistakes);
    check_inline(handler, policy, mistakes);
}

fn check_order(handler: &Ident, policy: &PolicyKeys, mistakes: &mut Mistakes) {
    if let Some(literal) = &policy.order
        && literal.value() != "object"
    {
        let what = format_args!("`{handler}` cannot keep an order by {:?}", literal.value());
        mistakes.add_mistake(
            literal,
            what,
            "write `order = \"object\"`: the events of one object go one at a time",
        );
    }
    let followers = [
        ("stale", &policy.stale, "skip", "a newer event of the same object makes an older one stale"),
        ("parked", &policy.parked, "holds", "a parked run holds those of the same object that come after it"),
    ];
    for (key, literal, word, meaning) in followers {
        let Some(literal) = literal else { continue };
        if literal.value() != word {
            let what = format_args!("`{handler}` cannot have `{key} = {:?}`", literal.value());
            mistakes.add_mistake(
                literal,
                what,
                format_args!("write `{key} = \"{word}\"`, or leave `{key}` out"),
            );
        } else if policy.order.is_none() {
            let what = format_args!("`{handler}` has `{key}`, and keeps no order: {meaning}");
            mistakes.add_mistake(literal, what, "add `order = \"object\"`");
        }
    }
}

/// An inline run begins with the delivery of its event, so it cannot wait for other runs.
fn check_inline(handler: &Ident, policy: &PolicyKeys, mistakes: &mut Mistakes) {
    if policy.inline.is_none() {
        return;
    }
    let waiting: [(_, Option<&dyn ToTokens>); 2] = [
        ("order", policy.order.as_ref().map(|literal| literal as _)),
        ("concurrency", policy.concurrency.as_ref().map(|literal| literal as _)),
    ];
    for (key, literal) in waiting {
        let Some(literal) = literal else { continue };
        let what = format_args!(
            "`{handler}` is `inline`, and `{key}` would have it wait for its turn while Stripe waits"
        );
        mistakes.add_mistake(literal.to_token_stream(), what, format_args!("remove `{key}` or `inline`"));
    }
}

/// Asks the compiler whether the objects of ordered events have ids, which tell one object from
/// another. An error shows at the literal that names or matches the events.
pub(crate) fn order_checks(
    handler: &str,
    policy: &PolicyKeys,
    selection: &EventSelection,
    marker: impl Fn(&SelectedEvent) -> TokenStream,
) -> Option<TokenStream> {
    policy.order.as_ref()?;
    let mut literals: Vec<&LitStr> = selection.events.iter().map(|event| &event.literal).collect();
    literals.dedup_by_key(|literal| literal.value());
    let questions = literals.into_iter().map(|literal| {
        let of_literal = selection.events.iter().filter(|event| event.literal.value() == literal.value());
        let markers: Vec<_> = of_literal.map(&marker).collect();
        let events = quote! { &[#(<#markers as __hooks::EventType>::INFO),*] };
        let question = runtime_check_call("assert_order", &quote!(#handler, #literal, #events), literal);
        quote! { const _: () = #question; }
    });
    Some(quote! { #(#questions)* })
}

/// The field of the registration, or `None` if the attribute has none of these keys.
pub(crate) fn policy_field(policy: &PolicyKeys) -> Option<TokenStream> {
    let number = |literal: &LitInt| literal.base10_parse::<u16>().unwrap_or_default();
    let duration = |literal: &LitStr| {
        let milliseconds = parse_milliseconds(&literal.value()).unwrap_or_default();
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
        policy.order.as_ref().map(|_| {
            let (stale, parked) = (policy.stale.is_some(), policy.parked.is_some());
            let order = quote! { __hooks::Order { skips_stale: #stale, parked_holds: #parked } };
            (quote!(order), quote! { ::core::option::Option::Some(#order) })
        }),
        policy.inline.as_ref().map(|inline| {
            let limit = inline.limit.as_ref().map_or_else(|| quote! { __hooks::Policy::INLINE }, duration);
            (quote!(inline), quote! { ::core::option::Option::Some(#limit) })
        }),
    ]
    .into_iter()
    .flatten()
    .map(|(field, value)| quote! { #field: #value })
    .collect();
    (!given.is_empty()).then(|| quote! { policy: __hooks::Policy { #(#given,)* ..__hooks::Policy::DEFAULT } })
}

/// Parses a duration such as `30s` into milliseconds. Zero and more than a year give `None`, as any
/// other text does.
fn parse_milliseconds(text: &str) -> Option<u64> {
    let digits = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let (_, factor) = DURATION_UNITS.iter().find(|(name, _)| *name == unit)?;
    let milliseconds = number.parse::<u64>().ok()?.checked_mul(*factor)?;
    (1..=MAX_MILLISECONDS).contains(&milliseconds).then_some(milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_and_its_unit() {
        let durations = [
            ("250ms", 250),
            ("30s", 30_000),
            ("5m", 300_000),
            ("6h", 21_600_000),
            ("365d", MAX_MILLISECONDS),
        ];
        for (text, expected) in durations {
            assert_eq!(parse_milliseconds(text), Some(expected), "{text}");
        }
        for text in
            ["", "s", "30", "30 s", "0s", "-1s", "1.5s", "366d", "30S", "1w", "99999999999999999999s", "ä"]
        {
            assert_eq!(parse_milliseconds(text), None, "{text}");
        }
    }
}
