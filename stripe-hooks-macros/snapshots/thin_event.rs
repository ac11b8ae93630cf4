// #[on_event("v2.core.account[configuration.customer].updated")]
// async fn sync(event: ThinEvent) {}

async fn sync(event: ThinEvent) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        ArgumentOfSyncOnV2CoreAccountConfigurationCustomerUpdated,
        "`sync` cannot take `{Self}`: it handles `v2.core.account[configuration.customer].updated`",
        "`v2.core.account[configuration.customer].updated` is a thin event: it names its object and carries none",
        "help: take `ThinEvent`, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        __hooks::events::V2CoreAccountConfigurationCustomerUpdated
    );
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __a0 = <_ as ArgumentOfSyncOnV2CoreAccountConfigurationCustomerUpdated<
            '_,
        >>::FROM;
        let __conversion = <_ as __hooks::IntoOutcome>::CONVERSION;
        let __event = __call.event(&[__a0.needs], __conversion.replies)?;
        let __index = 0;
        let __a0 = (__a0.extract[__index])(__event)?;
        __hooks::start_async(__hooks::Box::new(sync(__a0)), __conversion)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::sync"),
            &[
                <__hooks::events::V2CoreAccountConfigurationCustomerUpdated as __hooks::EventType>::INFO,
            ],
            __run,
        ),
    );
};
