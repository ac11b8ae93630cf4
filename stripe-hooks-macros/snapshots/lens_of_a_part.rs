// #[derive(Lens)]
// #[lens("invoice.lines.data[]", crate = crate::stripe)]
// struct Line {
//     amount: i64,
// }

const _: () = {
    use crate::stripe::__private as __hooks;
    const __SHAPES: __hooks::schema::Shapes = &[
        &[
            __hooks::shape(
                "invoice.lines.data[]",
                &[
                    __hooks::Step::Key("invoice"),
                    __hooks::Step::Key("lines"),
                    __hooks::Step::Key("data"),
                    __hooks::Step::Each,
                ],
            ),
        ],
    ];
    const _: () = {
        let __asked = __hooks::Asked {
            reader: "Line",
            path: "amount",
            steps: &[__hooks::Step::Key("amount")],
            shapes: __SHAPES,
        };
        __hooks::leads(__asked);
        __hooks::fits(__asked, "i64", <i64 as __hooks::LensField>::HOLDS)
    };
    impl<'__de> __hooks::LensField<'__de> for Line {
        const HOLDS: __hooks::Holds = __hooks::Holds::Lens(__SHAPES);
        fn read(
            __json: &'__de str,
        ) -> ::core::result::Result<Self, __hooks::DecodeError> {
            let mut __f0 = __hooks::One(::core::option::Option::None);
            let __places: &mut [&mut dyn __hooks::Found<'__de>] = &mut [
                <i64 as __hooks::LensField>::one(&mut __f0),
            ];
            let __seen = __hooks::walk(
                __json,
                &[
                    __hooks::Path {
                        steps: &[__hooks::Step::Key("amount")],
                        field: 0usize,
                    },
                ],
                __SHAPES,
                __places,
            )?;
            ::core::result::Result::Ok(Self {
                amount: <i64 as __hooks::LensField>::held(__f0.0, "amount", __seen)?,
            })
        }
    }
    impl<'__de> __hooks::Lens<'__de> for Line {}
};
