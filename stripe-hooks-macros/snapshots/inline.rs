// #[on_event("checkout.session.completed", inline)]
// async fn fulfil(session: CheckoutSession) {}

async fn fulfil(session: CheckoutSession) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        ArgumentOfFulfilOnCheckoutSessionCompleted,
        "`fulfil` cannot take `{Self}`: it handles `checkout.session.completed`",
        "`checkout.session.completed` is a snapshot event that carries a `CheckoutSession`; its fields need the cargo feature `checkout`",
        "help: take `CheckoutSession` or `Event<CheckoutSession>` with the feature `checkout`, a lens of `\"checkout.session\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        __hooks::events::CheckoutSessionCompleted
    );
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __a0 = <_ as ArgumentOfFulfilOnCheckoutSessionCompleted<'_>>::FROM;
        let __conversion = <_ as __hooks::IntoOutcome>::CONVERSION;
        let __event = __call.event(&[__a0.needs], __conversion.replies)?;
        let __index = 0;
        let __a0 = (__a0.extract[__index])(__event)?;
        __hooks::start_async(__hooks::Box::new(fulfil(__a0)), __conversion)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        policy: __hooks::Policy {
            inline: ::core::option::Option::Some(__hooks::Policy::INLINE),
            ..__hooks::Policy::DEFAULT
        },
        ..__hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::fulfil"),
            &[<__hooks::events::CheckoutSessionCompleted as __hooks::EventType>::INFO],
            __run,
        )
    });
};
