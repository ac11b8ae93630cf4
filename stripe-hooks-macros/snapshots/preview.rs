// #[on_event("customer.subscription.collection_paused")]
// async fn pause(event: Event<Raw>) {}

async fn pause(event: Event<Raw>) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    #[diagnostic::on_unimplemented(
        message = "`pause` cannot take `{Self}`: it handles `customer.subscription.collection_paused`",
        label = "`customer.subscription.collection_paused` is a preview: its object has no type yet",
        note = "help: take `Event<Raw>`, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: __hooks::Ways<'cx, Self>;
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<
            'cx,
            __hooks::events::CustomerSubscriptionCollectionPaused,
        >,
    {
        const FROM: __hooks::Ways<'cx, Self> = __hooks::Ways(
            &[
                __hooks::Extraction::of::<
                    __hooks::events::CustomerSubscriptionCollectionPaused,
                >(),
            ],
        );
    }
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let a0 = <Event<Raw> as HandlerArgument<'_>>::FROM;
        let settle = <() as __hooks::IntoOutcome>::SETTLE;
        let event = call.event(&[&a0], settle.replies)?;
        let a0 = a0.extract(event)?;
        __hooks::start(__hooks::Box::new(pause(a0)), settle)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::pause"),
            &[
                <__hooks::events::CustomerSubscriptionCollectionPaused as __hooks::EventType>::INFO,
            ],
            __run,
        ),
    );
};
