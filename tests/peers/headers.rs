//! Headers, whole and broken, and what they sign: cases for the signature alone.

use delivery::{NOW, SECRET};

use super::case::{BODY, Case, mac};

/// A header over the usual body, judged at the time that it claims.
fn of(name: &'static str, header: impl Into<Vec<u8>>) -> Case {
    Case::header(name, header)
}

/// A genuine header over what comes before the body in the signed text, so that `t` can be anything.
fn claiming(name: &'static str, t: &str, signed: &str) -> Case {
    let v1 = mac(SECRET, format!("{signed}.").as_bytes(), BODY);
    of(name, format!("t={t},v1={v1}"))
}

pub(super) fn cases() -> Vec<Case> {
    let v1 = mac(SECRET, format!("{NOW}.").as_bytes(), BODY);
    let v1 = v1.as_str();
    let wrong = "0".repeat(64);
    let genuine = format!("t={NOW},v1={v1}");
    let mut cases = vec![
        of("genuine", &*genuine),
        Case { header: None, ..of("no header", "") },
        of("empty header", ""),
        of("blank header", " "),
        of("not a header at all", "hello"),
        of("only commas", ",,,"),
        of("only an equals sign", "="),
        of("empty keys", "=,=,="),
        of("keys without values", "t=,v1="),
        of("bare keys", "t,v1"),
        of("the timestamp alone", format!("t={NOW}")),
        of("the signature alone", format!("v1={v1}")),
        of("the bare digits", v1),
        of("the signature first", format!("v1={v1},t={NOW}")),
        of("a space after the comma", format!("t={NOW}, v1={v1}")),
        of("a space before the timestamp", format!(" {genuine}")),
        of("a space after all", format!("{genuine} ")),
        of("a tab after the comma", format!("t={NOW},\tv1={v1}")),
        of("spaces around the equals signs", format!("t = {NOW},v1 = {v1}")),
        of("a comma at the end", format!("{genuine},")),
        of("a comma at the start", format!(",{genuine}")),
        of("two commas between", format!("t={NOW},,v1={v1}")),
        of("semicolons", format!("t={NOW};v1={v1}")),
        of("ampersands", format!("t={NOW}&v1={v1}")),
        of("a colon for an equals sign", format!("t:{NOW},v1:{v1}")),
        of("capital keys", format!("T={NOW},V1={v1}")),
        of("quoted values", format!("t=\"{NOW}\",v1=\"{v1}\"")),
        of("the header's own name before it", format!("Stripe-Signature: {genuine}")),
        of("a structured field", format!("sig;{genuine}")),
        of("a NUL before it", format!("\0{genuine}")),
        of("a NUL after it", format!("{genuine}\0")),
        of("a line end after it", format!("{genuine}\n")),
        of("a byte that is not ASCII before it", [b"\xff", genuine.as_bytes()].concat()),
        of("two headers joined", format!("{genuine}, {genuine}")),
        of("a long unknown element", format!("x={},{genuine}", "y".repeat(100_000))),
        of("ten thousand commas", format!("{}{genuine}", ",".repeat(10_000))),
        of("a key of another scheme beside it", format!("{genuine},v2={wrong}")),
        of("an element that is no pair beside it", format!("{genuine},junk")),
        of("a bare `t` before it", format!("t,{genuine}")),
        of("a bare `v1` beside it", format!("{genuine},v1")),
        of("only `v0`", format!("t={NOW},v0={v1}")),
        of("only `v2`", format!("t={NOW},v2={v1}")),
        of("only `v`", format!("t={NOW},v={v1}")),
        of("only `v10`", format!("t={NOW},v10={v1}")),
        of("only `v01`", format!("t={NOW},v01={v1}")),
        of("only `v1 `", format!("t={NOW},v1 ={v1}")),
        of("a genuine `v0` and a wrong `v1`", format!("t={NOW},v0={v1},v1={wrong}")),
        of("a wrong `v0` and a genuine `v1`", format!("t={NOW},v0={wrong},v1={v1}")),
        of("a wrong signature", format!("t={NOW},v1={wrong}")),
        of("a wrong signature and a genuine one", format!("t={NOW},v1={wrong},v1={v1}")),
        of("a genuine signature and a wrong one", format!("t={NOW},v1={v1},v1={wrong}")),
        of("the genuine signature twice", format!("t={NOW},v1={v1},v1={v1}")),
        of(
            "a thousand wrong ones and a genuine one",
            format!("t={NOW}{},v1={v1}", format!(",v1={wrong}").repeat(1000)),
        ),
        of("a thousand wrong ones", format!("t={NOW}{}", format!(",v1={wrong}").repeat(1000))),
        of("an empty signature", format!("t={NOW},v1=")),
        of("an empty signature and a genuine one", format!("t={NOW},v1=,v1={v1}")),
        of("digits in upper case", format!("t={NOW},v1={}", v1.to_uppercase())),
        of("one digit in upper case", format!("t={NOW},v1={}", one_upper(v1))),
        of("one digit short", format!("t={NOW},v1={}", &v1[..63])),
        of("the first digit missing", format!("t={NOW},v1={}", &v1[1..])),
        of("one digit too many", format!("t={NOW},v1={v1}0")),
        of("half of the digits", format!("t={NOW},v1={}", &v1[..32])),
        of("the digits twice", format!("t={NOW},v1={v1}{v1}")),
        of("the last digit changed", format!("t={NOW},v1={}", last_changed(v1))),
        of("the digits reversed", format!("t={NOW},v1={}", v1.chars().rev().collect::<String>())),
        of("`0x` before the digits", format!("t={NOW},v1=0x{v1}")),
        of("`sha256=` before the digits", format!("t={NOW},v1=sha256={v1}")),
        of("a space before the digits", format!("t={NOW},v1= {v1}")),
        of("a space after the digits", format!("t={NOW},v1={v1} ,x=y")),
        of("digits in pairs", format!("t={NOW},v1={}", in_pairs(v1))),
        of("digits in full width", format!("t={NOW},v1={}", full_width(v1))),
        of("an equals sign before the digits", format!("t={NOW},v1=={v1}")),
        of("an equals sign after the digits", format!("t={NOW},v1={v1}=")),
        of("more text after a second equals sign", format!("t={NOW},v1={v1}=junk")),
        of("a signature that is not ASCII", format!("t={NOW},v1={}", "é".repeat(32))),
        of(
            "a signature that is not ASCII and a genuine one",
            format!("t={NOW},v1={},v1={v1}", "é".repeat(32)),
        ),
        of("the timestamp twice", format!("t={NOW},t={NOW},v1={v1}")),
        of("another timestamp after it", format!("{genuine},t=1")),
        of("another timestamp before it", format!("t=1,{genuine}")),
        of("another timestamp that is later", format!("t={},v1={v1}", NOW + 1)),
        of("more text after the timestamp's second equals sign", format!("t={NOW}=5,v1={v1}")),
        of("a timestamp in milliseconds", format!("t={NOW}000,v1={v1}")),
        of("a timestamp in words", format!("t=now,v1={v1}")),
        of("a timestamp in RFC 3339", format!("t=2027-01-15T08:00:00Z,v1={v1}")),
        of("a timestamp in full width", format!("t={},v1={v1}", full_width(&NOW.to_string()))),
        of("a timestamp with a zero before it", format!("t=0{NOW},v1={v1}")),
        claiming("a signed timestamp with a zero before it", &format!("0{NOW}"), &format!("0{NOW}")),
        of("a timestamp with a plus", format!("t=+{NOW},v1={v1}")),
        claiming("a signed timestamp with a plus", &format!("+{NOW}"), &format!("+{NOW}")),
        of("a timestamp with a space before it", format!("t= {NOW},v1={v1}")),
        of("a timestamp with a space after it", format!("t={NOW} ,v1={v1}")),
        of("a timestamp with a line end after it", format!("t={NOW}\n,v1={v1}")),
        of("a timestamp with a fraction", format!("t={NOW}.0,v1={v1}")),
        claiming("a signed timestamp with a fraction", &format!("{NOW}.5"), &format!("{NOW}.5")),
        of("a timestamp with underscores", format!("t=1_800_000_000,v1={v1}")),
        of("a timestamp with letters after it", format!("t={NOW}s,v1={v1}")),
        of("a timestamp with an exponent", format!("t=18e8,v1={v1}")),
        of("a timestamp in hexadecimal", format!("t={NOW:#x},v1={v1}")),
        claiming("an empty timestamp, signed", "", ""),
        claiming("a timestamp that is not a number, signed as one", "x", "NaN"),
        claiming("a negative timestamp, signed", "-5", "-5"),
        claiming("a negative timestamp, signed, age off", "-5", "-5").any_age(),
        claiming("minus one, signed, age off", "-1", "-1").any_age(),
        claiming("the epoch, signed", "0", "0"),
        claiming("the epoch, signed, age off", "0", "0").any_age(),
        claiming("the largest i64, signed", "9223372036854775807", "9223372036854775807"),
        claiming("past an i64, signed", "9223372036854775808", "9223372036854775808"),
        claiming("past a u64, signed", "99999999999999999999", "99999999999999999999"),
    ];
    cases.extend([
        of("299 seconds old", &*genuine).at(NOW + 299),
        of("300 seconds old", &*genuine).at(NOW + 300),
        of("301 seconds old", &*genuine).at(NOW + 301),
        of("a day old", &*genuine).at(NOW + 86_400),
        of("a day old, tolerance of a day", &*genuine).at(NOW + 86_400).tolerance(86_400),
        of("a second more than a day old, tolerance of a day", &*genuine).at(NOW + 86_401).tolerance(86_400),
        of("two seconds old, tolerance of one", &*genuine).at(NOW + 2).tolerance(1),
        of("a year old, age off", &*genuine).at(NOW + 31_536_000).any_age(),
        of("a second in the future", &*genuine).at(NOW - 1),
        of("a day in the future", &*genuine).at(NOW - 86_400),
        of("forged and old", format!("t={NOW},v1={wrong}")).at(NOW + 301),
        of("forged, age off", format!("t={NOW},v1={wrong}")).any_age(),
    ]);
    cases.extend(other_keys(&genuine));
    cases.extend(other_contents());
    cases
}

/// The right header, judged with something else than the secret that made it; and headers made with something else.
fn other_keys(genuine: &str) -> Vec<Case> {
    let with =
        |name, key: &str| of(name, format!("t={NOW},v1={}", mac(key, format!("{NOW}.").as_bytes(), BODY)));
    let bare = SECRET.trim_start_matches("whsec_");
    vec![
        of("another secret", genuine).secret("whsec_another"),
        of("the secret with a line end", genuine).secret(format!("{SECRET}\n")),
        of("the secret without its prefix", genuine).secret(bare),
        of("the secret in capitals", genuine).secret(SECRET.to_uppercase()),
        with("signed with an empty key", ""),
        with("signed with the secret without its prefix", bare),
        with("signed with a space after the secret", &format!("{SECRET} ")),
        with("an empty secret", "").secret(""),
        with("a secret of a space", " ").secret(" "),
        with("a secret of white space", "\t\r\n").secret("\t\r\n"),
        with("a secret of a no-break space", "\u{a0}").secret("\u{a0}"),
        with("a secret beyond ASCII", "whsec_ключ").secret("whsec_ключ"),
        with("a secret longer than a block", &"k".repeat(200)).secret("k".repeat(200)),
        with("a secret with spaces inside", "whsec a b").secret("whsec a b"),
    ]
}

/// Signatures over something else than the timestamp, a dot and the body.
fn other_contents() -> Vec<Case> {
    let over = |name, prefix: &str, body: &[u8]| {
        of(name, format!("t={NOW},v1={}", mac(SECRET, prefix.as_bytes(), body)))
    };
    let prefix = format!("{NOW}.");
    let changed = |name, body: &[u8]| {
        let body = body.to_vec();
        Case { body, ..of(name, format!("t={NOW},v1={}", mac(SECRET, prefix.as_bytes(), BODY))) }
    };
    let signed = |name, body: &[u8]| Case { body: body.to_vec(), ..over(name, &prefix, body) };
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
        Case {
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
        Case {
            body: b"{\"a\":\"\xff\"}".to_vec(),
            ..over(
                "the replacement character signed for a bad byte",
                &prefix,
                "{\"a\":\"\u{fffd}\"}".as_bytes(),
            )
        },
    ]
}

fn one_upper(v1: &str) -> String {
    let letter = v1.find(|c: char| c.is_ascii_lowercase()).expect("a digest without letters is unheard of");
    let mut text = v1.to_owned();
    text.replace_range(letter..=letter, &v1[letter..=letter].to_uppercase());
    text
}

fn last_changed(v1: &str) -> String {
    let last = if v1.ends_with('0') { '1' } else { '0' };
    format!("{}{last}", &v1[..63])
}

fn in_pairs(v1: &str) -> String {
    v1.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap()).collect::<Vec<_>>().join(":")
}

fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c })
        .collect()
}
