//! Writes the expansion of a lens: two questions to the compiler about each field, and the
//! implementation that reads all fields in one pass.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, Lifetime, LitStr, Type};

use super::parse::{LensStruct, LensStructField};
use crate::{
    catalogue::OBJECTS,
    field_path,
    hygiene::{import_runtime, inferred_type, local_variable},
    runtime_check::runtime_check_call,
    types::type_source,
};

pub(super) fn expand_lens(lens: &LensStruct) -> TokenStream {
    let shapes = lens.objects.iter().map(|object| match object_type(object) {
        Some(name) => quote! { <__hooks::objects::#name as __hooks::HasSchema>::SHAPES },
        None => {
            let steps = field_path::parse_path(object)
                .map(|steps| field_path::steps_expression(&steps))
                .unwrap_or_default();
            let shape = runtime_check_call("resolve_shape", &quote!(#object, #steps), object);
            quote! { &[#shape] }
        }
    });
    let functions = type_functions(lens);
    let reading = lens_implementation(lens, &quote!(#(#shapes),*));
    let fitting = object_implementations(lens);
    const_block(
        lens,
        &quote! {
            #functions
            #reading
            #fitting
        },
    )
}

/// Writes the expansion of a lens with mistakes: it fits every object and reads nothing. That is
/// harmless, because it never runs.
pub(super) fn expand_stand_in(name: Ident, generics: Generics) -> TokenStream {
    let lifetime = generics.lifetimes().next().map(|parameter| parameter.lifetime.clone());
    let lens = LensStruct { name, generics, lifetime, objects: vec![], runtime: None, fields: vec![] };
    let reading = runtime_macro_call(&lens, &quote!(nothing));
    let (name, own) = (&lens.name, own_generics(&lens));
    let (_, arguments, bounds) = lens.generics.split_for_impl();
    let fits_all = quote! { impl<#(#own,)* __T: __hooks::HasSchema> __hooks::LensOf<__T> for #name #arguments #bounds {} };
    const_block(&lens, &quote! { #reading #fits_all })
}

fn const_block(lens: &LensStruct, items: &TokenStream) -> TokenStream {
    let import = import_runtime(lens.runtime.as_ref());
    quote! {
        const _: () = {
            #import
            #items
        };
    }
}

/// Finds the type of an object that events carry. The path of a part and an unknown object have
/// none.
fn object_type(object: &LitStr) -> Option<Ident> {
    let key = object.value();
    let payload = OBJECTS.iter().find(|payload| payload.key == key)?;
    Some(Ident::new(payload.name, object.span()))
}

/// The subject of a question: the path of a field.
fn field_path_query_call(at: usize) -> TokenStream {
    quote! { __LAYOUT.path_query(#at) }
}

/// Asks the compiler whether the path of a field leads somewhere, and whether the field's type can
/// hold the value there. Both questions are one constant, because each constant costs compile time,
/// and so a path that leads nowhere is the only mistake of its field. The question about an open
/// type is asked where that type is chosen.
fn compile_time_checks(lens: &LensStruct, at: usize, field: &LensStructField) -> TokenStream {
    let leads = runtime_check_call("assert_path", &field_path_query_call(at), &field.path);
    if lens.depends_on_generics(&field.ty) {
        return quote! { const _: __hooks::PathQuery = #leads; };
    }
    let holds = match uses_type_functions(lens) {
        true => {
            let name = type_function_name(lens, at);
            quote! { #name(&()).accepts }
        }
        false => accepts_constant(&replace_lifetimes(field.ty.to_token_stream(), "static")),
    };
    let fits = type_check(field, &leads, &holds);
    quote! { const _: () = #fits; }
}

/// Returns whether the types of the fields depend on nothing but the lifetime of the lens, so that
/// each type can have a function.
fn uses_type_functions(lens: &LensStruct) -> bool {
    lens.generics.params.iter().all(|parameter| matches!(parameter, GenericParam::Lifetime(_)))
}

/// Declares a function for the type of each field, which asks for everything that the runtime needs
/// of the type. It asks once, so that a type which cannot be a field is one error. The type is in the
/// signature, behind the name and the lifetime of the lens: the compiler's suggestions take that for
/// the same place as the struct, so a type that does not exist is one error too.
fn type_functions(lens: &LensStruct) -> TokenStream {
    if !uses_type_functions(lens) {
        return TokenStream::new();
    }
    let (generics, lifetime) = (&lens.generics, &lens.lifetime);
    let elided = Lifetime::new("'_", Span::mixed_site());
    let asked = lifetime.as_ref().unwrap_or(&elided);
    let functions = lens.fields.iter().enumerate().map(|(at, LensStructField { ty, .. })| {
        let (name, inferred) = (type_function_name(lens, at), inferred_type(ty.to_token_stream()));
        quote! {
            const fn #name #generics (_: & #lifetime ()) -> __hooks::FieldType<#asked, #ty> {
                <#inferred as __hooks::LensField<#asked>>::TYPE
            }
        }
    });
    functions.collect()
}

fn type_function_name(lens: &LensStruct, at: usize) -> Ident {
    Ident::new(&format!("__type{at}"), lens.name.span())
}

fn accepts_constant(ty: &TokenStream) -> TokenStream {
    quote! { <#ty as __hooks::LensField>::ACCEPTS }
}

fn type_check(field: &LensStructField, asked: &TokenStream, holds: &TokenStream) -> TokenStream {
    let written = type_source(&field.ty);
    runtime_check_call("assert_type", &quote!(#asked, #written, #holds), &field.ty)
}

/// Writes the implementation that reads the lens.
fn lens_implementation(lens: &LensStruct, shapes: &TokenStream) -> TokenStream {
    let name = lens.name.to_string();
    let mut sorted: Vec<_> = lens.fields.iter().enumerate().collect();
    // Sorting puts paths with a common start next to each other.
    sorted.sort_by_key(|(_, field)| &field.steps);
    let paths =
        sorted.iter().map(|(at, LensStructField { path, steps, .. })| quote! { #path [#(#steps)*] #at });
    let fields = lens.fields.iter().enumerate().map(|(at, field)| {
        let (name, found, ty) = (&field.name, local_variable(&format!("f{at}")), &field.ty);
        let place = match uses_type_functions(lens) {
            true => {
                let name = type_function_name(lens, at);
                quote! { #name(&()).as_sink }
            }
            false => quote! { <#ty as __hooks::LensField>::as_sink },
        };
        quote! { #name #found [#place] }
    });
    let open = lens.fields.iter().enumerate().filter(|(_, field)| lens.depends_on_generics(&field.ty));
    let open = open.map(|(at, field)| {
        let fits =
            type_check(field, &field_path_query_call(at), &accepts_constant(&field.ty.to_token_stream()));
        quote! { [const { #fits };] }
    });
    let questions = lens.fields.iter().enumerate().map(|(at, field)| compile_time_checks(lens, at, field));
    runtime_macro_call(
        lens,
        &quote! { __LAYOUT = #name, &[#shapes], { #(#paths)* } { #(#fields)* } { #(#questions)* } #(#open)* },
    )
}

/// Calls the runtime's macro that writes the implementation.
fn runtime_macro_call(lens: &LensStruct, reads: &TokenStream) -> TokenStream {
    let (name, lifetime, parameters) = (&lens.name, json_lifetime(lens), generics_with_lifetime(lens));
    let is_open = |ty: &&Type| lens.depends_on_generics(ty);
    let open = lens.fields.iter().map(|field| &field.ty).filter(is_open);
    let mut generics = lens.generics.clone();
    for ty in open.clone() {
        let bound = syn::parse_quote! { #ty: __hooks::LensField<#lifetime> };
        generics.make_where_clause().predicates.push(bound);
    }
    let (_, arguments, bounds) = generics.split_for_impl();
    // An open type can be at fault, so the compiler must be able to name it. Without open types,
    // the implementation has nothing to do with a fault and is hidden from the compiler's
    // explanations.
    let hidden = (open.count() == 0).then(|| quote! { #[diagnostic::do_not_recommend] });
    quote! { __hooks::lens! { #hidden impl [#(#parameters),*] for #lifetime [#name #arguments] [#bounds] reads #reads } }
}

/// Writes one implementation for each object that the lens fits. From these the runtime derives,
/// for all lenses at once, the events that a lens fits.
fn object_implementations(lens: &LensStruct) -> TokenStream {
    let (name, own) = (&lens.name, own_generics(lens));
    let (_, arguments, bounds) = lens.generics.split_for_impl();
    let objects = lens.objects.iter().filter_map(object_type).map(|object| {
        quote! { impl<#(#own),*> __hooks::LensOf<__hooks::objects::#object> for #name #arguments #bounds {} }
    });
    quote! { #(#objects)* }
}

/// The lifetime of the JSON: the lens's own if it borrows, or otherwise one of the expansion's.
fn json_lifetime(lens: &LensStruct) -> Lifetime {
    lens.lifetime.clone().unwrap_or_else(|| Lifetime::new("'__de", Span::mixed_site()))
}

/// The generic parameters of an implementation for this lifetime, without defaults.
fn generics_with_lifetime(lens: &LensStruct) -> Vec<TokenStream> {
    let borrowed = lens.lifetime.is_none().then(|| json_lifetime(lens).into_token_stream());
    borrowed.into_iter().chain(own_generics(lens)).collect()
}

/// The generic parameters of the lens itself, without defaults.
fn own_generics(lens: &LensStruct) -> Vec<TokenStream> {
    let each = lens.generics.params.iter().map(|parameter| match parameter {
        GenericParam::Lifetime(parameter) => parameter.lifetime.to_token_stream(),
        GenericParam::Type(parameter) => {
            let (name, bounds) = (&parameter.ident, &parameter.bounds);
            quote! { #name: #bounds }
        }
        GenericParam::Const(parameter) => {
            let (name, ty) = (&parameter.ident, &parameter.ty);
            quote! { const #name: #ty }
        }
    });
    each.collect()
}

/// Replaces every lifetime in a type, so that a constant can use the type.
fn replace_lifetimes(code: TokenStream, lifetime: &str) -> TokenStream {
    let mut after_quote = false;
    let replaced = code.into_iter().map(|token| {
        let quoted = std::mem::replace(
            &mut after_quote,
            matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\''),
        );
        match token {
            TokenTree::Ident(ident) if quoted => TokenTree::Ident(Ident::new(lifetime, ident.span())),
            TokenTree::Group(group) => {
                let mut replaced = Group::new(group.delimiter(), replace_lifetimes(group.stream(), lifetime));
                replaced.set_span(group.span());
                TokenTree::Group(replaced)
            }
            token => token,
        }
    });
    replaced.collect()
}
