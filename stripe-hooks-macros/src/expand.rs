//! Writes the expansion: the user's function, unchanged and first, then one block that registers it.
//!
//! The block holds a local trait, which gives type errors our words (see [`wording`](crate::wording)), and one constant. It is
//! made so that one mistake is one error:
//! - every question about an argument is put through the local trait, whose only implementation is hidden from the compiler's
//!   explanations, so that ten events that do not fit are one error and not ten;
//! - a type that is named twice is named with the same tokens, so that the compiler tells the two errors from each other by nothing
//!   and shows one;
//! - `Send` is asked for in one place, at the call of the user's function.

use proc_macro2::{Group, Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Type;

use crate::{
    check::{Argument, Plan, check, plain_name},
    mistakes::Mistakes,
    parse::{Handler, Request},
    select::{Chosen, Selection, is_thin_name},
    wording::Words,
};

/// The whole macro.
pub(crate) fn on_event(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let registration = match Handler::read(item.clone()) {
        Ok(handler) => {
            let request = Request::read(attribute, &mut mistakes);
            Some(check(request, handler, &mut mistakes))
        }
        Err(error) => {
            mistakes.push(error);
            None
        }
    };
    let addition = mistakes.into_tokens().or_else(|| registration.map(|plan| Expansion::new(&plan).block()));
    quote! { #item #addition }
}

struct Expansion<'a> {
    plan: &'a Plan,
    /// The path of the hidden module that expansions may name.
    runtime: TokenStream,
    /// The local traits: one for each wording, nearly always one.
    wordings: Vec<&'a Words>,
}

impl<'a> Expansion<'a> {
    fn new(plan: &'a Plan) -> Self {
        let runtime = match &plan.runtime {
            Some(path) => quote! { #path::__private },
            None => quote! { ::stripe_hooks::__private },
        };
        let mut wordings = Vec::new();
        for argument in &plan.arguments {
            if let Argument::Owned { words, .. } = argument
                && !wordings.contains(&words)
            {
                wordings.push(words);
            }
        }
        Self { plan, runtime, wordings }
    }

    fn block(&self) -> TokenStream {
        let conditions = &self.plan.conditions;
        let runtime = &self.runtime;
        let imports = match self.wordings.is_empty() {
            true => quote! { #runtime as __hooks },
            false => quote! { #runtime::{self as __hooks, Ways as _} },
        };
        let warning = self.warning();
        let traits = self.wordings.iter().enumerate().map(|(at, words)| self.argument_trait(at, words));
        let registration = self.registration();
        quote! {
            #(#conditions)*
            const _: () = {
                use #imports;
                #warning
                #(#traits)*
                const HANDLER: __hooks::Registration = #registration;
                __hooks::inventory::submit!(HANDLER);
            };
        }
    }

    /// What an argument must be, with the words for when it is not.
    fn argument_trait(&self, at: usize, words: &Words) -> TokenStream {
        let name = trait_name(at);
        let Words { message, label, help } = words;
        let markers: Vec<_> = self.markers();
        quote! {
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #help)]
            trait #name<'cx>: Sized + 'cx {
                const FROM: &'cx [__hooks::Extraction<'cx, Self>];
            }
            #[diagnostic::do_not_recommend]
            impl<'cx, T: 'cx> #name<'cx> for T
            where
                #(T: __hooks::FromEvent<'cx, #markers>,)*
            {
                const FROM: &'cx [__hooks::Extraction<'cx, Self>] = &[#(__hooks::Extraction::of::<#markers>()),*];
            }
        }
    }

    fn registration(&self) -> TokenStream {
        let plan = self.plan;
        let path = format!("::{}", plain_name(&plan.handler));
        let events = self.events();
        let output = &plan.output;
        let needs = self.needs();
        let run = self.run();
        let given = self.given();
        quote! {
            __hooks::Registration {
                #(#given,)*
                events: &[#(#events),*],
                needs: #needs,
                replies: <#output as __hooks::IntoOutcome>::REPLIES,
                run: #run,
                ..__hooks::Registration::new(::core::concat!(::core::module_path!(), #path))
            }
        }
    }

    /// The fields that the attribute gives by its keys.
    fn given(&self) -> Vec<TokenStream> {
        let plan = self.plan;
        let mut fields = Vec::new();
        if let Some(name) = &plan.name {
            fields.push(quote! { id: #name });
        }
        if let Some(endpoint) = &plan.endpoint {
            fields.push(quote! { endpoint: || __hooks::EndpointName::of::<#endpoint>() });
        }
        if let Some(except) = &plan.selection.catch_all {
            fields.push(quote! { catch_all: ::core::option::Option::Some(&[#(#except),*]) });
        }
        fields
    }

    /// The facts of each event, as the runtime's catalogue has them.
    fn events(&self) -> Vec<TokenStream> {
        let Selection { events, unlisted, .. } = &self.plan.selection;
        let listed = events.iter().map(|event| {
            let marker = self.marker(event);
            quote! { <#marker as __hooks::EventType>::INFO }
        });
        let unlisted = unlisted.iter().map(|name| {
            let form = if is_thin_name(&name.value()) { quote!(Thin) } else { quote!(Snapshot) };
            quote! { &__hooks::unlisted(#name, __hooks::EventForm::#form) }
        });
        listed.chain(unlisted).collect()
    }

    /// The types that stand for the events where arguments are checked. Those that `"*"` catches share one, which carries no
    /// particular object.
    fn markers(&self) -> Vec<TokenStream> {
        let Selection { events, unlisted, catch_all, .. } = &self.plan.selection;
        let caught = |event: &&Chosen| catch_all.is_none() || event.row.thin;
        let mut markers: Vec<_> = events.iter().filter(caught).map(|event| self.marker(event)).collect();
        if catch_all.is_some() || unlisted.iter().any(|name| !is_thin_name(&name.value())) {
            markers.push(quote! { __hooks::AnySnapshot });
        }
        if unlisted.iter().any(|name| is_thin_name(&name.value())) {
            markers.push(quote! { __hooks::AnyThin });
        }
        markers
    }

    /// The marker type of an event. Where the user wrote its name, the marker has the span of the name, which leads editors from there to the
    /// documentation of the event.
    fn marker(&self, event: &Chosen) -> TokenStream {
        let span = if event.matched { Span::mixed_site() } else { event.literal.span() };
        let marker = Ident::new(event.row.marker, span.resolved_at(Span::mixed_site()));
        quote! { __hooks::events::#marker }
    }

    fn needs(&self) -> TokenStream {
        let needs = local("needs");
        let asked = self.plan.arguments.iter().map(|argument| match argument {
            Argument::Owned { ty, words } => {
                let from = self.from(ty, words);
                quote! { #from.needs(#needs); }
            }
            Argument::Lent { ty } => quote! { <#ty as __hooks::Loan<'_>>::needs(#needs); },
        });
        match self.plan.arguments.is_empty() {
            true => quote! { |_| {} },
            false => quote! { |#needs| { #(#asked)* } },
        }
    }

    /// Extracts the arguments, one line each, and starts the user's function.
    fn run(&self) -> TokenStream {
        let event = local("event");
        let extracted = self.plan.arguments.iter().enumerate().filter_map(|(at, argument)| {
            let Argument::Owned { ty, words } = argument else { return None };
            let (value, from) = (value(at), self.from(ty, words));
            Some(quote! { let #value = #from.extract(#event)?; })
        });
        let started = self.started(&event);
        quote! {
            |#event| {
                #(#extracted)*
                #started
            }
        }
    }

    /// Starts the user's function, inside of a loan if it borrows.
    fn started(&self, event: &Ident) -> TokenStream {
        let work = self.work();
        let lent = self.plan.arguments.iter().enumerate().find_map(|(at, argument)| match argument {
            Argument::Lent { ty } => Some((value(at), ty)),
            Argument::Owned { .. } => None,
        });
        match lent {
            Some((value, ty)) => quote! { <#ty as __hooks::Loan<'_>>::run(#event, move |#value, _| #work) },
            None => work,
        }
    }

    /// The call and the conversion of what it returns.
    fn work(&self) -> TokenStream {
        let plan = self.plan;
        let output = &plan.output;
        let settle = quote! { <#output as __hooks::IntoOutcome>::into_outcome };
        let call = self.call();
        match plan.is_async {
            true => quote! { __hooks::run_async(#call, #settle) },
            false => quote! { __hooks::run_plain(#settle(#call)) },
        }
    }

    /// The call of the user's function, in one span: its name.
    fn call(&self) -> TokenStream {
        let handler = &self.plan.handler;
        let arguments = (0..self.plan.arguments.len()).map(value);
        let mut arguments = Group::new(proc_macro2::Delimiter::Parenthesis, quote! { #(#arguments),* });
        arguments.set_span(handler.span());
        quote! { #handler #arguments }
    }

    /// The ways to make an argument of this type, one for each event.
    fn from(&self, ty: &Type, words: &Words) -> TokenStream {
        let at = self.wordings.iter().position(|other| *other == words).unwrap_or_default();
        let name = trait_name(at);
        quote! { <#ty as #name<'_>>::FROM }
    }

    /// A warning, which a macro can give only by using something deprecated.
    fn warning(&self) -> Option<TokenStream> {
        let unlisted = self.plan.needless_unlisted.as_ref()?;
        let note = format!(
            "the catalogue lists every event of `{}` by now\nhelp: remove `unlisted`",
            self.plan.handler
        );
        Some(quote! {
            #[deprecated(note = #note)]
            #[allow(non_upper_case_globals)]
            const unlisted: () = ();
            const _: () = #unlisted;
        })
    }
}

/// A variable of the wrapper, which the user's tokens can neither see nor hide.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

fn value(at: usize) -> Ident {
    format_ident!("a{at}", span = Span::mixed_site())
}

fn trait_name(at: usize) -> Ident {
    match at {
        0 => format_ident!("HandlerArgument"),
        at => format_ident!("HandlerArgument{at}"),
    }
}
