// #[on_event("account.updated", name = "accounts/sync", endpoint = Connect, crate = crate::stripe)]
// #[cfg(feature = "connect")]
// async fn sync(account: Account) {}

#[cfg(feature = "connect")]
async fn sync(account: Account) {}
#[cfg(feature = "connect")]
const _: () = {
    use crate::stripe::__private as __hooks;
    __hooks::argument!(
        ArgumentOfSyncOnAccountUpdated,
        "`sync` cannot take `{Self}`: it handles `account.updated`",
        "`account.updated` is a snapshot event that carries an `Account`; its fields need the cargo feature `connect`",
        "help: take `Account` or `Event<Account>` with the feature `connect`, a lens of `\"account\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        __hooks::events::AccountUpdated
    );
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __a0 = <_ as ArgumentOfSyncOnAccountUpdated<'_>>::FROM;
        let __conversion = <_ as __hooks::IntoOutcome>::CONVERSION;
        let __event = __call.event(&[__a0.needs], __conversion.replies)?;
        let __index = 0;
        let __a0 = (__a0.extract[__index])(__event)?;
        __hooks::start_async(__hooks::Box::new(sync(__a0)), __conversion)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        id: "accounts/sync",
        endpoint: <Connect as __hooks::EndpointName>::INFO,
        ..__hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::sync"),
            &[<__hooks::events::AccountUpdated as __hooks::EventType>::INFO],
            __run,
        )
    });
};
