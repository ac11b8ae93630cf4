// #[on_event("customer.subscription.updated", when(status: "trialing" => "active"), changed(items.data[].price.id))]
// async fn welcome(subscription: Subscription) {}

async fn welcome(subscription: Subscription) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    static __SHAPES: __hooks::Shapes = &[
        <__hooks::objects::Subscription as __hooks::HasSchema>::SHAPES,
    ];
    const __CHANGE0: __hooks::PathQuery = __hooks::path_query(
        "welcome",
        "status",
        &[__hooks::Key("status")],
        __SHAPES,
    );
    const _: __hooks::PathQuery = __hooks::assert_path(__CHANGE0);
    const _: () = __hooks::assert_comparable(
        __CHANGE0,
        __hooks::Expected::Text("trialing"),
    );
    const _: () = __hooks::assert_comparable(
        __CHANGE0,
        __hooks::Expected::Text("active"),
    );
    const __CHANGE1: __hooks::PathQuery = __hooks::path_query(
        "welcome",
        "items.data[].price.id",
        &[
            __hooks::Key("items"),
            __hooks::Key("data"),
            __hooks::Each,
            __hooks::Key("price"),
            __hooks::Key("id"),
        ],
        __SHAPES,
    );
    const _: __hooks::PathQuery = __hooks::assert_path(__CHANGE1);
    __hooks::argument!(
        ArgumentOfWelcomeOnCustomerSubscriptionUpdated,
        "`welcome` cannot take `{Self}`: it handles `customer.subscription.updated`",
        "`customer.subscription.updated` is a snapshot event that carries a `Subscription`; its fields need the cargo feature `billing`",
        "help: take `Subscription` or `Event<Subscription>` with the feature `billing`, a lens of `\"subscription\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        __hooks::events::CustomerSubscriptionUpdated
    );
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __a0 = <_ as ArgumentOfWelcomeOnCustomerSubscriptionUpdated<'_>>::FROM;
        let __conversion = <_ as __hooks::IntoOutcome>::CONVERSION;
        let __event = __call.event(&[__a0.needs], __conversion.replies)?;
        let __index = 0;
        let __a0 = (__a0.extract[__index])(__event)?;
        __hooks::start_async(__hooks::Box::new(welcome(__a0)), __conversion)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        condition: &[
            __hooks::Condition {
                steps: __CHANGE0.steps,
                from: ::core::option::Option::Some(__hooks::Expected::Text("trialing")),
                to: ::core::option::Option::Some(__hooks::Expected::Text("active")),
            },
            __hooks::Condition {
                steps: __CHANGE1.steps,
                from: ::core::option::Option::None,
                to: ::core::option::Option::None,
            },
        ],
        ..__hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::welcome"),
            &[
                <__hooks::events::CustomerSubscriptionUpdated as __hooks::EventType>::INFO,
            ],
            __run,
        )
    });
};
