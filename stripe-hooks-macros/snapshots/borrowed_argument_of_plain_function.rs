// #[on_event("invoice.paid")]
// fn book(ledger: &mut Ledger) {}

fn book(ledger: &mut Ledger) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    fn __run(__call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let __settle = <() as __hooks::IntoOutcome>::SETTLE;
        let __event = __call
            .event(&[&[<Ledger as __hooks::Lend<'_>>::needs]], __settle.replies)?;
        <Ledger as __hooks::Lend<
            '_,
        >>::lend_to(__event, move |__a0, _| __hooks::finish(book(__a0), __settle))
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::book"),
            &[<__hooks::events::InvoicePaid as __hooks::EventType>::INFO],
            __run,
        ),
    );
};
