// #[on_event("customer.subscription.*", except("customer.subscription.trial_will_end"))]
// async fn sync(subscription: Subscription) {}

async fn sync(subscription: Subscription) {}
const _: () = {
    use ::stripe_hooks::__private::{self as __hooks, Ways as _};
    #[diagnostic::on_unimplemented(
        message = "`sync` cannot take `{Self}`: it handles `customer.subscription.*`",
        label = "these events carry a `Subscription` each; its fields need the cargo feature `billing`",
        note = "help: take `Subscription` or `Event<Subscription>` with the feature `billing`, a lens of `\"subscription\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>];
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<'cx, __hooks::events::CustomerSubscriptionCreated>,
        T: __hooks::FromEvent<'cx, __hooks::events::CustomerSubscriptionDeleted>,
        T: __hooks::FromEvent<'cx, __hooks::events::CustomerSubscriptionPaused>,
        T: __hooks::FromEvent<
            'cx,
            __hooks::events::CustomerSubscriptionPendingUpdateApplied,
        >,
        T: __hooks::FromEvent<
            'cx,
            __hooks::events::CustomerSubscriptionPendingUpdateExpired,
        >,
        T: __hooks::FromEvent<'cx, __hooks::events::CustomerSubscriptionResumed>,
        T: __hooks::FromEvent<'cx, __hooks::events::CustomerSubscriptionUpdated>,
    {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>] = &[
            __hooks::Extraction::of::<__hooks::events::CustomerSubscriptionCreated>(),
            __hooks::Extraction::of::<__hooks::events::CustomerSubscriptionDeleted>(),
            __hooks::Extraction::of::<__hooks::events::CustomerSubscriptionPaused>(),
            __hooks::Extraction::of::<
                __hooks::events::CustomerSubscriptionPendingUpdateApplied,
            >(),
            __hooks::Extraction::of::<
                __hooks::events::CustomerSubscriptionPendingUpdateExpired,
            >(),
            __hooks::Extraction::of::<__hooks::events::CustomerSubscriptionResumed>(),
            __hooks::Extraction::of::<__hooks::events::CustomerSubscriptionUpdated>(),
        ];
    }
    fn __needs(needs: &mut __hooks::Needs) -> bool {
        <Subscription as HandlerArgument<'_>>::FROM.needs(needs);
        <() as __hooks::IntoOutcome>::REPLIES
    }
    fn __run(event: __hooks::Incoming<'_>) -> __hooks::Started<'_> {
        let a0 = <Subscription as HandlerArgument<'_>>::FROM.extract(event)?;
        let settle = <() as __hooks::IntoOutcome>::into_outcome;
        __hooks::start(sync(a0), settle)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        events: &[
            <__hooks::events::CustomerSubscriptionCreated as __hooks::EventType>::INFO,
            <__hooks::events::CustomerSubscriptionDeleted as __hooks::EventType>::INFO,
            <__hooks::events::CustomerSubscriptionPaused as __hooks::EventType>::INFO,
            <__hooks::events::CustomerSubscriptionPendingUpdateApplied as __hooks::EventType>::INFO,
            <__hooks::events::CustomerSubscriptionPendingUpdateExpired as __hooks::EventType>::INFO,
            <__hooks::events::CustomerSubscriptionResumed as __hooks::EventType>::INFO,
            <__hooks::events::CustomerSubscriptionUpdated as __hooks::EventType>::INFO,
        ],
        needs: __needs,
        run: __run,
        ..__hooks::Registration::new(::core::concat!(::core::module_path!(), "::sync"))
    });
};
