// #[on_event("payment_intent.succeeded")]
// async fn fulfil(intent: PaymentIntent, State(db): State<Db>) -> Result<(), FulfilError> {}

async fn fulfil(intent: PaymentIntent, State(db): State<Db>) -> Result<(), FulfilError> {}
const _: () = {
    use ::stripe_hooks::__private::{self as __hooks, Ways as _};
    #[diagnostic::on_unimplemented(
        message = "`fulfil` cannot take `{Self}`: it handles `payment_intent.succeeded`",
        label = "`payment_intent.succeeded` is a snapshot event that carries a `PaymentIntent`; its fields need the cargo feature `payments`",
        note = "help: take `PaymentIntent` or `Event<PaymentIntent>` with the feature `payments`, a lens of `\"payment_intent\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>];
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<'cx, __hooks::events::PaymentIntentSucceeded>,
    {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>] = &[
            __hooks::Extraction::of::<__hooks::events::PaymentIntentSucceeded>(),
        ];
    }
    fn __needs(needs: &mut __hooks::Needs) -> bool {
        <PaymentIntent as HandlerArgument<'_>>::FROM.needs(needs);
        <State<Db> as HandlerArgument<'_>>::FROM.needs(needs);
        <Result<(), FulfilError> as __hooks::IntoOutcome>::REPLIES
    }
    fn __run(event: __hooks::Incoming<'_>) -> __hooks::Started<'_> {
        let a0 = <PaymentIntent as HandlerArgument<'_>>::FROM.extract(event)?;
        let a1 = <State<Db> as HandlerArgument<'_>>::FROM.extract(event)?;
        let settle = <Result<(), FulfilError> as __hooks::IntoOutcome>::into_outcome;
        __hooks::start(fulfil(a0, a1), settle)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        events: &[<__hooks::events::PaymentIntentSucceeded as __hooks::EventType>::INFO],
        needs: __needs,
        run: __run,
        ..__hooks::Registration::new(::core::concat!(::core::module_path!(), "::fulfil"))
    });
};
