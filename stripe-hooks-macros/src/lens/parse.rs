//! Parses the struct under `#[derive(Lens)]`, and checks it as far as syntax allows.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Attribute, Data, DeriveInput, Fields, GenericParam, Generics, Ident, Lifetime, LitStr, Path, Token, Type,
    ext::IdentExt, parse::ParseStream,
};

use crate::{
    catalogue::OBJECTS,
    field_path::{self, PathStep},
    mistakes::{Mistakes, new_mistake},
    types::mentions_name,
};

/// A struct that is a lens, as far as syntax shows.
pub(super) struct LensStruct {
    pub(super) name: Ident,
    pub(super) generics: Generics,
    /// The lifetime of borrowed fields.
    pub(super) lifetime: Option<Lifetime>,
    /// `#[lens("invoice", …)]`: the objects that the lens fits.
    pub(super) objects: Vec<LitStr>,
    /// `#[lens(crate = path)]`
    pub(super) runtime: Option<Path>,
    pub(super) fields: Vec<LensStructField>,
}

pub(super) struct LensStructField {
    pub(super) name: Ident,
    pub(super) ty: Type,
    /// The path as written: `#[lens(path = "…")]`, or the name of the field.
    pub(super) path: LitStr,
    pub(super) steps: Vec<PathStep>,
}

impl LensStruct {
    pub(super) fn parse_input(input: DeriveInput, mistakes: &mut Mistakes) -> Option<Self> {
        let DeriveInput { attrs, ident: name, generics, data, .. } = input;
        let struct_ = match data {
            Data::Struct(data) => data,
            Data::Enum(data) => return refuse_lens(&name, data.enum_token, mistakes),
            Data::Union(data) => return refuse_lens(&name, data.union_token, mistakes),
        };
        let Fields::Named(fields) = struct_.fields else {
            return refuse_lens(&name, &name, mistakes);
        };
        let LensAttribute { objects, runtime } = LensAttribute::parse_attributes(&name, &attrs, mistakes);
        let lifetimes: Vec<_> = generics.lifetimes().map(|parameter| parameter.lifetime.clone()).collect();
        if let [_, second, ..] = lifetimes.as_slice() {
            let what = format_args!("`{name}` has two lifetimes, and a lens borrows from one event");
            mistakes.add_mistake(second, what, "keep one of them");
        }
        let mut names = Vec::new();
        let mut fields: Vec<_> = fields
            .named
            .into_iter()
            .filter_map(|field| LensStructField::parse_field(field, mistakes))
            .collect();
        // The compiler itself reports a field that is declared twice.
        fields.retain(|field: &LensStructField| {
            let is_new = !names.contains(&field.name);
            names.push(field.name.clone());
            is_new
        });
        let lifetime = lifetimes.into_iter().next();
        Some(Self { name, generics, lifetime, objects, runtime, fields })
    }

    /// Returns `true` for a type that depends on a generic parameter, which the user of the lens
    /// chooses.
    pub(super) fn depends_on_generics(&self, ty: &Type) -> bool {
        self.generics.params.iter().any(|parameter| match parameter {
            GenericParam::Type(parameter) => mentions_name(ty, &parameter.ident),
            GenericParam::Const(parameter) => mentions_name(ty, &parameter.ident),
            GenericParam::Lifetime(_) => false,
        })
    }
}

fn refuse_lens<T>(name: &Ident, at: impl ToTokens, mistakes: &mut Mistakes) -> Option<T> {
    let what = format_args!("`{name}` cannot be a lens: a lens is a struct with named fields");
    let help = "write a struct with one field for each that it reads: `struct Paid { amount_paid: i64 }`";
    mistakes.add_mistake(at, what, help);
    None
}

/// The content of the struct's own attributes.
#[derive(Default)]
struct LensAttribute {
    objects: Vec<LitStr>,
    runtime: Option<Path>,
}

impl LensAttribute {
    fn parse_attributes(name: &Ident, attributes: &[Attribute], mistakes: &mut Mistakes) -> Self {
        let mut attribute = Self::default();
        let mut unread = false;
        for written in lens_attributes(attributes) {
            let elements = |input: ParseStream<'_>| {
                while !input.is_empty() {
                    attribute.parse_element(input)?;
                    if !input.is_empty() && !input.peek(Token![,]) {
                        let rest = input.parse::<TokenStream>()?;
                        return Err(new_mistake(
                            rest,
                            "a comma is missing before this",
                            "separate the objects by commas",
                        ));
                    }
                    input.parse::<Option<Token![,]>>()?;
                }
                Ok(())
            };
            let read =
                written.meta.require_list().map_err(|_| not_a_list_error(written, "#[lens(\"invoice\")]"));
            if let Err(error) = read.and_then(|list| list.parse_args_with(elements)) {
                unread = true;
                mistakes.add_error(error);
            }
        }
        if attribute.objects.is_empty() && !unread {
            let what = format_args!("`{name}` does not say which object it reads");
            mistakes.add_mistake(
                name,
                what,
                "write `#[lens(\"invoice\")]` above it, with the name that the object has in Stripe's API",
            );
        }
        attribute
    }

    fn parse_element(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(LitStr) {
            let object: LitStr = input.parse()?;
            if self.objects.iter().any(|other| other.value() == object.value()) {
                return Err(new_mistake(
                    &object,
                    format_args!("`{}` is given twice", object.value()),
                    "keep one of them",
                ));
            }
            self.objects.push(object);
        } else if input.peek(Token![crate]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            self.runtime = Some(input.call(Path::parse_mod_style)?);
        } else {
            let written = input.parse::<TokenStream>()?;
            let word = written.to_string();
            let object = OBJECTS.iter().find(|object| object.key == word || object.name == word);
            let help = match object {
                Some(object) => format!("write `\"{}\"`", object.key),
                None => {
                    "write the object in quotes, as in `#[lens(\"invoice\")]`; the only key is `crate = path`"
                        .to_owned()
                }
            };
            return Err(new_mistake(written, "a lens is of an object by its name in Stripe's API", help));
        }
        Ok(())
    }
}

impl LensStructField {
    fn parse_field(field: syn::Field, mistakes: &mut Mistakes) -> Option<Self> {
        let name = field.ident?;
        let mut given = None;
        for attribute in lens_attributes(&field.attrs) {
            let read = attribute.meta.require_list();
            let read =
                read.map_err(|_| not_a_list_error(attribute, "#[lens(path = \"lines.data[].amount\")]"));
            match read.and_then(|list| list.parse_args_with(parse_path_value)) {
                Ok(path) if given.is_none() => given = Some(path),
                Ok(path) => {
                    mistakes.add_mistake(&path, format_args!("`{name}` has two paths"), "keep one of them");
                }
                Err(error) => mistakes.add_error(error),
            }
        }
        let path = given.unwrap_or_else(|| LitStr::new(&name.unraw().to_string(), name.span()));
        match field_path::parse_path(&path) {
            Ok(steps) => Some(Self { name, ty: field.ty, path, steps }),
            Err(error) => {
                mistakes.add_error(error);
                None
            }
        }
    }
}

/// `path = "…"`, and nothing else.
fn parse_path_value(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let all = input.fork();
    let read = |input: ParseStream<'_>| {
        let key = input.call(Ident::parse_any)?;
        input.parse::<Token![=]>()?;
        let path = input.parse()?;
        if key == "path" && input.is_empty() { Ok(path) } else { Err(input.error("")) }
    };
    read(input).map_err(|_| {
        // The tokens after a mistake would only repeat it.
        let _ = input.parse::<TokenStream>();
        let tokens = all.parse::<TokenStream>().unwrap_or_default();
        new_mistake(
            tokens,
            "a field of a lens has one key, `path`",
            "write `#[lens(path = \"lines.data[].amount\")]`",
        )
    })
}

/// Makes the mistake for an attribute without a list: `#[lens]` or `#[lens = …]`.
fn not_a_list_error(attribute: &Attribute, syntax: &str) -> syn::Error {
    new_mistake(
        &attribute.meta,
        "the attribute `lens` is not written like this",
        format_args!("write `{syntax}`"),
    )
}

fn lens_attributes(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("lens"))
}
