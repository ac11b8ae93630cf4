// #[on_event("customer.subscription.*", except("customer.subscription.trial_will_end"))]
// async fn sync(subscription: Subscription) {}

async fn sync(subscription: Subscription) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        ArgumentOfSyncOnCustomerSubscriptionAny,
        "`sync` cannot take `{Self}`: it handles `customer.subscription.*`",
        "these events carry a `Subscription` each; its fields need the cargo feature `billing`",
        "help: take `Subscription` or `Event<Subscription>` with the feature `billing`, a lens of `\"subscription\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them",
        __hooks::events::CustomerSubscriptionCreated,
        __hooks::events::CustomerSubscriptionDeleted,
        __hooks::events::CustomerSubscriptionPaused,
        __hooks::events::CustomerSubscriptionPendingUpdateApplied,
        __hooks::events::CustomerSubscriptionPendingUpdateExpired,
        __hooks::events::CustomerSubscriptionResumed,
        __hooks::events::CustomerSubscriptionUpdated
    );
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __a0 = <_ as ArgumentOfSyncOnCustomerSubscriptionAny<'_>>::FROM;
        let __conversion = <_ as __hooks::IntoOutcome>::CONVERSION;
        let __event = __call.event(&[__a0.needs], __conversion.replies)?;
        let __index = __hooks::extractor_index(
            &[
                <__hooks::events::CustomerSubscriptionCreated as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionDeleted as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionPaused as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionPendingUpdateApplied as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionPendingUpdateExpired as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionResumed as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionUpdated as __hooks::EventType>::INFO,
            ],
            __event,
        )?;
        let __a0 = (__a0.extract[__index])(__event)?;
        __hooks::start_async(__hooks::Box::new(sync(__a0)), __conversion)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::sync"),
            &[
                <__hooks::events::CustomerSubscriptionCreated as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionDeleted as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionPaused as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionPendingUpdateApplied as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionPendingUpdateExpired as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionResumed as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionUpdated as __hooks::EventType>::INFO,
            ],
            __run,
        ),
    );
};
