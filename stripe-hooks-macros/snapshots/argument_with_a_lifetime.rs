// #[on_event("invoice.paid")]
// async fn book(note: Note<'_>) -> Result<(), Trouble<'static>> {}

async fn book(note: Note<'_>) -> Result<(), Trouble<'static>> {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        HandlerArgument, "`book` cannot take `{Self}`: it handles `invoice.paid`",
        "`invoice.paid` is a snapshot event that carries an `Invoice`",
        "help: take `Invoice` or `Event<Invoice>` (cargo feature `billing`), a lens of `\"invoice\"`, `Event<Raw>`, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        __hooks::events::InvoicePaid
    );
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let a0 = <Note<'_> as HandlerArgument<'_>>::FROM;
        let settle = <Result<(), Trouble<'static>> as __hooks::IntoOutcome>::SETTLE;
        let event = call.event(&[a0[0usize].needs], settle.replies)?;
        let way = 0;
        let a0 = (a0[way].from)(event)?;
        __hooks::start(__hooks::Box::new(book(a0)), settle)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::book"),
            &[<__hooks::events::InvoicePaid as __hooks::EventType>::INFO],
            __run,
        ),
    );
};
