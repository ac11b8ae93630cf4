// #[derive(Lens)]
// #[lens("charge", "refund")]
// struct Money<'a, T: Debug = i64> where T: Clone {
//     currency: &'a str,
//     amount: T,
// }

const _: () = {
    use ::stripe_hooks::__private as __hooks;
    const __SHAPES: __hooks::schema::Shapes = &[
        <__hooks::objects::Charge as __hooks::schema::Described>::SHAPES,
        <__hooks::objects::Refund as __hooks::schema::Described>::SHAPES,
    ];
    const _: () = {
        let __asked = __hooks::Asked {
            reader: "Money",
            path: "currency",
            steps: &[__hooks::Step::Key("currency")],
            shapes: __SHAPES,
        };
        __hooks::leads(__asked);
        __hooks::fits(__asked, "&'a str", <&'static str as __hooks::LensField>::HOLDS)
    };
    const _: () = {
        let __asked = __hooks::Asked {
            reader: "Money",
            path: "amount",
            steps: &[__hooks::Step::Key("amount")],
            shapes: __SHAPES,
        };
        __hooks::leads(__asked);
    };
    impl<'a, T: Debug> __hooks::LensField<'a> for Money<'a, T>
    where
        T: Clone,
        T: __hooks::LensField<'a>,
    {
        const HOLDS: __hooks::Holds = __hooks::Holds::Lens(__SHAPES);
        fn read(__json: &'a str) -> ::core::result::Result<Self, __hooks::DecodeError> {
            const {
                let __asked = __hooks::Asked {
                    reader: "Money",
                    path: "amount",
                    steps: &[__hooks::Step::Key("amount")],
                    shapes: __SHAPES,
                };
                __hooks::fits(__asked, "T", <T as __hooks::LensField>::HOLDS)
            };
            let mut __f0 = __hooks::One(::core::option::Option::None);
            let mut __f1 = __hooks::One(::core::option::Option::None);
            let __places: &mut [&mut dyn __hooks::Found<'a>] = &mut [
                <&'a str as __hooks::LensField>::one(&mut __f0),
                <T as __hooks::LensField>::one(&mut __f1),
            ];
            let __seen = __hooks::walk(
                __json,
                &[
                    __hooks::Path {
                        steps: &[__hooks::Step::Key("amount")],
                        field: 1usize,
                    },
                    __hooks::Path {
                        steps: &[__hooks::Step::Key("currency")],
                        field: 0usize,
                    },
                ],
                __SHAPES,
                __places,
            )?;
            ::core::result::Result::Ok(Self {
                currency: <&'a str as __hooks::LensField>::held(
                    __f0.0,
                    "currency",
                    __seen,
                )?,
                amount: <T as __hooks::LensField>::held(__f1.0, "amount", __seen)?,
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
