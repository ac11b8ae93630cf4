//! Tests the checker with small crates, each with one form of a reference.

use crate::{import_cycles::find_cycles, read_crate::read_crate, resolve::file_dependencies};
use std::path::Path;

/// The files of a small crate, each with its text. The first one is the root.
type SourceFiles<'a> = &'a [(&'a str, &'a str)];

/// Returns the files of each cycle.
fn find_cycle_files(files: SourceFiles<'_>) -> Vec<Vec<String>> {
    let text_of = |path: &Path| {
        files.iter().find(|(name, _)| Path::new(name) == path).map(|(_, text)| (*text).to_owned())
    };
    let tree = read_crate(Path::new(files[0].0), &text_of).expect("the files of a planted crate");
    let dependencies = file_dependencies(&tree);
    find_cycles(&dependencies)
        .iter()
        .map(|cycle| cycle.files.iter().map(|file| file.display().to_string()).collect())
        .collect()
}

#[track_caller]
fn assert_cycle(files: SourceFiles<'_>, expected: &[&str]) {
    assert_eq!(find_cycle_files(files), [expected]);
}

#[track_caller]
fn assert_no_cycle(files: SourceFiles<'_>) {
    let none: [[&str; 0]; 0] = [];
    assert_eq!(find_cycle_files(files), none);
}

/// Forms in which a file `b.rs` may name the function `f` of the file `a.rs`, which depends on
/// `b.rs`.
const REFERENCE_FORMS: &[(&str, &str)] = &[
    ("a plain use", "use crate::a::f;"),
    ("a use of a relative path", "use super::a::f;"),
    ("a nested group", "use crate::{c::g, a::{f, self}};"),
    ("a rename", "use crate::a::f as h;"),
    ("an anonymous import", "use crate::a::T as _;"),
    ("a glob whose name is used", "use crate::a::*; fn h() { f() }"),
    ("a glob of variants", "use crate::a::E::*;"),
    ("a use in a function", "fn h() { use crate::a::f; }"),
    ("a use in an inline module", "mod inner { use super::super::a::f; }"),
    ("an import of a module", "use crate::a; fn h() { a::f() }"),
    ("an import of a renamed module", "use crate::a as other; fn h() { other::f() }"),
    ("an import of a module of modules", "use crate as root; fn h() { root::a::f() }"),
    ("a path in an expression", "fn h() { crate::a::f() }"),
    ("a path of super", "fn h() { super::a::f() }"),
    ("a path of self and super", "fn h() { self::super::a::f() }"),
    ("a path after two dots", "fn h() { let x = 0..crate::a::N; }"),
    ("a path in a type", "struct S { field: Option<crate::a::S> }"),
    ("a path in a bound", "fn h<X: crate::a::T>() {}"),
    ("a path in an implementation", "struct S; impl crate::a::T for S {}"),
    ("a path in a pattern", "fn h() { let crate::a::S = x else { return }; }"),
    ("a path in a visibility and in a type", "pub(crate) const N: crate::a::S = loop {};"),
    ("a path in an attribute", "#[derive(crate::a::Derive)] struct S;"),
    ("a variant", "fn h() { crate::a::E::V }"),
    ("a path in a macro call", "fn h() { println!(\"{}\", crate::a::f()) }"),
    ("a path in a macro", "macro_rules! m { () => { $crate::a::f() } }"),
    ("a path that a macro completes", "macro_rules! m { ($name:ident) => { $crate::a::$name() } }"),
    ("an import of a module for a macro from elsewhere", "use crate::{a, c::m}; m!(h);"),
    ("an import in a macro", "macro_rules! m { () => { use $crate::a::f; } }"),
    ("an item of a macro", "fn h(x: crate::a::Generated) {}"),
    ("a re-export of the root", "use crate::f;"),
    ("a renamed re-export of the root", "fn h() { crate::renamed() }"),
    ("a re-export of a re-export", "fn h() { crate::facade::f() }"),
    ("a re-export through a glob", "fn h() { crate::facade::everything::f() }"),
    ("an exported macro", "fn h() { crate::exported!() }"),
    ("a macro with a path", "fn h() { crate::a::local!() }"),
    ("an own re-export that is used", "pub(crate) use crate::a::f; fn h() { f() }"),
    ("an import for this module alone", "pub(self) use crate::a::f;"),
    ("an import behind a feature", "#[cfg(feature = \"x\")] use crate::a::f;"),
    ("a path behind a platform", "#[cfg(windows)] fn h() { crate::a::f() }"),
    ("a path in a test", "#[cfg(test)] mod tests { #[test] fn h() { crate::a::f() } }"),
    ("a raw identifier", "fn h() { crate::r#a::f() }"),
];

#[test]
fn a_cycle_is_reported_in_each_form() {
    for (form, b) in REFERENCE_FORMS {
        let files = [
            ("lib.rs", "mod a; mod b; mod c; mod facade; pub use a::f; pub use a::f as renamed;"),
            (
                "a.rs",
                "use crate::b; \
                 pub fn f() { b::h() } pub struct S; pub enum E { V } pub trait T {} pub const N: u8 = 1; \
                 generate! { Generated { field: u8 } } \
                 #[macro_export] macro_rules! exported { () => {} } \
                 macro_rules! local { () => {} } pub(crate) use local;",
            ),
            ("b.rs", b),
            ("c.rs", "pub fn g() {}"),
            ("facade.rs", "pub use crate::f; pub mod everything { pub use crate::a::*; }"),
        ];
        assert_eq!(find_cycle_files(&files), [["a.rs", "b.rs"]], "{form}: {b}");
    }
}

/// Text of `b.rs` that names nothing of `a.rs`.
const NON_REFERENCE_FORMS: &[(&str, &str)] = &[
    ("a re-export", "pub use crate::a::f;"),
    ("a re-export for the crate", "pub(crate) use crate::a::f;"),
    ("a re-export of everything", "pub use crate::a::*;"),
    ("a glob of which nothing is used", "use crate::a::*;"),
    ("a link of the documentation", "/// See [`f`](crate::a::f).\n fn h() {}"),
    ("a comment", "// crate::a::f()"),
    ("a string", "fn h() { let text = \"crate::a::f()\"; }"),
    ("the name in another crate", "use ::a::f; fn h() { other::a::f() }"),
    ("the rest of a path", "fn h() { <S as other::T>::a::f() }"),
    ("a field, a method and a lifetime", "use crate::a::*; fn h<'f>() { x.f; x.f(); Other { f: 1 } }"),
    ("a variant of a macro", "use crate::a::*; values! { E { S = 1 } }"),
    ("an own item of the name", "use crate::a::*; fn f() {} fn h() { f() }"),
    ("a visibility", "pub(in crate::a) fn h() {} pub(super) fn i() {}"),
    ("captured lifetimes", "fn h() -> impl Sized + use<> {}"),
];

#[test]
fn no_cycle_is_reported_without_a_reference() {
    for (form, b) in NON_REFERENCE_FORMS {
        let files = [
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::h; pub fn f() {} pub struct S;"),
            ("b.rs", b),
        ];
        assert!(find_cycle_files(&files).is_empty(), "{form}: {b}");
    }
}

#[test]
fn an_import_of_a_macro_is_not_one_of_the_module_of_the_same_name() {
    let files = [
        ("lib.rs", "mod all; mod user;"),
        ("all.rs", "mod m; mod macros; pub(crate) use self::macros::*;"),
        ("all/m.rs", "use crate::user::f;"),
        ("all/macros.rs", "macro_rules! m { () => {} } pub(crate) use m;"),
        ("user.rs", "use crate::all::m; pub fn f() {}"),
    ];
    assert_no_cycle(&files);
}

#[test]
fn the_name_after_a_lifetime_is_not_an_item() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub use crate::b::*; pub fn f(x: &str) {}"),
        ("b.rs", "use crate::a::f; pub fn g() -> &'static str { f() }"),
    ];
    assert_no_cycle(&files);
}

#[test]
fn a_cycle_of_three_files_is_reported_as_one() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        ("a.rs", "use crate::b::f;"),
        ("b.rs", "pub fn f() { crate::c::f() }"),
        ("c.rs", "use super::{a, d}; pub fn f() { a::f(); d::f() }"),
        ("d.rs", "pub fn f() {}"),
    ];
    assert_cycle(&files, &["a.rs", "b.rs", "c.rs"]);
}

#[test]
fn two_cycles_are_reported_apart() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        ("a.rs", "use crate::b::f;"),
        ("b.rs", "use crate::{a::f, c::f as g};"),
        ("c.rs", "use crate::d::f;"),
        ("d.rs", "use crate::c::f;"),
    ];
    assert_eq!(find_cycle_files(&files), [["a.rs", "b.rs"], ["c.rs", "d.rs"]]);
}

#[test]
fn a_parent_and_its_child_form_a_cycle_if_each_names_an_item_of_the_other() {
    let child = ("a/child.rs", "use super::f; pub fn g() {}");
    assert_cycle(
        &[("lib.rs", "mod a;"), ("a.rs", "mod child; pub fn f() { child::g() }"), child],
        &["a/child.rs", "a.rs"],
    );
    assert_cycle(
        &[("lib.rs", "mod a;"), ("a/mod.rs", "mod child; use self::child::g; pub fn f() {}"), child],
        &["a/child.rs", "a/mod.rs"],
    );
    assert_no_cycle(&[("lib.rs", "mod a;"), ("a.rs", "mod child; pub use child::g; pub fn f() {}"), child]);
    let tests = ("a/tests.rs", "use super::*; #[test] fn g() { f() }");
    assert_no_cycle(&[("lib.rs", "mod a;"), ("a.rs", "#[cfg(test)] mod tests; pub fn f() {}"), tests]);
}

#[test]
fn a_child_that_names_an_import_of_its_parent_depends_on_the_file_of_the_item() {
    let files = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "mod child; use crate::b::f; pub fn g() {}"),
        ("a/child.rs", "use super::f;"),
        ("b.rs", "pub fn f() { crate::a::g() }"),
    ];
    assert_cycle(&files, &["a.rs", "b.rs"]);
}

#[test]
fn modules_are_found_in_every_place() {
    let files = [
        ("src/lib.rs", "mod a; #[path = \"../other/b.rs\"] pub(crate) mod b; mod inline { mod c; }"),
        ("src/a/mod.rs", "mod child;"),
        ("src/a/child.rs", "use crate::b::f;"),
        ("other/b.rs", "mod d; pub fn f() { d::f() }"),
        ("other/d.rs", "pub fn f() { crate::inline::c::f() }"),
        ("src/inline/c.rs", "pub fn f() { crate::a::child::f() }"),
    ];
    assert_cycle(&files, &["other/b.rs", "other/d.rs", "src/a/child.rs", "src/inline/c.rs"]);
}

#[test]
fn a_macro_without_a_path_is_found_where_it_is_in_scope() {
    let child = ("a/child.rs", "fn g() { m!() }");
    let parent = "macro_rules! m { () => {} } mod child; fn f() { child::g() }";
    assert_cycle(&[("lib.rs", "mod a;"), ("a.rs", parent), child], &["a/child.rs", "a.rs"]);

    let user = ("b.rs", "fn g() { m!() }");
    let lender = ("a.rs", "macro_rules! m { () => {} } fn f() { crate::b::g() }");
    assert_cycle(&[("lib.rs", "#[macro_use] mod a; mod b;"), lender, user], &["a.rs", "b.rs"]);
    assert_no_cycle(&[("lib.rs", "mod a; mod b;"), lender, user]);
}

#[test]
fn items_of_macros_are_found_through_globs() {
    let files = [
        ("lib.rs", "mod all; mod a; mod b;"),
        ("all.rs", "pub use crate::a::*; pub use crate::b::*;"),
        ("a.rs", "use crate::all::*; record! { /// The first.\n pub A { 0 b: B } }"),
        ("b.rs", "use crate::all::*; record! { /// The second.\n B { 0 a: A } }"),
    ];
    assert_cycle(&files, &["a.rs", "b.rs"]);
}

#[test]
fn a_cycle_is_shown_with_a_line_for_each_edge() {
    let text_of = |path: &Path| match path.to_str() {
        Some("lib.rs") => Some("mod a;\nmod b;\nmod c;".to_owned()),
        Some("a.rs") => Some("use std::fmt;\nuse crate::b::f;".to_owned()),
        Some("b.rs") => Some("\n\npub fn f() { super::a::f(); crate::c::f() }".to_owned()),
        Some("c.rs") => Some("fn f() { crate::b::f() }".to_owned()),
        _ => None,
    };
    let tree = read_crate(Path::new("lib.rs"), &text_of).expect("the files of a planted crate");
    let dependencies = file_dependencies(&tree);
    let shown = find_cycles(&dependencies).iter().map(ToString::to_string).collect::<String>();
    assert_eq!(
        shown,
        "    a.rs:2 names `crate::b::f` of b.rs\n    \
             b.rs:3 names `super::a::f` of a.rs\n    \
             b.rs:3 names `crate::c::f` of c.rs\n    \
             c.rs:1 names `crate::b::f` of b.rs\n"
    );
}

#[test]
fn a_module_without_a_file_is_an_error() {
    let text_of = |path: &Path| (path == Path::new("lib.rs")).then(|| "mod a;".to_owned());
    assert_eq!(read_crate(Path::new("lib.rs"), &text_of).expect_err("no file"), "cannot read a.rs");
}
