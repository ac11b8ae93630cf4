// #[derive(Lens)]
// #[lens("invoice")]
// struct Paid {
//     customer: Option<Id<Customer>>,
//     #[lens(path = "lines.data[].amount")]
//     amounts: Vec<i64>,
// }

const _: () = {
    use ::stripe_hooks::__private as __hooks;
    const fn __type0(_: &()) -> __hooks::FieldType<'_, Option<Id<Customer>>> {
        <__hooks::Same<_> as __hooks::LensField<'_>>::TYPE
    }
    const fn __type1(_: &()) -> __hooks::FieldType<'_, Vec<i64>> {
        <__hooks::Same<_> as __hooks::LensField<'_>>::TYPE
    }
    __hooks::lens! {
        #[diagnostic::do_not_recommend] impl ['__de] for '__de[Paid] [] reads __READER =
        "Paid", & [< __hooks::objects::Invoice as __hooks::Described > ::SHAPES], {
        "customer"[Key("customer")] 0usize "lines.data[].amount"[Key("lines") Key("data")
        Each Key("amount")] 1usize } { customer __f0[__type0(& ()).place] amounts
        __f1[__type1(& ()).place] } { const _ : () =
        __hooks::fits(__hooks::leads(__READER.asked(0usize)), "Option<Id<Customer>>",
        __type0(& ()).holds); const _ : () = __hooks::fits(__hooks::leads(__READER
        .asked(1usize)), "Vec<i64>", __type1(& ()).holds); }
    }
    impl __hooks::LensOf<__hooks::objects::Invoice> for Paid {}
};
