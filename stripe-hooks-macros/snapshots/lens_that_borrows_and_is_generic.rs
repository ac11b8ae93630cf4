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
        __hooks::LensField < 'a >] reads __READER = "Money", & [<
        __hooks::objects::Charge as __hooks::Described > ::SHAPES, <
        __hooks::objects::Refund as __hooks::Described > ::SHAPES], {
        "amount"[Key("amount")] 1usize "currency"[Key("currency")] 0usize } { currency
        __f0[< & 'a str as __hooks::LensField > ::place] amount __f1[< T as
        __hooks::LensField > ::place] } { const _ : () =
        __hooks::fits(__hooks::leads(__READER.asked(0usize)), "&'a str", < & 'static str
        as __hooks::LensField > ::HOLDS); const _ : __hooks::Asked =
        __hooks::leads(__READER.asked(1usize)); } [const { __hooks::fits(__READER
        .asked(1usize), "T", < T as __hooks::LensField > ::HOLDS) };]
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
