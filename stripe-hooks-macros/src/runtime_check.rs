//! Questions that only the compiler can answer, because the macros do not know the fields of
//! Stripe's objects. Each question is a constant that calls a function of the runtime. If the
//! answer is no, the function panics while the compiler evaluates the constant, and the message
//! becomes an error.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// Calls one of the runtime's questions. An error spans the user's tokens from the first to the
/// last.
pub(crate) fn runtime_check_call(name: &str, arguments: &TokenStream, at: &impl ToTokens) -> TokenStream {
    let spans: Vec<_> = at.to_token_stream().into_iter().map(|token| token.span()).collect();
    let span =
        |span: Option<&Span>| span.copied().unwrap_or_else(Span::call_site).resolved_at(Span::mixed_site());
    let (first, last) = (span(spans.first()), span(spans.last()));
    let (runtime, name) = (Ident::new("__hooks", first), Ident::new(name, first));
    let mut arguments = Group::new(Delimiter::Parenthesis, arguments.clone());
    arguments.set_span(last);
    quote_spanned! { first=> #runtime::#name #arguments }
}
