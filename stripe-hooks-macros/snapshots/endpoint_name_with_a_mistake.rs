// #[derive(EndpointName)]
// #[endpoint(conect)]
// struct Connect<'a, T: Debug>(&'a T) where T: Clone;

::core::compile_error! {
    "`Connect` cannot name an endpoint: it is generic, and all its types would share the name\nhelp: write `struct Connect;`, and another struct for another endpoint"
}
::core::compile_error! {
    "`Connect`: `#[endpoint]` has no key `conect`\nhelp: did you mean `connect`?"
}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    #[diagnostic::do_not_recommend]
    impl<'a: 'static, T: Debug + 'static> __hooks::EndpointName for Connect<'a, T>
    where
        T: Clone,
    {
        const NAME: &'static ::core::primitive::str = ::core::concat!(
            ::core::module_path!(), "::Connect"
        );
        const IS_CONNECT: ::core::primitive::bool = false;
    }
};
