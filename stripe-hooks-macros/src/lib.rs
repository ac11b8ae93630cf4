//! The macros of `stripe-hooks`, which re-exports and documents them. Use that crate; this one is
//! an implementation detail.
//!
//! The macros decide what syntax can decide: whether the names exist and whether the item can be a
//! handler. They leave questions about types to the compiler, in tokens that carry the user's own
//! spans and our texts for the answers.

mod article;
mod attribute;
mod catalogue;
mod check;
mod diagnostics;
mod endpoint;
mod event_selection;
#[cfg(test)]
mod event_suggestions;
mod expand_handler;
mod field_path;
mod hygiene;
mod lens;
mod mistakes;
mod nearest_names;
mod policy;
mod runtime_check;
#[cfg(test)]
mod snapshots;
mod transition;
mod types;

// The runtime documents the macros where it re-exports them, because the examples need the runtime.
// rustdoc appends the lines below to that documentation. Editors show only these lines.

/// The newest documentation of this attribute is at
/// <https://docs.rs/stripe-hooks/latest/stripe_hooks/attr.on_event.html>.
#[proc_macro_attribute]
pub fn on_event(
    attribute: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    expand_handler::expand_on_event(attribute.into(), item.into()).into()
}

/// The newest documentation of this derive is at
/// <https://docs.rs/stripe-hooks/latest/stripe_hooks/derive.EndpointName.html>.
#[proc_macro_derive(EndpointName, attributes(endpoint))]
pub fn endpoint_name(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    endpoint::derive_endpoint_name(input.into()).into()
}

/// The newest documentation of this derive is at
/// <https://docs.rs/stripe-hooks/latest/stripe_hooks/derive.Lens.html>.
#[proc_macro_derive(Lens, attributes(lens))]
pub fn lens(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    lens::derive_lens(input.into()).into()
}
