// #[on_event("invoice.paid")]
// async fn book(invoice: Invoice, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {}

async fn book(invoice: Invoice, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        ArgumentOfBookOnInvoicePaid,
        "`book` cannot take `{Self}`: it handles `invoice.paid`",
        "`invoice.paid` is a snapshot event that carries an `Invoice`; its fields need the cargo feature `billing`",
        "help: take `Invoice` or `Event<Invoice>` with the feature `billing`, a lens of `\"invoice\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        __hooks::events::InvoicePaid
    );
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __a0 = <_ as ArgumentOfBookOnInvoicePaid<'_>>::FROM;
        let __loan = <__hooks::SameType<_> as __hooks::Lend<'_>>::LOAN;
        let __conversion = <__hooks::SameType<_> as __hooks::IntoOutcome>::CONVERSION;
        let __event = __call
            .event(&[__a0.needs, &[__loan.needs]], __conversion.replies)?;
        let __index = 0;
        let __a0 = (__a0.extract[__index])(__event)?;
        <__hooks::SameType<
            _,
        > as __hooks::Lend<
            '_,
        >>::lend_to(
            __event,
            move |__a1, _| __hooks::start_async(
                __hooks::Box::new(book(__a0, __loan.borrowed_type(__a1))),
                __conversion,
            ),
        )
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::book"),
            &[<__hooks::events::InvoicePaid as __hooks::EventType>::INFO],
            __run,
        ),
    );
};
