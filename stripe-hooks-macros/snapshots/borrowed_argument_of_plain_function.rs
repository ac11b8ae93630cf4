// #[on_event("invoice.paid")]
// fn book(ledger: &mut Ledger) {}

fn book(ledger: &mut Ledger) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    const HANDLER: __hooks::Registration = __hooks::Registration {
        events: &[<__hooks::events::InvoicePaid as __hooks::EventType>::INFO],
        needs: |needs| {
            <Ledger as __hooks::Loan<'_>>::needs(needs);
        },
        replies: <() as __hooks::IntoOutcome>::REPLIES,
        run: |event| {
            <Ledger as __hooks::Loan<
                '_,
            >>::run(
                event,
                move |a0, _| __hooks::run_plain(
                    <() as __hooks::IntoOutcome>::into_outcome(book(a0)),
                ),
            )
        },
        ..__hooks::Registration::new(::core::concat!(::core::module_path!(), "::book"))
    };
    __hooks::inventory::submit!(HANDLER);
};
