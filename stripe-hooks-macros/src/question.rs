//! Questions that only the compiler can answer, because the macros know no field of Stripe's objects: calls of the runtime's functions in
//! constants, which panic while the compiler evaluates where the answer is no.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// A call of one of the runtime's questions, which shows at the user's tokens from the first to the last.
pub(crate) fn question(name: &str, arguments: &TokenStream, at: &impl ToTokens) -> TokenStream {
    let spans: Vec<_> = at.to_token_stream().into_iter().map(|token| token.span()).collect();
    let span =
        |span: Option<&Span>| span.copied().unwrap_or_else(Span::call_site).resolved_at(Span::mixed_site());
    let (first, last) = (span(spans.first()), span(spans.last()));
    let (runtime, name) = (Ident::new("__hooks", first), Ident::new(name, first));
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments.clone());
    arguments.set_span(last);
    quote_spanned! { first=> #runtime::#name #arguments }
}
