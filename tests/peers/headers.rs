//! Headers, whole and broken, and what they sign: cases for the signature alone.

use delivery::{NOW, SECRET};

use super::case::{BODY, SignatureCase, compute_mac};

/// A header over the usual body, judged at the time that it claims.
fn header_case(name: &'static str, header: impl Into<Vec<u8>>) -> SignatureCase {
    SignatureCase::with_header(name, header)
}

/// A genuine header over what comes before the body in the signed text, so that `t` can be anything.
fn case_with_claimed_time(name: &'static str, t: &str, signed: &str) -> SignatureCase {
    let v1 = compute_mac(SECRET, format!("{signed}.").as_bytes(), BODY);
    header_case(name, format!("t={t},v1={v1}"))
}

pub(super) fn header_cases() -> Vec<SignatureCase> {
    let v1 = compute_mac(SECRET, format!("{NOW}.").as_bytes(), BODY);
    let v1 = v1.as_str();
    let wrong = "0".repeat(64);
    let genuine = format!("t={NOW},v1={v1}");
    let mut cases = vec![
        header_case("genuine", &*genuine),
        SignatureCase { header: None, ..header_case("no header", "") },
        header_case("empty header", ""),
        header_case("blank header", " "),
        header_case("not a header at all", "hello"),
        header_case("only commas", ",,,"),
        header_case("only an equals sign", "="),
        header_case("empty keys", "=,=,="),
        header_case("keys without values", "t=,v1="),
        header_case("bare keys", "t,v1"),
        header_case("the timestamp alone", format!("t={NOW}")),
        header_case("the signature alone", format!("v1={v1}")),
        header_case("the bare digits", v1),
        header_case("the signature first", format!("v1={v1},t={NOW}")),
        header_case("a space after the comma", format!("t={NOW}, v1={v1}")),
        header_case("a space before the timestamp", format!(" {genuine}")),
        header_case("a space after all", format!("{genuine} ")),
        header_case("a tab after the comma", format!("t={NOW},\tv1={v1}")),
        header_case("spaces around the equals signs", format!("t = {NOW},v1 = {v1}")),
        header_case("a comma at the end", format!("{genuine},")),
        header_case("a comma at the start", format!(",{genuine}")),
        header_case("two commas between", format!("t={NOW},,v1={v1}")),
        header_case("semicolons", format!("t={NOW};v1={v1}")),
        header_case("ampersands", format!("t={NOW}&v1={v1}")),
        header_case("a colon for an equals sign", format!("t:{NOW},v1:{v1}")),
        header_case("capital keys", format!("T={NOW},V1={v1}")),
        header_case("quoted values", format!("t=\"{NOW}\",v1=\"{v1}\"")),
        header_case("the header's own name before it", format!("Stripe-Signature: {genuine}")),
        header_case("a structured field", format!("sig;{genuine}")),
        header_case("a NUL before it", format!("\0{genuine}")),
        header_case("a NUL after it", format!("{genuine}\0")),
        header_case("a line end after it", format!("{genuine}\n")),
        header_case("a byte that is not ASCII before it", [b"\xff", genuine.as_bytes()].concat()),
        header_case("two headers joined", format!("{genuine}, {genuine}")),
        header_case("a long unknown element", format!("x={},{genuine}", "y".repeat(100_000))),
        header_case("ten thousand commas", format!("{}{genuine}", ",".repeat(10_000))),
        header_case("a key of another scheme beside it", format!("{genuine},v2={wrong}")),
        header_case("an element that is no pair beside it", format!("{genuine},junk")),
        header_case("a bare `t` before it", format!("t,{genuine}")),
        header_case("a bare `v1` beside it", format!("{genuine},v1")),
        header_case("only `v0`", format!("t={NOW},v0={v1}")),
        header_case("only `v2`", format!("t={NOW},v2={v1}")),
        header_case("only `v`", format!("t={NOW},v={v1}")),
        header_case("only `v10`", format!("t={NOW},v10={v1}")),
        header_case("only `v01`", format!("t={NOW},v01={v1}")),
        header_case("only `v1 `", format!("t={NOW},v1 ={v1}")),
        header_case("a genuine `v0` and a wrong `v1`", format!("t={NOW},v0={v1},v1={wrong}")),
        header_case("a wrong `v0` and a genuine `v1`", format!("t={NOW},v0={wrong},v1={v1}")),
        header_case("a wrong signature", format!("t={NOW},v1={wrong}")),
        header_case("a wrong signature and a genuine one", format!("t={NOW},v1={wrong},v1={v1}")),
        header_case("a genuine signature and a wrong one", format!("t={NOW},v1={v1},v1={wrong}")),
        header_case("the genuine signature twice", format!("t={NOW},v1={v1},v1={v1}")),
        header_case(
            "a thousand wrong ones and a genuine one",
            format!("t={NOW}{},v1={v1}", format!(",v1={wrong}").repeat(1000)),
        ),
        header_case("a thousand wrong ones", format!("t={NOW}{}", format!(",v1={wrong}").repeat(1000))),
        header_case("an empty signature", format!("t={NOW},v1=")),
        header_case("an empty signature and a genuine one", format!("t={NOW},v1=,v1={v1}")),
        header_case("digits in upper case", format!("t={NOW},v1={}", v1.to_uppercase())),
        header_case("one digit in upper case", format!("t={NOW},v1={}", with_one_upper_case(v1))),
        header_case("one digit short", format!("t={NOW},v1={}", &v1[..63])),
        header_case("the first digit missing", format!("t={NOW},v1={}", &v1[1..])),
        header_case("one digit too many", format!("t={NOW},v1={v1}0")),
        header_case("half of the digits", format!("t={NOW},v1={}", &v1[..32])),
        header_case("the digits twice", format!("t={NOW},v1={v1}{v1}")),
        header_case("the last digit changed", format!("t={NOW},v1={}", with_last_digit_changed(v1))),
        header_case("the digits reversed", format!("t={NOW},v1={}", v1.chars().rev().collect::<String>())),
        header_case("`0x` before the digits", format!("t={NOW},v1=0x{v1}")),
        header_case("`sha256=` before the digits", format!("t={NOW},v1=sha256={v1}")),
        header_case("a space before the digits", format!("t={NOW},v1= {v1}")),
        header_case("a space after the digits", format!("t={NOW},v1={v1} ,x=y")),
        header_case("digits in pairs", format!("t={NOW},v1={}", split_into_pairs(v1))),
        header_case("digits in full width", format!("t={NOW},v1={}", to_full_width(v1))),
        header_case("an equals sign before the digits", format!("t={NOW},v1=={v1}")),
        header_case("an equals sign after the digits", format!("t={NOW},v1={v1}=")),
        header_case("more text after a second equals sign", format!("t={NOW},v1={v1}=junk")),
        header_case("a signature that is not ASCII", format!("t={NOW},v1={}", "é".repeat(32))),
        header_case(
            "a signature that is not ASCII and a genuine one",
            format!("t={NOW},v1={},v1={v1}", "é".repeat(32)),
        ),
        header_case("the timestamp twice", format!("t={NOW},t={NOW},v1={v1}")),
        header_case("another timestamp after it", format!("{genuine},t=1")),
        header_case("another timestamp before it", format!("t=1,{genuine}")),
        header_case("another timestamp that is later", format!("t={},v1={v1}", NOW + 1)),
        header_case("more text after the timestamp's second equals sign", format!("t={NOW}=5,v1={v1}")),
        header_case("a timestamp in milliseconds", format!("t={NOW}000,v1={v1}")),
        header_case("a timestamp in words", format!("t=now,v1={v1}")),
        header_case("a timestamp in RFC 3339", format!("t=2027-01-15T08:00:00Z,v1={v1}")),
        header_case("a timestamp in full width", format!("t={},v1={v1}", to_full_width(&NOW.to_string()))),
        header_case("a timestamp with a zero before it", format!("t=0{NOW},v1={v1}")),
        case_with_claimed_time(
            "a signed timestamp with a zero before it",
            &format!("0{NOW}"),
            &format!("0{NOW}"),
        ),
        header_case("a timestamp with a plus", format!("t=+{NOW},v1={v1}")),
        case_with_claimed_time("a signed timestamp with a plus", &format!("+{NOW}"), &format!("+{NOW}")),
        header_case("a timestamp with a space before it", format!("t= {NOW},v1={v1}")),
        header_case("a timestamp with a space after it", format!("t={NOW} ,v1={v1}")),
        header_case("a timestamp with a line end after it", format!("t={NOW}\n,v1={v1}")),
        header_case("a timestamp with a fraction", format!("t={NOW}.0,v1={v1}")),
        case_with_claimed_time(
            "a signed timestamp with a fraction",
            &format!("{NOW}.5"),
            &format!("{NOW}.5"),
        ),
        header_case("a timestamp with underscores", format!("t=1_800_000_000,v1={v1}")),
        header_case("a timestamp with letters after it", format!("t={NOW}s,v1={v1}")),
        header_case("a timestamp with an exponent", format!("t=18e8,v1={v1}")),
        header_case("a timestamp in hexadecimal", format!("t={NOW:#x},v1={v1}")),
        case_with_claimed_time("an empty timestamp, signed", "", ""),
        case_with_claimed_time("a timestamp that is not a number, signed as one", "x", "NaN"),
        case_with_claimed_time("a negative timestamp, signed", "-5", "-5"),
        case_with_claimed_time("a negative timestamp, signed, age off", "-5", "-5").without_tolerance(),
        case_with_claimed_time("minus one, signed, age off", "-1", "-1").without_tolerance(),
        case_with_claimed_time("the epoch, signed", "0", "0"),
        case_with_claimed_time("the epoch, signed, age off", "0", "0").without_tolerance(),
        case_with_claimed_time("the largest i64, signed", "9223372036854775807", "9223372036854775807"),
        case_with_claimed_time("past an i64, signed", "9223372036854775808", "9223372036854775808"),
        case_with_claimed_time("past a u64, signed", "99999999999999999999", "99999999999999999999"),
    ];
    cases.extend([
        header_case("299 seconds old", &*genuine).at_time(NOW + 299),
        header_case("300 seconds old", &*genuine).at_time(NOW + 300),
        header_case("301 seconds old", &*genuine).at_time(NOW + 301),
        header_case("a day old", &*genuine).at_time(NOW + 86_400),
        header_case("a day old, tolerance of a day", &*genuine).at_time(NOW + 86_400).with_tolerance(86_400),
        header_case("a second more than a day old, tolerance of a day", &*genuine)
            .at_time(NOW + 86_401)
            .with_tolerance(86_400),
        header_case("two seconds old, tolerance of one", &*genuine).at_time(NOW + 2).with_tolerance(1),
        header_case("a year old, age off", &*genuine).at_time(NOW + 31_536_000).without_tolerance(),
        header_case("a second in the future", &*genuine).at_time(NOW - 1),
        header_case("a day in the future", &*genuine).at_time(NOW - 86_400),
        header_case("wrong signature and old", format!("t={NOW},v1={wrong}")).at_time(NOW + 301),
        header_case("wrong signature, age off", format!("t={NOW},v1={wrong}")).without_tolerance(),
    ]);
    cases.extend(other_secret_cases(&genuine));
    cases.extend(other_content_cases());
    cases
}

/// The right header, judged with something else than the secret that made it; and headers made with something else.
fn other_secret_cases(genuine: &str) -> Vec<SignatureCase> {
    let with = |name, key: &str| {
        header_case(name, format!("t={NOW},v1={}", compute_mac(key, format!("{NOW}.").as_bytes(), BODY)))
    };
    let bare = SECRET.trim_start_matches("whsec_");
    vec![
        header_case("another secret", genuine).with_secret("whsec_another"),
        header_case("the secret with a line end", genuine).with_secret(format!("{SECRET}\n")),
        header_case("the secret without its prefix", genuine).with_secret(bare),
        header_case("the secret in capitals", genuine).with_secret(SECRET.to_uppercase()),
        with("signed with an empty key", ""),
        with("signed with the secret without its prefix", bare),
        with("signed with a space after the secret", &format!("{SECRET} ")),
        with("an empty secret", "").with_secret(""),
        with("a secret of a space", " ").with_secret(" "),
        with("a secret of white space", "\t\r\n").with_secret("\t\r\n"),
        with("a secret of a no-break space", "\u{a0}").with_secret("\u{a0}"),
        with("a secret beyond ASCII", "whsec_ключ").with_secret("whsec_ключ"),
        with("a secret longer than a block", &"k".repeat(200)).with_secret("k".repeat(200)),
        with("a secret with spaces inside", "whsec a b").with_secret("whsec a b"),
    ]
}

/// Signatures over something else than the timestamp, a dot and the body.
fn other_content_cases() -> Vec<SignatureCase> {
    let over = |name, prefix: &str, body: &[u8]| {
        header_case(name, format!("t={NOW},v1={}", compute_mac(SECRET, prefix.as_bytes(), body)))
    };
    let prefix = format!("{NOW}.");
    let changed = |name, body: &[u8]| {
        let body = body.to_vec();
        SignatureCase {
            body,
            ..header_case(name, format!("t={NOW},v1={}", compute_mac(SECRET, prefix.as_bytes(), BODY)))
        }
    };
    let signed = |name, body: &[u8]| SignatureCase { body: body.to_vec(), ..over(name, &prefix, body) };
    let text = str::from_utf8(BODY).unwrap();
    vec![
        over("signed without the timestamp", "", BODY),
        over("signed without the dot", &NOW.to_string(), BODY),
        over("signed with a comma for the dot", &format!("{NOW},"), BODY),
        over("signed with another timestamp", &format!("{}.", NOW - 1), BODY),
        over("signed the timestamp alone", &prefix, b""),
        over("signed another body", &prefix, b"{}"),
        changed("an empty body for the signed one", b""),
        changed("a space after the signed body", format!("{text} ").as_bytes()),
        changed("a line end after the signed body", format!("{text}\n").as_bytes()),
        changed("a space before the signed body", format!(" {text}").as_bytes()),
        changed("the signed body cut short", &BODY[..BODY.len() - 1]),
        changed("the signed body written anew", text.replace(',', ", ").as_bytes()),
        changed("one letter of the signed body changed", text.replace("evt_1", "evt_2").as_bytes()),
        changed("a byte order mark before the signed body", format!("\u{feff}{text}").as_bytes()),
        SignatureCase {
            body: b"\xef\xbb\xbf{}".to_vec(),
            ..over("signed without the byte order mark", &prefix, b"{}")
        },
        signed("an empty body, signed", b""),
        signed("bytes that are not UTF-8, signed", b"{\"a\":\"\xff\"}"),
        signed("a byte order mark, signed", b"\xef\xbb\xbf{}"),
        signed("NUL bytes, signed", b"{\0}\0"),
        signed("carriage returns, signed", b"{\r\n}\r"),
        signed("letters beyond ASCII, signed", "{\"a\":\"é日本😀\u{2028}\"}".as_bytes()),
        signed("a million bytes, signed", format!("[{}]", "1,".repeat(500_000)).as_bytes()),
        SignatureCase {
            body: b"{\"a\":\"\xff\"}".to_vec(),
            ..over(
                "the replacement character signed for a bad byte",
                &prefix,
                "{\"a\":\"\u{fffd}\"}".as_bytes(),
            )
        },
    ]
}

fn with_one_upper_case(v1: &str) -> String {
    let letter = v1.find(|c: char| c.is_ascii_lowercase()).expect("a digest without letters is unheard of");
    let mut text = v1.to_owned();
    text.replace_range(letter..=letter, &v1[letter..=letter].to_uppercase());
    text
}

fn with_last_digit_changed(v1: &str) -> String {
    let last = if v1.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &v1[..63])
}

fn split_into_pairs(v1: &str) -> String {
    v1.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap()).collect::<Vec<_>>().join(":")
}

fn to_full_width(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c })
        .collect()
}
