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
        <__hooks::SameType<_> as __hooks::LensField<'_>>::TYPE
    }
    const fn __type1(_: &()) -> __hooks::FieldType<'_, Vec<i64>> {
        <__hooks::SameType<_> as __hooks::LensField<'_>>::TYPE
    }
    __hooks::lens! {
        #[diagnostic::do_not_recommend] impl ['__de] for '__de[Paid] [] reads __LAYOUT =
        "Paid", & [< __hooks::objects::Invoice as __hooks::HasSchema > ::SHAPES], {
        "customer"[Key("customer")] 0usize "lines.data[].amount"[Key("lines") Key("data")
        Each Key("amount")] 1usize } { customer __f0[__type0(& ()).as_sink] amounts
        __f1[__type1(& ()).as_sink] } { const _ : () =
        __hooks::assert_type(__hooks::assert_path(__LAYOUT.path_query(0usize)),
        "Option<Id<Customer>>", __type0(& ()).accepts); const _ : () =
        __hooks::assert_type(__hooks::assert_path(__LAYOUT.path_query(1usize)),
        "Vec<i64>", __type1(& ()).accepts); }
    }
    impl __hooks::LensOf<__hooks::objects::Invoice> for Paid {}
};
