// #[derive(Lens)]
// #[lens("charge", "refund")]
// struct Money<'a, T: Debug = i64> where T: Clone {
//     currency: &'a str,
//     amount: T,
// }

const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::lens! {
        impl ['a, T : Debug] for 'a[Money < 'a, T >] [where T : Clone, T :
        __hooks::LensField < 'a >] reads __LAYOUT = "Money", & [<
        __hooks::objects::Charge as __hooks::HasSchema > ::SHAPES, <
        __hooks::objects::Refund as __hooks::HasSchema > ::SHAPES], {
        "amount"[Key("amount")] 1usize "currency"[Key("currency")] 0usize } { currency
        __f0[< & 'a str as __hooks::LensField > ::as_sink] amount __f1[< T as
        __hooks::LensField > ::as_sink] } { const _ : () =
        __hooks::assert_type(__hooks::assert_path(__LAYOUT.path_query(0usize)),
        "&'a str", < & 'static str as __hooks::LensField > ::ACCEPTS); const _ :
        __hooks::PathQuery = __hooks::assert_path(__LAYOUT.path_query(1usize)); } [const
        { __hooks::assert_type(__LAYOUT.path_query(1usize), "T", < T as
        __hooks::LensField > ::ACCEPTS) };]
    }
    impl<'a, T: Debug> __hooks::LensOf<__hooks::objects::Charge> for Money<'a, T>
    where
        T: Clone,
    {}
    impl<'a, T: Debug> __hooks::LensOf<__hooks::objects::Refund> for Money<'a, T>
    where
        T: Clone,
    {}
};
