//! The paths of lenses and transitions: keys joined by dots, with `[]` after the key of an array.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::LitStr;

use crate::mistakes::new_mistake;

/// One step of a path. Steps have an order only so that sorting puts paths with a common start next
/// to each other.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PathStep {
    Key(String),
    Each,
}

/// Reads a path as users write it, such as `lines.data[].price.id`.
pub(crate) fn parse_path(literal: &LitStr) -> syn::Result<Vec<PathStep>> {
    let text = literal.value();
    let mut steps = Vec::new();
    for part in text.split('.') {
        let key = part.trim_end_matches("[]");
        if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c)) {
            let what = match text.trim() {
                "" => "a path is blank".to_owned(),
                text => format!("`{text}` is not a path"),
            };
            let help =
                "write the keys with dots between them, and `[]` after an array: `\"lines.data[].amount\"`";
            return Err(new_mistake(literal, what, help));
        }
        steps.push(PathStep::Key(key.to_owned()));
        steps.extend((key.len()..part.len()).step_by(2).map(|_| PathStep::Each));
    }
    Ok(steps)
}

/// The expression that makes the path's steps in the runtime.
pub(crate) fn steps_expression(steps: &[PathStep]) -> TokenStream {
    quote! { &[#(__hooks::#steps),*] }
}

impl ToTokens for PathStep {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::Key(key) => quote! { Key(#key) },
            Self::Each => quote! { Each },
        });
    }
}
