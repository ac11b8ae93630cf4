// #[on_event("checkout.session.completed", inline)]
// async fn fulfil(session: CheckoutSession) {}

async fn fulfil(session: CheckoutSession) {}
const _: () = {
    use ::stripe_hooks::__private::{self as __hooks, Ways as _};
    #[diagnostic::on_unimplemented(
        message = "`fulfil` cannot take `{Self}`: it handles `checkout.session.completed`",
        label = "`checkout.session.completed` is a snapshot event that carries a `CheckoutSession`; its fields need the cargo feature `checkout`",
        note = "help: take `CheckoutSession` or `Event<CheckoutSession>` with the feature `checkout`, a lens of `\"checkout.session\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>];
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<'cx, __hooks::events::CheckoutSessionCompleted>,
    {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>] = &[
            __hooks::Extraction::of::<__hooks::events::CheckoutSessionCompleted>(),
        ];
    }
    fn __needs(needs: &mut __hooks::Needs) -> bool {
        <CheckoutSession as HandlerArgument<'_>>::FROM.needs(needs);
        <() as __hooks::IntoOutcome>::REPLIES
    }
    fn __run(event: __hooks::Incoming<'_>) -> __hooks::Started<'_> {
        let a0 = <CheckoutSession as HandlerArgument<'_>>::FROM.extract(event)?;
        let settle = <() as __hooks::IntoOutcome>::into_outcome;
        __hooks::start(fulfil(a0), settle)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        policy: __hooks::Policy {
            inline: ::core::option::Option::Some(__hooks::Policy::INLINE),
            ..__hooks::Policy::DEFAULT
        },
        events: &[
            <__hooks::events::CheckoutSessionCompleted as __hooks::EventType>::INFO,
        ],
        needs: __needs,
        run: __run,
        ..__hooks::Registration::new(::core::concat!(::core::module_path!(), "::fulfil"))
    });
};
