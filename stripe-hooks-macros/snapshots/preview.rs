// #[on_event("customer.subscription.collection_paused")]
// async fn pause(event: Event<Raw>) {}

async fn pause(event: Event<Raw>) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        ArgumentOfPauseOnCustomerSubscriptionCollectionPaused,
        "`pause` cannot take `{Self}`: it handles `customer.subscription.collection_paused`",
        "`customer.subscription.collection_paused` is a preview: its object has no type yet",
        "help: take `Event<Raw>`, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        __hooks::events::CustomerSubscriptionCollectionPaused
    );
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __a0 = <__hooks::SameType<
            _,
        > as ArgumentOfPauseOnCustomerSubscriptionCollectionPaused<'_>>::FROM;
        let __conversion = <_ as __hooks::IntoOutcome>::CONVERSION;
        let __event = __call.event(&[__a0.needs], __conversion.replies)?;
        let __index = 0;
        let __a0 = (__a0.extract[__index])(__event)?;
        __hooks::start_async(__hooks::Box::new(pause(__a0)), __conversion)
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
