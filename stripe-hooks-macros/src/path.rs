//! The paths of lenses and transitions: keys joined by dots, with `[]` after what is an array.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::LitStr;

use crate::mistakes::mistake;

/// One step of a path. The order is only there to bring paths with a common start together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Key(String),
    Each,
}

/// Reads a path as users write it, such as `lines.data[].price.id`.
pub(crate) fn read(literal: &LitStr) -> syn::Result<Vec<Step>> {
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
            return Err(mistake(literal, what, help));
        }
        steps.push(Step::Key(key.to_owned()));
        steps.extend((key.len()..part.len()).step_by(2).map(|_| Step::Each));
    }
    Ok(steps)
}

/// The path as a value of the runtime's.
pub(crate) fn tokens(steps: &[Step]) -> TokenStream {
    quote! { &[#(__hooks::#steps),*] }
}

impl ToTokens for Step {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(match self {
            Self::Key(key) => quote! { Key(#key) },
            Self::Each => quote! { Each },
        });
    }
}

/// Whether a name stands anywhere in a piece of code.
pub(crate) fn mentions(code: &impl ToTokens, name: &Ident) -> bool {
    code.to_token_stream().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions(&group.stream(), name),
        _ => false,
    })
}
