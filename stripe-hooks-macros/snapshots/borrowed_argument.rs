// #[on_event("invoice.paid")]
// async fn book(invoice: Invoice, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {}

async fn book(invoice: Invoice, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        HandlerArgument, "`book` cannot take `{Self}`: it handles `invoice.paid`",
        "`invoice.paid` is a snapshot event that carries an `Invoice`; its fields need the cargo feature `billing`",
        "help: take `Invoice` or `Event<Invoice>` with the feature `billing`, a lens of `\"invoice\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        __hooks::events::InvoicePaid
    );
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let a0 = <Invoice as HandlerArgument<'_>>::FROM;
        let settle = <Result<(), sqlx::Error> as __hooks::IntoOutcome>::SETTLE;
        let event = call
            .event(
                &[a0[0usize].needs, <InboxTx<Postgres> as __hooks::Lend<'_>>::needs],
                settle.replies,
            )?;
        let way = 0;
        let a0 = (a0[way].from)(event)?;
        <InboxTx<
            Postgres,
        > as __hooks::Lend<
            '_,
        >>::lend_to(
            event,
            move |a1, _| __hooks::start(__hooks::Box::new(book(a0, a1)), settle),
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
