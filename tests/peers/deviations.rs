//! Where our verdict is another than that of Stripe's libraries, on purpose.

/// Each reason, and the cases that it decides. The test fails as soon as one of them deviates no longer.
pub(super) const DEVIATIONS: &[(&str, &[&str])] = &[
    (
        "an element without an equals sign is no pair and is skipped, as most of Stripe's libraries do; Node stumbles over a bare \
         `v1`, Python over any bare key",
        &["a bare `v1` beside it", "a bare `t` before it"],
    ),
    (
        "what is not a signature is skipped and cannot veto a genuine one; the libraries end in an error of their comparison",
        &["a signature that is not ASCII and a genuine one", "an empty signature and a genuine one"],
    ),
    (
        "a value is all that follows the first equals sign; the libraries drop what follows a second one",
        &[
            "an equals sign after the digits",
            "more text after a second equals sign",
            "more text after the timestamp's second equals sign",
        ],
    ),
    (
        "the timestamp is digits and nothing else; the libraries' integer parsers also take signs and white space",
        &[
            "a timestamp with a plus",
            "a timestamp with a space before it",
            "a timestamp with a space after it",
            "a timestamp with a line end after it",
            "a negative timestamp, signed, age off",
        ],
    ),
    (
        "the signed text holds the timestamp as it stands in the header; the libraries write the number that they read anew",
        &["a timestamp with a zero before it", "a signed timestamp with a zero before it"],
    ),
    ("a timestamp is an i64; Node reads a double and loses its last digits", &["the largest i64, signed"]),
    (
        "a secret of any white space is blank; the libraries know the white space of ASCII only",
        &["a secret of a no-break space"],
    ),
    (
        "the bytes of the body are signed, whatever they are; the libraries decode them first, and Node drops a byte order mark",
        &["bytes that are not UTF-8, signed", "a byte order mark, signed"],
    ),
    (
        "what has no readable id or type is no event and is refused; the libraries hand it to the application as it is",
        &[
            "an empty object",
            "no id",
            "an id that is null",
            "an id that is a number",
            "no type",
            "a type that is null",
            "a type that is a number",
            "a type that is a list",
        ],
    ),
    (
        "one endpoint takes snapshot and thin events; the libraries have a method for each and refuse the other kind",
        &["a thin event"],
    ),
    (
        "a thin event need not name an object; Python insists on it",
        &["a thin event without a related object"],
    ),
    ("what nobody reads costs nothing; Python's parser gives up at its own depth", &["ten thousand levels"]),
];
