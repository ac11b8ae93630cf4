//! The names that a `use` imports.

use crate::module_tree::Import;
use proc_macro2::TokenTree;

/// Returns the imports of one `use`, given the tokens between `use` and its semicolon.
pub(crate) fn parse_imports(tokens: &[TokenTree], is_reexport: bool) -> Vec<Import> {
    let mut found = Vec::new();
    parse_use_branch(tokens, Vec::new(), is_reexport, &mut found);
    found
}

/// Adds the imports of one branch of the tree. `path` is the path that leads to the branch.
fn parse_use_branch(tokens: &[TokenTree], mut path: Vec<String>, is_reexport: bool, found: &mut Vec<Import>) {
    let Some(line) = tokens.first().map(|token| token.span().start().line) else { return };
    let mut name = None;
    let mut rest = tokens;
    loop {
        match rest {
            [TokenTree::Ident(keyword), TokenTree::Ident(new), ..] if keyword == "as" => {
                name = Some(new.to_string());
                break;
            }
            [TokenTree::Ident(segment), after @ ..] => {
                path.push(segment.to_string());
                rest = after;
            }
            // A path that starts with `::` leads to another crate.
            [TokenTree::Punct(colon), TokenTree::Punct(_), after @ ..] if colon.as_char() == ':' => {
                if path.is_empty() {
                    path.push(String::new());
                }
                rest = after;
            }
            // The sign of `$crate`.
            [TokenTree::Punct(dollar), after @ ..] if dollar.as_char() == '$' => rest = after,
            [TokenTree::Punct(star), ..] if star.as_char() == '*' => {
                found.push(Import { path, name: None, is_reexport, line });
                return;
            }
            [TokenTree::Group(group), ..] => {
                let inner: Vec<_> = group.stream().into_iter().collect();
                let is_comma =
                    |token: &TokenTree| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',');
                for part in inner.split(is_comma) {
                    parse_use_branch(part, path.clone(), is_reexport, found);
                }
                return;
            }
            [] => break,
            // An interpolation of a macro: the path is not known.
            _ => return,
        }
    }
    if path.len() > 1 && path.last().is_some_and(|segment| segment == "self") {
        path.pop();
    }
    let name = name.or_else(|| path.last().cloned());
    if name.is_some() {
        found.push(Import { path, name, is_reexport, line });
    }
}
