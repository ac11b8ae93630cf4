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
    const __FIELD0: __hooks::Asked = __hooks::Asked {
        reader: "Money",
        path: "currency",
        steps: &[__hooks::Step::Key("currency")],
        shapes: __SHAPES,
    };
    const _: () = __hooks::leads(__FIELD0);
    const _: () = __hooks::fits(
        __FIELD0,
        "&'a str",
        <&'static str as __hooks::LensField>::HOLDS,
    );
    const __FIELD1: __hooks::Asked = __hooks::Asked {
        reader: "Money",
        path: "amount",
        steps: &[__hooks::Step::Key("amount")],
        shapes: __SHAPES,
    };
    const _: () = __hooks::leads(__FIELD1);
    impl<'a, T: Debug> __hooks::LensField<'a> for Money<'a, T>
    where
        T: Clone,
        T: __hooks::LensField<'a>,
    {
        const HOLDS: __hooks::Holds = __hooks::Holds::Lens(__SHAPES);
        fn read(__json: &'a str) -> ::core::result::Result<Self, __hooks::DecodeError> {
            const { __hooks::fits(__FIELD1, "T", <T as __hooks::LensField>::HOLDS) };
            let mut __f0 = ::core::option::Option::None;
            let mut __f1 = ::core::option::Option::None;
            let __seen = __hooks::walk(
                __json,
                &[
                    __hooks::Path {
                        steps: __FIELD1.steps,
                        field: 1usize,
                    },
                    __hooks::Path {
                        steps: __FIELD0.steps,
                        field: 0usize,
                    },
                ],
                __SHAPES,
                &mut |__field, __json| match __field {
                    0usize => <&'a str as __hooks::LensField>::take(&mut __f0, __json),
                    1usize => <T as __hooks::LensField>::take(&mut __f1, __json),
                    _ => ::core::result::Result::Ok(()),
                },
            )?;
            ::core::result::Result::Ok(Self {
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
    impl<'a, T: Debug, __E> __hooks::FromEvent<'a, __E> for Money<'a, T>
    where
        T: Clone,
        __E: __hooks::CarriesObject,
        Self: __hooks::LensOf<__E::Object> + __hooks::Lens<'a>,
    {
        fn from_event(
            event: &__hooks::EventContext<'a>,
        ) -> ::core::result::Result<Self, __hooks::Rejection> {
            __hooks::look(event)
        }
    }
    impl<'a, T: Debug, __E> __hooks::Payload<'a, __E> for Money<'a, T>
    where
        T: Clone,
        __E: __hooks::CarriesObject,
        Self: __hooks::LensOf<__E::Object> + __hooks::Lens<'a>,
    {
        fn payload(
            event: &__hooks::EventContext<'a>,
        ) -> ::core::result::Result<Self, __hooks::Rejection> {
            __hooks::look(event)
        }
    }
};
