// #[on_event("invoice.paid")]
// async fn book(invoice: Option<Invoice>, id: EventId) {}

async fn book(invoice: Option<Invoice>, id: EventId) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        ArgumentOfBookOnInvoicePaid,
        "`book` cannot take `{Self}`: it handles `invoice.paid`",
        "an object that does not decode is an error, and must not become `None`",
        "help: take `Invoice` itself; an `Option` is for what an event may lack, such as `Option<RequestId>`",
        __hooks::events::InvoicePaid
    );
    __hooks::argument!(
        ArgumentOfBookOnInvoicePaid2,
        "`book` cannot take `{Self}`: it handles `invoice.paid`",
        "`invoice.paid` is a snapshot event that carries an `Invoice`",
        "help: take `Invoice` or `Event<Invoice>` (cargo feature `billing`), a lens of `\"invoice\"`, `Event<Raw>`, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        __hooks::events::InvoicePaid
    );
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __a0 = <__hooks::SameType<_> as ArgumentOfBookOnInvoicePaid<'_>>::FROM;
        let __a1 = <_ as ArgumentOfBookOnInvoicePaid2<'_>>::FROM;
        let __conversion = <_ as __hooks::IntoOutcome>::CONVERSION;
        let __event = __call.event(&[__a0.needs, __a1.needs], __conversion.replies)?;
        let __index = 0;
        let __a0 = (__a0.extract[__index])(__event)?;
        let __a1 = (__a1.extract[__index])(__event)?;
        __hooks::start_async(__hooks::Box::new(book(__a0, __a1)), __conversion)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::book"),
            &[<__hooks::events::InvoicePaid as __hooks::EventType>::INFO],
            __run,
        ),
    );
};
