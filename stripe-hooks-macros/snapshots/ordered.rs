// #[on_event("product.*", "invoice.paid", order = "object", stale = "skip", parked = "holds", retries = 3)]
// async fn sync(id: EventId) {}

async fn sync(id: EventId) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    const _: () = __hooks::assert_order(
        "sync",
        "product.*",
        &[
            <__hooks::events::ProductCreated as __hooks::EventType>::INFO,
            <__hooks::events::ProductDeleted as __hooks::EventType>::INFO,
            <__hooks::events::ProductUpdated as __hooks::EventType>::INFO,
        ],
    );
    const _: () = __hooks::assert_order(
        "sync",
        "invoice.paid",
        &[<__hooks::events::InvoicePaid as __hooks::EventType>::INFO],
    );
    __hooks::argument!(
        ArgumentOfSyncOnProductAny,
        "`sync` cannot take `{Self}`: it handles `product.*` and `invoice.paid`",
        "`product.created` carries a `Product`, `invoice.paid` carries an `Invoice`",
        "help: take `Event<Raw>`, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them; or write a handler for each object",
        __hooks::events::ProductCreated, __hooks::events::ProductDeleted,
        __hooks::events::ProductUpdated, __hooks::events::InvoicePaid
    );
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __a0 = <_ as ArgumentOfSyncOnProductAny<'_>>::FROM;
        let __conversion = <_ as __hooks::IntoOutcome>::CONVERSION;
        let __event = __call.event(&[__a0.needs], __conversion.replies)?;
        let __index = __hooks::extractor_index(
            &[
                <__hooks::events::ProductCreated as __hooks::EventType>::INFO,
                <__hooks::events::ProductDeleted as __hooks::EventType>::INFO,
                <__hooks::events::ProductUpdated as __hooks::EventType>::INFO,
                <__hooks::events::InvoicePaid as __hooks::EventType>::INFO,
            ],
            __event,
        )?;
        let __a0 = (__a0.extract[__index])(__event)?;
        __hooks::start_async(__hooks::Box::new(sync(__a0)), __conversion)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        policy: __hooks::Policy {
            retries: 3u32,
            order: ::core::option::Option::Some(__hooks::Order {
                skips_stale: true,
                parked_holds: true,
            }),
            ..__hooks::Policy::DEFAULT
        },
        ..__hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::sync"),
            &[
                <__hooks::events::ProductCreated as __hooks::EventType>::INFO,
                <__hooks::events::ProductDeleted as __hooks::EventType>::INFO,
                <__hooks::events::ProductUpdated as __hooks::EventType>::INFO,
                <__hooks::events::InvoicePaid as __hooks::EventType>::INFO,
            ],
            __run,
        )
    });
};
