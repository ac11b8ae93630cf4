// #[on_event("invoice.paid")]
// fn book(ledger: &mut Ledger) {}

fn book(ledger: &mut Ledger) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    fn __needs(needs: &mut __hooks::Needs) -> bool {
        <Ledger as __hooks::Loan<'_>>::needs(needs);
        <() as __hooks::IntoOutcome>::REPLIES
    }
    fn __run(event: __hooks::Incoming<'_>) -> __hooks::Started<'_> {
        let settle = <() as __hooks::IntoOutcome>::into_outcome;
        <Ledger as __hooks::Loan<
            '_,
        >>::run(event, move |a0, _| __hooks::finish(book(a0), settle))
    }
    __hooks::inventory::submit!(__hooks::Registration {
        events: &[<__hooks::events::InvoicePaid as __hooks::EventType>::INFO],
        needs: __needs,
        run: __run,
        ..__hooks::Registration::new(::core::concat!(::core::module_path!(), "::book"))
    });
};
