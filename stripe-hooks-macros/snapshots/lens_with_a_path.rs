// #[derive(Lens)]
// #[lens("invoice")]
// struct Paid {
//     customer: Option<Id<Customer>>,
//     #[lens(path = "lines.data[].amount")]
//     amounts: Vec<i64>,
// }

const _: () = {
    use ::stripe_hooks::__private as __hooks;
    type __T0 = Option<Id<Customer>>;
    type __T1 = Vec<i64>;
    const _: () = __hooks::fits(
        __hooks::leads(__READER.asked(0usize)),
        "Option<Id<Customer>>",
        <__T0 as __hooks::LensField>::HOLDS,
    );
    const _: () = __hooks::fits(
        __hooks::leads(__READER.asked(1usize)),
        "Vec<i64>",
        <__T1 as __hooks::LensField>::HOLDS,
    );
    __hooks::lens! {
        #[diagnostic::do_not_recommend] impl ['__de] for '__de[Paid] [] reads __READER =
        "Paid", & [< __hooks::objects::Invoice as __hooks::Described > ::SHAPES], {
        "customer"[Key("customer")] 0usize "lines.data[].amount"[Key("lines") Key("data")
        Each Key("amount")] 1usize } { customer __f0[__T0 < >] amounts __f1[__T1 < >] }
    }
    impl __hooks::LensOf<__hooks::objects::Invoice> for Paid {}
};
