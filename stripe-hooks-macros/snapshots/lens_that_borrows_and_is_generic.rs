// #[derive(Lens)]
// #[lens("charge", "refund")]
// struct Money<'a, T: Debug = i64> where T: Clone {
//     currency: &'a str,
//     amount: T,
// }

const _: () = {
    use ::stripe_hooks::__private as __hooks;
    static __SHAPES: __hooks::Shapes = &[
        <__hooks::objects::Charge as __hooks::Described>::SHAPES,
        <__hooks::objects::Refund as __hooks::Described>::SHAPES,
    ];
    const _: () = __hooks::fits(
        __hooks::leads(
            __hooks::asked("Money", "currency", &[__hooks::Key("currency")], __SHAPES),
        ),
        "&'a str",
        <&'static str as __hooks::LensField>::HOLDS,
    );
    const _: __hooks::Asked = __hooks::leads(
        __hooks::asked("Money", "amount", &[__hooks::Key("amount")], __SHAPES),
    );
    impl<'a, T: Debug> __hooks::LensField<'a> for Money<'a, T>
    where
        T: Clone,
        T: __hooks::LensField<'a>,
    {
        const HOLDS: __hooks::Holds = __hooks::Holds::Lens(__SHAPES);
        fn read(__json: &'a str) -> __hooks::Read<Self> {
            const {
                __hooks::fits(
                    __hooks::asked(
                        "Money",
                        "amount",
                        &[__hooks::Key("amount")],
                        __SHAPES,
                    ),
                    "T",
                    <T as __hooks::LensField>::HOLDS,
                )
            };
            let mut __f0 = __hooks::None;
            let mut __f1 = __hooks::None;
            let __seen = __hooks::walk(
                __json,
                &[
                    __hooks::Path(&[__hooks::Key("amount")], 1usize),
                    __hooks::Path(&[__hooks::Key("currency")], 0usize),
                ],
                __SHAPES,
                &mut [
                    <&'a str as __hooks::LensField>::place(&mut __f0),
                    <T as __hooks::LensField>::place(&mut __f1),
                ],
            )?;
            __hooks::Ok(Self {
                currency: <&'a str as __hooks::LensField>::held(
                    __f0,
                    "currency",
                    __seen,
                )?,
                amount: <T as __hooks::LensField>::held(__f1, "amount", __seen)?,
            })
        }
    }
    impl<'a, T: Debug> __hooks::Lens<'a> for Money<'a, T>
    where
        T: Clone,
        T: __hooks::LensField<'a>,
    {}
    impl<'a, T: Debug> __hooks::LensOf<__hooks::objects::Charge> for Money<'a, T>
    where
        T: Clone,
    {}
    impl<'a, T: Debug> __hooks::LensOf<__hooks::objects::Refund> for Money<'a, T>
    where
        T: Clone,
    {}
};
