// #[on_event("customer.subscription.updated", when(status: "trialing" => "active"), changed(items.data[].price.id))]
// async fn welcome(subscription: Subscription) {}

async fn welcome(subscription: Subscription) {}
const _: () = {
    use ::stripe_hooks::__private::{self as __hooks, Ways as _};
    const __SHAPES: __hooks::schema::Shapes = &[
        <__hooks::objects::Subscription as __hooks::schema::Described>::SHAPES,
    ];
    const __CHANGE0: __hooks::Asked = __hooks::Asked {
        reader: "welcome",
        path: "status",
        steps: &[__hooks::Step::Key("status")],
        shapes: __SHAPES,
    };
    const _: () = __hooks::leads(__CHANGE0);
    const _: () = __hooks::compares(__CHANGE0, __hooks::Expected::Text("trialing"));
    const _: () = __hooks::compares(__CHANGE0, __hooks::Expected::Text("active"));
    const __CHANGE1: __hooks::Asked = __hooks::Asked {
        reader: "welcome",
        path: "items.data[].price.id",
        steps: &[
            __hooks::Step::Key("items"),
            __hooks::Step::Key("data"),
            __hooks::Step::Each,
            __hooks::Step::Key("price"),
            __hooks::Step::Key("id"),
        ],
        shapes: __SHAPES,
    };
    const _: () = __hooks::leads(__CHANGE1);
    #[diagnostic::on_unimplemented(
        message = "`welcome` cannot take `{Self}`: it handles `customer.subscription.updated`",
        label = "`customer.subscription.updated` is a snapshot event that carries a `Subscription`; its fields need the cargo feature `billing`",
        note = "help: take `Subscription` or `Event<Subscription>` with the feature `billing`, a lens of `\"subscription\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>];
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<'cx, __hooks::events::CustomerSubscriptionUpdated>,
    {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>] = &[
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
        __hooks::start(welcome(a0), settle)
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
        events: &[
            <__hooks::events::CustomerSubscriptionUpdated as __hooks::EventType>::INFO,
        ],
        needs: __needs,
        run: __run,
        ..__hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::welcome"),
        )
    });
};
