// #[on_event("payment_intent.succeeded")]
// async fn fulfil(intent: PaymentIntent, State(db): State<Db>) -> Result<(), FulfilError> {}

async fn fulfil(intent: PaymentIntent, State(db): State<Db>) -> Result<(), FulfilError> {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        ArgumentOfFulfilOnPaymentIntentSucceeded,
        "`fulfil` cannot take `{Self}`: it handles `payment_intent.succeeded`",
        "`payment_intent.succeeded` is a snapshot event that carries a `PaymentIntent`; its fields need the cargo feature `payments`",
        "help: take `PaymentIntent` or `Event<PaymentIntent>` with the feature `payments`, a lens of `\"payment_intent\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        __hooks::events::PaymentIntentSucceeded
    );
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __a0 = <_ as ArgumentOfFulfilOnPaymentIntentSucceeded<'_>>::FROM;
        let __a1 = <__hooks::SameType<
            _,
        > as ArgumentOfFulfilOnPaymentIntentSucceeded<'_>>::FROM;
        let __conversion = <__hooks::SameType<_> as __hooks::IntoOutcome>::CONVERSION;
        let __event = __call.event(&[__a0.needs, __a1.needs], __conversion.replies)?;
        let __index = 0;
        let __a0 = (__a0.extract[__index])(__event)?;
        let __a1 = (__a1.extract[__index])(__event)?;
        __hooks::start_async(__hooks::Box::new(fulfil(__a0, __a1)), __conversion)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::fulfil"),
            &[<__hooks::events::PaymentIntentSucceeded as __hooks::EventType>::INFO],
            __run,
        ),
    );
};
