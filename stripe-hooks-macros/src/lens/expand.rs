//! Writes what a lens becomes: two questions to the compiler about each field, and the implementation that reads them all in one pass.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{GenericParam, Generics, Lifetime, Type};

use super::{Field, Lens, carried};
use crate::{check::spelled, expand::inferred, path, question::question};

pub(super) fn lens(lens: &Lens) -> TokenStream {
    let shapes = lens.objects.iter().map(|object| match carried(object) {
        Some(name) => quote! { <__hooks::objects::#name as __hooks::Described>::SHAPES },
        None => {
            let steps = path::read(object).map(|steps| path::tokens(&steps)).unwrap_or_default();
            let shape = question("shape", &quote!(#object, #steps), object);
            quote! { &[#shape] }
        }
    });
    let functions = functions(lens);
    let reading = reading(lens, &quote!(#(#shapes),*));
    let fitting = fitting(lens);
    block(
        lens,
        &quote! {
            #functions
            #reading
            #fitting
        },
    )
}

/// What a lens becomes that has mistakes: it fits everything and reads nothing, which does not matter, because it never runs.
pub(super) fn stand_in(name: Ident, generics: Generics) -> TokenStream {
    let lifetime = generics.lifetimes().next().map(|parameter| parameter.lifetime.clone());
    let lens = Lens { name, generics, lifetime, objects: vec![], runtime: None, fields: vec![] };
    let reading = implementation(&lens, &quote!(nothing));
    let (name, own) = (&lens.name, own(&lens));
    let (_, arguments, bounds) = lens.generics.split_for_impl();
    let fits_all = quote! { impl<#(#own,)* __T: __hooks::Described> __hooks::LensOf<__T> for #name #arguments #bounds {} };
    block(&lens, &quote! { #reading #fits_all })
}

fn block(lens: &Lens, items: &TokenStream) -> TokenStream {
    let runtime = match &lens.runtime {
        Some(path) => quote! { #path::__private },
        None => quote! { ::stripe_hooks::__private },
    };
    quote! {
        const _: () = {
            use #runtime as __hooks;
            #items
        };
    }
}

/// What is asked about: the path of a field.
fn asked(at: usize) -> TokenStream {
    quote! { __READER.asked(#at) }
}

/// The two questions about a field: whether its path leads somewhere, and whether its type can hold what is there. One about a type that the
/// lens leaves open is asked where it is chosen. They are one constant, because each costs the compiler time, and a path that leads
/// nowhere is the only mistake of its field.
fn questions(lens: &Lens, at: usize, field: &Field) -> TokenStream {
    let leads = question("leads", &asked(at), &field.path);
    if lens.is_open(&field.ty) {
        return quote! { const _: __hooks::Asked = #leads; };
    }
    let holds = match has_functions(lens) {
        true => {
            let name = function(lens, at);
            quote! { #name(&()).holds }
        }
        false => holds(&of_any_lifetime(field.ty.to_token_stream(), "static")),
    };
    let fits = fits(field, &leads, &holds);
    quote! { const _: () = #fits; }
}

/// Whether the types of the fields depend on nothing but the lifetime of the lens, so that each can
/// have a function.
fn has_functions(lens: &Lens) -> bool {
    lens.generics.params.iter().all(|parameter| matches!(parameter, GenericParam::Lifetime(_)))
}

/// A function for the type of each field, which asks for all that the runtime needs of the type. It
/// asks once, so that a type which is no field of a lens is one error. The type itself stands in the
/// signature, right behind the name and the lifetime of the lens. For the compiler's suggestions
/// that is the same place as the struct, so a type that does not exist is one error too.
fn functions(lens: &Lens) -> TokenStream {
    if !has_functions(lens) {
        return TokenStream::new();
    }
    let (generics, lifetime) = (&lens.generics, &lens.lifetime);
    let elided = Lifetime::new("'_", Span::mixed_site());
    let asked = lifetime.as_ref().unwrap_or(&elided);
    let functions = lens.fields.iter().enumerate().map(|(at, Field { ty, .. })| {
        let (name, inferred) = (function(lens, at), inferred(ty.to_token_stream()));
        quote! {
            const fn #name #generics (_: & #lifetime ()) -> __hooks::FieldType<#asked, #ty> {
                <#inferred as __hooks::LensField<#asked>>::TYPE
            }
        }
    });
    functions.collect()
}

fn function(lens: &Lens, at: usize) -> Ident {
    Ident::new(&format!("__type{at}"), lens.name.span())
}

fn holds(ty: &TokenStream) -> TokenStream {
    quote! { <#ty as __hooks::LensField>::HOLDS }
}

fn fits(field: &Field, asked: &TokenStream, holds: &TokenStream) -> TokenStream {
    let written = spelled(&field.ty);
    question("fits", &quote!(#asked, #written, #holds), &field.ty)
}

/// What reads the lens.
fn reading(lens: &Lens, shapes: &TokenStream) -> TokenStream {
    let name = lens.name.to_string();
    let mut sorted: Vec<_> = lens.fields.iter().enumerate().collect();
    // Those with a common start stand together.
    sorted.sort_by_key(|(_, field)| &field.steps);
    let paths = sorted.iter().map(|(at, Field { path, steps, .. })| quote! { #path [#(#steps)*] #at });
    let fields = lens.fields.iter().enumerate().map(|(at, field)| {
        let (name, found, ty) = (&field.name, local(&format!("f{at}")), &field.ty);
        let place = match has_functions(lens) {
            true => {
                let name = function(lens, at);
                quote! { #name(&()).place }
            }
            false => quote! { <#ty as __hooks::LensField>::place },
        };
        quote! { #name #found [#place] }
    });
    let open = lens.fields.iter().enumerate().filter(|(_, field)| lens.is_open(&field.ty));
    let open = open.map(|(at, field)| {
        let fits = fits(field, &asked(at), &holds(&field.ty.to_token_stream()));
        quote! { [const { #fits };] }
    });
    let questions = lens.fields.iter().enumerate().map(|(at, field)| questions(lens, at, field));
    implementation(
        lens,
        &quote! { __READER = #name, &[#shapes], { #(#paths)* } { #(#fields)* } { #(#questions)* } #(#open)* },
    )
}

/// The implementation, which a macro of the runtime writes.
fn implementation(lens: &Lens, reads: &TokenStream) -> TokenStream {
    let (name, lifetime, parameters) = (&lens.name, lifetime(lens), parameters(lens));
    let is_open = |ty: &&Type| lens.is_open(ty);
    let open = lens.fields.iter().map(|field| &field.ty).filter(is_open);
    let mut generics = lens.generics.clone();
    for ty in open.clone() {
        let bound = syn::parse_quote! { #ty: __hooks::LensField<#lifetime> };
        generics.make_where_clause().predicates.push(bound);
    }
    let (_, arguments, bounds) = generics.split_for_impl();
    // Where a type that is open is at fault, the compiler must name that one, and otherwise none that has nothing to do with the fault.
    let hidden = (open.count() == 0).then(|| quote! { #[diagnostic::do_not_recommend] });
    quote! { __hooks::lens! { #hidden impl [#(#parameters),*] for #lifetime [#name #arguments] [#bounds] reads #reads } }
}

/// The objects that the lens fits. That it fits the events which carry them, the runtime knows of all lenses.
fn fitting(lens: &Lens) -> TokenStream {
    let (name, own) = (&lens.name, own(lens));
    let (_, arguments, bounds) = lens.generics.split_for_impl();
    let objects = lens.objects.iter().filter_map(carried).map(|object| {
        quote! { impl<#(#own),*> __hooks::LensOf<__hooks::objects::#object> for #name #arguments #bounds {} }
    });
    quote! { #(#objects)* }
}

/// The lifetime of the JSON: the lens's own, if it borrows.
fn lifetime(lens: &Lens) -> Lifetime {
    lens.lifetime.clone().unwrap_or_else(|| Lifetime::new("'__de", Span::mixed_site()))
}

/// The generic parameters of an implementation for this lifetime, without defaults.
fn parameters(lens: &Lens) -> Vec<TokenStream> {
    let borrowed = lens.lifetime.is_none().then(|| lifetime(lens).into_token_stream());
    borrowed.into_iter().chain(own(lens)).collect()
}

/// The generic parameters of the lens itself, without defaults.
fn own(lens: &Lens) -> Vec<TokenStream> {
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

/// A variable of the expansion. Hygiene keeps it from the user's variables, and its name from his statics, which no variable may share.
fn local(name: &str) -> Ident {
    format_ident!("__{name}", span = Span::mixed_site())
}

/// A type with every lifetime in it replaced, so that it can stand in a constant.
fn of_any_lifetime(code: TokenStream, lifetime: &str) -> TokenStream {
    let mut after_quote = false;
    let replaced = code.into_iter().map(|token| {
        let quoted = std::mem::replace(
            &mut after_quote,
            matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\''),
        );
        match token {
            TokenTree::Ident(ident) if quoted => TokenTree::Ident(Ident::new(lifetime, ident.span())),
            TokenTree::Group(group) => {
                let mut replaced = Group::new(group.delimiter(), of_any_lifetime(group.stream(), lifetime));
                replaced.set_span(group.span());
                TokenTree::Group(replaced)
            }
            token => token,
        }
    });
    replaced.collect()
}
