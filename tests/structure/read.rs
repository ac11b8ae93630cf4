//! Reads the files of a crate into the tree of its modules.
//!
//! The reader works on tokens and not on syntax, so that code inside a macro counts like all other
//! code. It ignores every `cfg`: the code of all features and platforms counts at once.

use crate::{
    imports::imports,
    tree::{CodePath, Module, Tree},
};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use std::path::{Component, Path, PathBuf};

/// Returns the text of a file, or `None` if there is no such file.
pub(crate) type TextOf<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// Keywords that the name of an item follows.
const DEFINING: &[&str] = &["const", "enum", "fn", "static", "struct", "trait", "type", "union"];

/// Words between a keyword of [`DEFINING`] and another one, as in `const unsafe fn`.
const QUALIFIERS: &[&str] = &["async", "extern", "fn", "unsafe"];

/// Reads the crate whose root is the file `root`.
pub(crate) fn read(root: &Path, text_of: TextOf<'_>) -> Result<Tree, String> {
    let mut reader = Reader { text_of, tree: Tree::default() };
    reader.file(root.to_owned(), None, true)?;
    Ok(reader.tree)
}

struct Reader<'a> {
    text_of: TextOf<'a>,
    tree: Tree,
}

/// The folders in which the modules of a module are.
struct Folders {
    /// For `mod name;`.
    named: PathBuf,
    /// For `#[path = "…"] mod name;`.
    with_attribute: PathBuf,
}

/// The kind of code that a run of tokens is.
#[derive(Clone, Copy, PartialEq)]
enum Context {
    Items,
    /// The arguments of a macro call between items.
    MacroOfItems,
    Code,
}

impl Reader<'_> {
    /// Reads a module that is a file. `is_folder_owner` is false for `name.rs`, whose modules are
    /// in the folder `name`.
    fn file(&mut self, path: PathBuf, parent: Option<usize>, is_folder_owner: bool) -> Result<usize, String> {
        let text = (self.text_of)(&path).ok_or_else(|| format!("cannot read {}", path.display()))?;
        let tokens: TokenStream = text.parse().map_err(|error| format!("{}: {error}", path.display()))?;
        let beside = path.parent().map(Path::to_owned).unwrap_or_default();
        let named = if is_folder_owner { beside.clone() } else { path.with_extension("") };
        let module = self.add(Module { file: path, parent, ..Module::default() });
        self.tokens(tokens, module, &Folders { named, with_attribute: beside }, Context::Items)?;
        Ok(module)
    }

    fn add(&mut self, module: Module) -> usize {
        self.tree.modules.push(module);
        self.tree.modules.len() - 1
    }

    fn tokens(
        &mut self,
        stream: TokenStream,
        module: usize,
        folders: &Folders,
        context: Context,
    ) -> Result<(), String> {
        let tokens: Vec<_> = stream.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            let before = &tokens[..at];
            at += match &tokens[at..] {
                [TokenTree::Ident(keyword), rest @ ..] if keyword == "use" && !starts_with(rest, '<') => {
                    let end = rest.iter().position(|token| is_sign(token, ';')).unwrap_or(rest.len());
                    self.tree.modules[module].imports.extend(imports(&rest[..end], is_reexport(before)));
                    end + 1
                }
                [TokenTree::Ident(keyword), TokenTree::Ident(name), body, ..]
                    if keyword == "mod" && (is_sign(body, ';') || matches!(body, TokenTree::Group(_))) =>
                {
                    self.child(name, body, before, module, folders)?;
                    3
                }
                [TokenTree::Ident(keyword), sign, TokenTree::Ident(name), TokenTree::Group(rules), ..]
                    if keyword == "macro_rules" && is_sign(sign, '!') =>
                {
                    self.macro_rules(name, before, module);
                    self.tokens(rules.stream(), module, folders, Context::Code)?;
                    4
                }
                [TokenTree::Ident(keyword), TokenTree::Ident(name), ..]
                    if context != Context::Code
                        && !ends_with(before, '\'')
                        && DEFINING.iter().any(|word| keyword == word)
                        && !QUALIFIERS.iter().any(|word| name == word) =>
                {
                    self.define(name, module);
                    2
                }
                [TokenTree::Ident(head), rest @ ..] => {
                    let (segments, after) = path(head, rest);
                    if context == Context::MacroOfItems && begins_statement(before) {
                        self.tree.modules[module].probable_items.insert(text(head));
                    }
                    let count = 1 + rest.len() - after.len();
                    if is_path(before, &segments, after) {
                        let is_macro_call =
                            starts_with(after, '!') && !matches!(after, [_, TokenTree::Punct(_), ..]);
                        let path = CodePath { segments, is_macro_call };
                        let line = || head.span().start().line;
                        self.tree.modules[module].paths.entry(path).or_insert_with(line);
                    }
                    count
                }
                [TokenTree::Group(group), ..] => {
                    let is_macro_call = ends_with(before, '!');
                    let is_item =
                        context == Context::Items && is_macro_call && group.delimiter() != Delimiter::Bracket;
                    let inner = if is_item { Context::MacroOfItems } else { Context::Code };
                    self.tokens(group.stream(), module, folders, inner)?;
                    1
                }
                _ => 1,
            }
        }
        Ok(())
    }

    fn define(&mut self, name: &Ident, module: usize) {
        let module = &mut self.tree.modules[module];
        module.items.insert(text(name), module.file.clone());
    }

    fn macro_rules(&mut self, name: &Ident, before: &[TokenTree], module: usize) {
        self.define(name, module);
        self.tree.modules[module].macros.insert(text(name));
        if attributes(before).any(|attribute| has_name(attribute, "macro_export")) {
            let file = self.tree.modules[module].file.clone();
            self.tree.modules[0].items.insert(text(name), file);
        }
    }

    /// Reads the module of `mod name;` or `mod name { … }`.
    fn child(
        &mut self,
        name: &Ident,
        body: &TokenTree,
        before: &[TokenTree],
        module: usize,
        folders: &Folders,
    ) -> Result<(), String> {
        let name = text(name);
        let path = attributes(before).find_map(path_attribute);
        let child = match (body, path) {
            (TokenTree::Group(body), path) => {
                let folder = folders.named.join(path.as_ref().unwrap_or(&name));
                let folders = Folders { named: folder.clone(), with_attribute: folder };
                let file = self.tree.modules[module].file.clone();
                let child = self.add(Module { file, parent: Some(module), ..Module::default() });
                self.tokens(body.stream(), child, &folders, Context::Items)?;
                child
            }
            (_, Some(path)) => self.file(normal(&folders.with_attribute.join(path)), Some(module), true)?,
            (_, None) => {
                let inside = folders.named.join(&name).join("mod.rs");
                let is_inside = (self.text_of)(&inside).is_some();
                let file = if is_inside { inside } else { folders.named.join(format!("{name}.rs")) };
                self.file(file, Some(module), is_inside)?
            }
        };
        self.tree.modules[child].lends_macros =
            attributes(before).any(|attribute| has_name(attribute, "macro_use"));
        self.tree.modules[module].children.insert(name, child);
        Ok(())
    }
}

/// Reads the path that begins with `head`. Returns its segments and the tokens after it.
///
/// A variable of a macro is a segment too: it is some item of the module before it.
fn path<'a>(head: &Ident, mut rest: &'a [TokenTree]) -> (Vec<String>, &'a [TokenTree]) {
    let mut segments = vec![text(head)];
    while let [first, second, after @ ..] = rest
        && is_sign(first, ':')
        && is_sign(second, ':')
    {
        rest = match after {
            [TokenTree::Ident(segment), after @ ..] => {
                segments.push(text(segment));
                after
            }
            [dollar, TokenTree::Ident(variable), after @ ..] if is_sign(dollar, '$') => {
                segments.push(format!("${variable}"));
                after
            }
            _ => break,
        };
    }
    (segments, rest)
}

/// Returns whether the words between the tokens are a path, and not a field, a lifetime, a variable
/// of a macro, the rest of a longer path, or a name that the code defines here.
fn is_path(before: &[TokenTree], segments: &[String], rest: &[TokenTree]) -> bool {
    let is_dollar_crate = segments[0] == "crate" && ends_with(before, '$');
    let is_head = match before {
        _ if is_dollar_crate => true,
        [.., first, second] if is_sign(first, '.') && is_sign(second, '.') => true,
        [.., first, second] if is_sign(first, ':') && is_sign(second, ':') => false,
        [.., TokenTree::Punct(sign)] => !['.', '\'', '$', '#'].contains(&sign.as_char()),
        [.., TokenTree::Ident(keyword)] => segments.len() > 1 || (keyword != "fn" && keyword != "let"),
        _ => true,
    };
    let is_defined = segments.len() == 1
        && match rest {
            [first, second, ..] if is_sign(first, ':') => !is_sign(second, ':'),
            [first, second, ..] if is_sign(first, '=') => !is_sign(second, '=') && !is_sign(second, '>'),
            _ => false,
        };
    is_head && !is_defined
}

/// Returns whether the tokens end where a statement begins.
fn begins_statement(before: &[TokenTree]) -> bool {
    match without_attributes(before).last() {
        None => true,
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        Some(token) => is_sign(token, ';'),
    }
}

/// Returns whether the tokens end with a visibility wider than the module.
fn is_reexport(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(keyword), TokenTree::Group(scope)] => {
            keyword == "pub" && scope.stream().to_string() != "self"
        }
        [.., TokenTree::Ident(keyword)] => keyword == "pub",
        _ => false,
    }
}

/// The attributes at the end of the tokens. A visibility may follow them.
fn attributes(before: &[TokenTree]) -> impl Iterator<Item = &Group> {
    let start = without_attributes(before).len();
    before[start..].iter().filter_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => Some(group),
        _ => None,
    })
}

fn without_attributes(mut before: &[TokenTree]) -> &[TokenTree] {
    loop {
        before = match before {
            [rest @ .., TokenTree::Ident(keyword)] if keyword == "pub" => rest,
            [rest @ .., TokenTree::Ident(keyword), TokenTree::Group(_)] if keyword == "pub" => rest,
            [rest @ .., sign, TokenTree::Group(group)]
                if is_sign(sign, '#') && group.delimiter() == Delimiter::Bracket =>
            {
                rest
            }
            _ => return before,
        }
    }
}

fn has_name(attribute: &Group, name: &str) -> bool {
    matches!(attribute.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == name)
}

/// The value of `#[path = "…"]`.
fn path_attribute(attribute: &Group) -> Option<String> {
    let value = attribute.stream().into_iter().nth(2).filter(|_| has_name(attribute, "path"))?;
    Some(value.to_string().trim_matches('"').to_owned())
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn ends_with(tokens: &[TokenTree], sign: char) -> bool {
    tokens.last().is_some_and(|token| is_sign(token, sign))
}

fn starts_with(tokens: &[TokenTree], sign: char) -> bool {
    tokens.first().is_some_and(|token| is_sign(token, sign))
}

fn text(name: &Ident) -> String {
    let text = name.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// The path without `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir if normal.pop() => {}
            component => normal.push(component),
        }
    }
    normal
}
