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
    const __FIELD0: __hooks::Asked = __hooks::Asked {
        reader: "Line",
        path: "amount",
        steps: &[__hooks::Step::Key("amount")],
        shapes: __SHAPES,
    };
    const _: () = __hooks::leads(__FIELD0);
    const _: () = __hooks::fits(__FIELD0, "i64", <i64 as __hooks::LensField>::HOLDS);
    impl<'__de> __hooks::LensField<'__de> for Line {
        const HOLDS: __hooks::Holds = __hooks::Holds::Lens(__SHAPES);
        fn read(
            __json: &'__de str,
        ) -> ::core::result::Result<Self, __hooks::DecodeError> {
            let mut __f0 = ::core::option::Option::None;
            let __seen = __hooks::walk(
                __json,
                &[
                    __hooks::Path {
                        steps: __FIELD0.steps,
                        field: 0usize,
                    },
                ],
                __SHAPES,
                &mut |__field, __json| match __field {
                    0usize => <i64 as __hooks::LensField>::take(&mut __f0, __json),
                    _ => ::core::result::Result::Ok(()),
                },
            )?;
            ::core::result::Result::Ok(Self {
                amount: <i64 as __hooks::LensField>::held(__f0, "amount", __seen)?,
            })
        }
    }
    impl<'__de> __hooks::Lens<'__de> for Line {}
    impl<'__de, __E> __hooks::FromEvent<'__de, __E> for Line
    where
        __E: __hooks::CarriesObject,
        Self: __hooks::LensOf<__E::Object> + __hooks::Lens<'__de>,
    {
        fn from_event(
            event: &__hooks::EventContext<'__de>,
        ) -> ::core::result::Result<Self, __hooks::Rejection> {
            __hooks::look(event)
        }
    }
    impl<'__de, __E> __hooks::Payload<'__de, __E> for Line
    where
        __E: __hooks::CarriesObject,
        Self: __hooks::LensOf<__E::Object> + __hooks::Lens<'__de>,
    {
        fn payload(
            event: &__hooks::EventContext<'__de>,
        ) -> ::core::result::Result<Self, __hooks::Rejection> {
            __hooks::look(event)
        }
    }
};
