// #[on_event("invoice.paid", "invoice.payment_failed")]
// async fn book(invoice: Invoice, id: EventId) {}

async fn book(invoice: Invoice, id: EventId) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        ArgumentOfBookOnInvoicePaid,
        "`book` cannot take `{Self}`: it handles `invoice.paid` and `invoice.payment_failed`",
        "these events carry an `Invoice` each; its fields need the cargo feature `billing`",
        "help: take `Invoice` or `Event<Invoice>` with the feature `billing`, a lens of `\"invoice\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them",
        __hooks::events::InvoicePaid, __hooks::events::InvoicePaymentFailed
    );
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __a0 = <_ as ArgumentOfBookOnInvoicePaid<'_>>::FROM;
        let __a1 = <_ as ArgumentOfBookOnInvoicePaid<'_>>::FROM;
        let __conversion = <_ as __hooks::IntoOutcome>::CONVERSION;
        let __event = __call.event(&[__a0.needs, __a1.needs], __conversion.replies)?;
        let __index = __hooks::extractor_index(
            &[
                <__hooks::events::InvoicePaid as __hooks::EventType>::INFO,
                <__hooks::events::InvoicePaymentFailed as __hooks::EventType>::INFO,
            ],
            __event,
        )?;
        let __a0 = (__a0.extract[__index])(__event)?;
        let __a1 = (__a1.extract[__index])(__event)?;
        __hooks::start_async(__hooks::Box::new(book(__a0, __a1)), __conversion)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::book"),
            &[
                <__hooks::events::InvoicePaid as __hooks::EventType>::INFO,
                <__hooks::events::InvoicePaymentFailed as __hooks::EventType>::INFO,
            ],
            __run,
        ),
    );
};
