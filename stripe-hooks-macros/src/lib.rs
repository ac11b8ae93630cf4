//! The macros of `stripe-hooks`, which re-exports and documents them. Use that crate; this one is an implementation detail.
//!
//! The macro decides what is syntax: whether the names exist, whether the item can be a handler. What is a question of types it
//! puts to the compiler, in tokens that carry the user's own spans and words of ours for the answer.

mod catalogue;
mod check;
mod expand;
mod lens;
mod mistakes;
mod parse;
mod path;
mod policy;
mod question;
mod select;
#[cfg(test)]
mod snapshots;
mod suggest;
#[cfg(test)]
mod suggestions;
mod transition;
mod wording;

// The documentation stands where the macros are re-exported, because its examples need the runtime. What stands here is its last line, and all
// that an editor shows.

/// The newest documentation of this attribute is at <https://docs.rs/stripe-hooks/latest/stripe_hooks/attr.on_event.html>.
#[proc_macro_attribute]
pub fn on_event(
    attribute: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand::on_event(attribute.into(), item.into()).into()
}

/// The newest documentation of this derive is at <https://docs.rs/stripe-hooks/latest/stripe_hooks/derive.Lens.html>.
#[proc_macro_derive(Lens, attributes(lens))]
pub fn lens(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    lens::derive(input.into()).into()
}
