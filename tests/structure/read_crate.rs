//! Reads the files of a crate into the tree of its modules.
//!
//! The reader works on tokens and not on syntax, so that code inside a macro counts like all other
//! code. It ignores every `cfg`: the code of all features and platforms counts at once.

use crate::{
    imports::parse_imports,
    module_tree::{CodePath, Module, ModuleTree},
};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use std::path::{Component, Path, PathBuf};

/// Returns the text of a file, or `None` if there is no such file.
pub(crate) type ReadFileFn<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// Keywords that the name of an item follows.
const ITEM_KEYWORDS: &[&str] = &["const", "enum", "fn", "static", "struct", "trait", "type", "union"];

/// Words between a keyword of [`ITEM_KEYWORDS`] and another one, as in `const unsafe fn`.
const QUALIFIER_KEYWORDS: &[&str] = &["async", "extern", "fn", "unsafe"];

/// Reads the crate whose root is the file `root`.
pub(crate) fn read_crate(root: &Path, text_of: ReadFileFn<'_>) -> Result<ModuleTree, String> {
    let mut reader = CrateReader { read_file: text_of, tree: ModuleTree::default() };
    reader.read_module_file(root.to_owned(), None, true)?;
    Ok(reader.tree)
}

struct CrateReader<'a> {
    read_file: ReadFileFn<'a>,
    tree: ModuleTree,
}

/// The folders in which the modules of a module are.
struct ModuleFolders {
    /// For `mod name;`.
    named: PathBuf,
    /// For `#[path = "…"] mod name;`.
    with_attribute: PathBuf,
}

/// The kind of code that a run of tokens is.
#[derive(Clone, Copy, PartialEq)]
enum TokenContext {
    Items,
    /// The arguments of a macro call between items.
    MacroOfItems,
    Code,
}

impl CrateReader<'_> {
    /// Reads a module that is a file. `is_folder_owner` is false for `name.rs`, whose modules are
    /// in the folder `name`.
    fn read_module_file(
        &mut self,
        path: PathBuf,
        parent: Option<usize>,
        is_folder_owner: bool,
    ) -> Result<usize, String> {
        let text = (self.read_file)(&path).ok_or_else(|| format!("cannot read {}", path.display()))?;
        let tokens: TokenStream = text.parse().map_err(|error| format!("{}: {error}", path.display()))?;
        let beside = path.parent().map(Path::to_owned).unwrap_or_default();
        let named = if is_folder_owner { beside.clone() } else { path.with_extension("") };
        let module = self.add_module(Module { file: path, parent, ..Module::default() });
        self.read_tokens(
            tokens,
            module,
            &ModuleFolders { named, with_attribute: beside },
            TokenContext::Items,
        )?;
        Ok(module)
    }

    fn add_module(&mut self, module: Module) -> usize {
        self.tree.modules.push(module);
        self.tree.modules.len() - 1
    }

    fn read_tokens(
        &mut self,
        stream: TokenStream,
        module: usize,
        folders: &ModuleFolders,
        context: TokenContext,
    ) -> Result<(), String> {
        let tokens: Vec<_> = stream.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            let before = &tokens[..at];
            at += match &tokens[at..] {
                [TokenTree::Ident(keyword), rest @ ..] if keyword == "use" && !starts_with(rest, '<') => {
                    let end = rest.iter().position(|token| is_punctuation(token, ';')).unwrap_or(rest.len());
                    self.tree.modules[module]
                        .imports
                        .extend(parse_imports(&rest[..end], is_reexport(before)));
                    end + 1
                }
                [TokenTree::Ident(keyword), TokenTree::Ident(name), body, ..]
                    if keyword == "mod"
                        && (is_punctuation(body, ';') || matches!(body, TokenTree::Group(_))) =>
                {
                    self.read_child_module(name, body, before, module, folders)?;
                    3
                }
                [TokenTree::Ident(keyword), sign, TokenTree::Ident(name), TokenTree::Group(rules), ..]
                    if keyword == "macro_rules" && is_punctuation(sign, '!') =>
                {
                    self.add_macro(name, before, module);
                    self.read_tokens(rules.stream(), module, folders, TokenContext::Code)?;
                    4
                }
                [TokenTree::Ident(keyword), TokenTree::Ident(name), ..]
                    if context != TokenContext::Code
                        && !ends_with(before, '\'')
                        && ITEM_KEYWORDS.iter().any(|word| keyword == word)
                        && !QUALIFIER_KEYWORDS.iter().any(|word| name == word) =>
                {
                    self.add_item(name, module);
                    2
                }
                [TokenTree::Ident(head), rest @ ..] => {
                    let (segments, after) = parse_path(head, rest);
                    if context == TokenContext::MacroOfItems && begins_statement(before) {
                        self.tree.modules[module].probable_items.insert(identifier_text(head));
                    }
                    let count = 1 + rest.len() - after.len();
                    if is_code_path(before, &segments, after) {
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
                    let is_item = context == TokenContext::Items
                        && is_macro_call
                        && group.delimiter() != Delimiter::Bracket;
                    let inner = if is_item { TokenContext::MacroOfItems } else { TokenContext::Code };
                    self.read_tokens(group.stream(), module, folders, inner)?;
                    1
                }
                _ => 1,
            }
        }
        Ok(())
    }

    fn add_item(&mut self, name: &Ident, module: usize) {
        let module = &mut self.tree.modules[module];
        module.items.insert(identifier_text(name), module.file.clone());
    }

    fn add_macro(&mut self, name: &Ident, before: &[TokenTree], module: usize) {
        self.add_item(name, module);
        self.tree.modules[module].macros.insert(identifier_text(name));
        if trailing_attributes(before).any(|attribute| attribute_has_name(attribute, "macro_export")) {
            let file = self.tree.modules[module].file.clone();
            self.tree.modules[0].items.insert(identifier_text(name), file);
        }
    }

    /// Reads the module of `mod name;` or `mod name { … }`.
    fn read_child_module(
        &mut self,
        name: &Ident,
        body: &TokenTree,
        before: &[TokenTree],
        module: usize,
        folders: &ModuleFolders,
    ) -> Result<(), String> {
        let name = identifier_text(name);
        let path = trailing_attributes(before).find_map(path_attribute);
        let child = match (body, path) {
            (TokenTree::Group(body), path) => {
                let folder = folders.named.join(path.as_ref().unwrap_or(&name));
                let folders = ModuleFolders { named: folder.clone(), with_attribute: folder };
                let file = self.tree.modules[module].file.clone();
                let child = self.add_module(Module { file, parent: Some(module), ..Module::default() });
                self.read_tokens(body.stream(), child, &folders, TokenContext::Items)?;
                child
            }
            (_, Some(path)) => {
                self.read_module_file(normalize_path(&folders.with_attribute.join(path)), Some(module), true)?
            }
            (_, None) => {
                let inside = folders.named.join(&name).join("mod.rs");
                let is_inside = (self.read_file)(&inside).is_some();
                let file = if is_inside { inside } else { folders.named.join(format!("{name}.rs")) };
                self.read_module_file(file, Some(module), is_inside)?
            }
        };
        self.tree.modules[child].has_macro_use =
            trailing_attributes(before).any(|attribute| attribute_has_name(attribute, "macro_use"));
        self.tree.modules[module].children.insert(name, child);
        Ok(())
    }
}

/// Reads the path that begins with `head`. Returns its segments and the tokens after it.
///
/// A variable of a macro is a segment too: it is some item of the module before it.
fn parse_path<'a>(head: &Ident, mut rest: &'a [TokenTree]) -> (Vec<String>, &'a [TokenTree]) {
    let mut segments = vec![identifier_text(head)];
    while let [first, second, after @ ..] = rest
        && is_punctuation(first, ':')
        && is_punctuation(second, ':')
    {
        rest = match after {
            [TokenTree::Ident(segment), after @ ..] => {
                segments.push(identifier_text(segment));
                after
            }
            [dollar, TokenTree::Ident(variable), after @ ..] if is_punctuation(dollar, '$') => {
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
fn is_code_path(before: &[TokenTree], segments: &[String], rest: &[TokenTree]) -> bool {
    let is_dollar_crate = segments[0] == "crate" && ends_with(before, '$');
    let is_head = match before {
        _ if is_dollar_crate => true,
        [.., first, second] if is_punctuation(first, '.') && is_punctuation(second, '.') => true,
        [.., first, second] if is_punctuation(first, ':') && is_punctuation(second, ':') => false,
        [.., TokenTree::Punct(sign)] => !['.', '\'', '$', '#'].contains(&sign.as_char()),
        [.., TokenTree::Ident(keyword)] => segments.len() > 1 || (keyword != "fn" && keyword != "let"),
        _ => true,
    };
    let is_defined = segments.len() == 1
        && match rest {
            [first, second, ..] if is_punctuation(first, ':') => !is_punctuation(second, ':'),
            [first, second, ..] if is_punctuation(first, '=') => {
                !is_punctuation(second, '=') && !is_punctuation(second, '>')
            }
            _ => false,
        };
    is_head && !is_defined
}

/// Returns whether the tokens end where a statement begins.
fn begins_statement(before: &[TokenTree]) -> bool {
    match without_attributes(before).last() {
        None => true,
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        Some(token) => is_punctuation(token, ';'),
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
fn trailing_attributes(before: &[TokenTree]) -> impl Iterator<Item = &Group> {
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
                if is_punctuation(sign, '#') && group.delimiter() == Delimiter::Bracket =>
            {
                rest
            }
            _ => return before,
        }
    }
}

fn attribute_has_name(attribute: &Group, name: &str) -> bool {
    matches!(attribute.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == name)
}

/// The value of `#[path = "…"]`.
fn path_attribute(attribute: &Group) -> Option<String> {
    let value = attribute.stream().into_iter().nth(2).filter(|_| attribute_has_name(attribute, "path"))?;
    Some(value.to_string().trim_matches('"').to_owned())
}

fn is_punctuation(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn ends_with(tokens: &[TokenTree], sign: char) -> bool {
    tokens.last().is_some_and(|token| is_punctuation(token, sign))
}

fn starts_with(tokens: &[TokenTree], sign: char) -> bool {
    tokens.first().is_some_and(|token| is_punctuation(token, sign))
}

fn identifier_text(name: &Ident) -> String {
    let text = name.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// The path without `..`.
fn normalize_path(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir if normal.pop() => {}
            component => normal.push(component),
        }
    }
    normal
}
