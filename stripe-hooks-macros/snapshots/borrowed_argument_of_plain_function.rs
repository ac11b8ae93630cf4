// #[on_event("invoice.paid")]
// fn book(ledger: &mut Ledger) {}

fn book(ledger: &mut Ledger) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __loan = <_ as __hooks::Lend<'_>>::LOAN;
        let __conversion = <_ as __hooks::IntoOutcome>::CONVERSION;
        let __event = __call.event(&[&[__loan.needs]], __conversion.replies)?;
        <_ as __hooks::Lend<
            '_,
        >>::lend_to(
            __event,
            move |__a0, _| __hooks::finish_sync(
                book(__loan.borrowed_type(__a0)),
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
