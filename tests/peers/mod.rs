//! Stripe's own libraries for Node and Python as signers and judges.
//!
//! Each signs what we accept, each accepts what we sign, and on each case of `headers.rs`, `bodies.rs` and `families.rs` our verdict is
//! theirs wherever the two agree, but for the [`DEVIATIONS`]; and `stripe-hooks verify` says what the library says.

mod bodies;
mod case;
mod deviations;
mod families;
mod headers;
mod library_judge;
mod tool;

use std::collections::BTreeSet;

use stripe_hooks::{
    EventId, on_event,
    signature::{Secret, Tolerance, sign, verify},
};

use self::{
    case::{BODY, JudgedPart, SignatureCase},
    deviations::DEVIATIONS,
    library_judge::LibraryJudge,
    tool::ToolJudge,
};
use crate::{
    environment,
    server::{Server, request_head},
};
use delivery::{NOW, SECRET};

/// The endpoint of this module, apart from those of other tests.
#[derive(stripe_hooks::EndpointName)]
struct PeersEndpoint;

/// An endpoint without any handler does not start; the cases send it events that nobody handles, and this one.
#[on_event("payment_intent.succeeded", endpoint = PeersEndpoint)]
fn paid(_: EventId) {}

/// Both libraries, or `None` with a notice when one is not installed.
fn start_judges() -> Option<[LibraryJudge; 2]> {
    let [node, python] =
        environment::paths_from_env([environment::NODE_PEER_VARIABLE, environment::PYTHON_PEER_VARIABLE])?;
    Some([LibraryJudge::node(&node), LibraryJudge::python(&python)])
}

fn start_server() -> Server {
    Server::start(&delivery::endpoint_builder::<PeersEndpoint>().build().expect("the endpoint is complete"))
}

/// Our own verdict: `signature::verify` for a header, the status of the endpoint's answer for a body.
fn we_accept(case: &SignatureCase, server: &Server) -> bool {
    let Ok(secret) = Secret::new(&*case.secret) else { return false };
    let tolerance = case.tolerance.map_or(Tolerance::dangerously_accept_any_age(), Tolerance::seconds);
    match (case.judged, &case.header) {
        (JudgedPart::Header, header) => {
            verify(header.as_deref(), &case.body, &[secret], tolerance, case.now).is_ok()
        }
        (JudgedPart::Snapshot | JudgedPart::Thin, Some(header)) => {
            answer_status(server, header, &case.body) == 200
        }
        (JudgedPart::Snapshot | JudgedPart::Thin, None) => panic!("the cases for bodies are signed"),
    }
}

fn answer_status(server: &Server, header: &[u8], body: &[u8]) -> u16 {
    let before = request_head(
        "POST",
        &format!("Content-Length: {}\r\nStripe-Signature: {}", body.len(), header.escape_ascii()),
    );
    server.send_request([before.as_bytes(), body].concat()).status
}

/// Bodies that everybody can sign: the libraries take text, so these are UTF-8.
fn bodies_to_sign() -> Vec<String> {
    let event = str::from_utf8(BODY).unwrap();
    vec![
        event.to_owned(),
        event.replace("product.created", "payment_intent.succeeded"),
        event.replace("\"event\"", "\"v2.core.event\"").replace("product.created", "v1.product.created"),
        event.replace("prod_1", "é日本😀\u{2028}"),
        event.replace(',', ",\r\n\t"),
        event.replace("prod_1", &"x".repeat(500_000)),
    ]
}

#[test]
fn what_stripes_libraries_sign_we_accept() {
    let Some(judges) = start_judges() else { return };
    let server = start_server();
    let mut accepted = 0;
    for mut judge in judges {
        for body in bodies_to_sign() {
            let header = judge.sign_body(body.as_bytes(), SECRET, NOW);
            let secret = Secret::new(SECRET).unwrap();
            let verified =
                verify(Some(header.as_bytes()), body.as_bytes(), &[secret], Tolerance::DEFAULT, NOW);
            assert_eq!(
                verified.map(|verified| verified.timestamp),
                Ok(NOW),
                "{} signed {header}",
                judge.name
            );
            assert_eq!(
                answer_status(&server, header.as_bytes(), body.as_bytes()),
                200,
                "{}: {body}",
                judge.name
            );
            accepted += 1;
        }
    }
    println!("{accepted} of {accepted} signed by Stripe's libraries: verified, and answered with 200");
}

#[test]
fn what_we_sign_stripes_libraries_accept() {
    let Some(judges) = start_judges() else { return };
    let mut accepted = 0;
    for mut judge in judges {
        for secret in [SECRET, "whsec_ключ", "no prefix"] {
            for body in bodies_to_sign() {
                let header = sign(body.as_bytes(), &Secret::new(secret).unwrap(), NOW);
                let case = SignatureCase {
                    body: body.into(),
                    ..SignatureCase::with_header("signed by us", header).with_secret(secret)
                };
                judge
                    .accepts_case(&case)
                    .unwrap_or_else(|why| panic!("{} refuses {case:?}: {why}", judge.name));
                accepted += 1;
            }
        }
    }
    println!("{accepted} of {accepted} signed by us: accepted by Stripe's libraries");
}

/// Where the libraries agree, their verdict is expected of us; where they do not, the safe one: to refuse.
#[test]
fn our_verdict_is_that_of_stripes_libraries() {
    let Some(judges) = start_judges() else { return };
    let Some([tool]) = environment::paths_from_env([environment::TOOL_VARIABLE]) else { return };
    let ([mut node, mut python], server, tool) = (judges, start_server(), ToolJudge::new(tool));
    let mut deviations: BTreeSet<_> =
        DEVIATIONS.iter().flat_map(|(_, cases)| cases.iter().copied()).collect();
    let (mut names, mut faults) = (BTreeSet::new(), Vec::new());
    let (mut agreed, mut same, mut deviated) = (0, 0, 0);
    for case in
        headers::header_cases().into_iter().chain(bodies::body_cases()).chain(families::family_cases())
    {
        let (ours, node, python) =
            (we_accept(&case, &server), node.accepts_case(&case), python.accepts_case(&case));
        let tool_accepts = tool.accepts_case(&case);
        if tool_accepts != ours {
            faults.push(format!("{:?}: the tool says {tool_accepts}, the library {ours}", case.name));
        }
        let agree = node.is_ok() == python.is_ok();
        let as_expected = ours == (node.is_ok() && python.is_ok());
        agreed += usize::from(agree);
        same += usize::from(agree && as_expected);
        deviated += usize::from(!as_expected);
        if as_expected == deviations.remove(&*case.name) {
            let problem = if as_expected { "deviates no longer" } else { "is not among the deviations" };
            faults.push(format!("{:?} {problem}: ours {ours}, Node {node:?}, Python {python:?}", case.name));
        }
        let name = case.name.clone();
        assert!(names.insert(case.name), "two cases are named {name:?}");
    }
    faults.extend(deviations.into_iter().map(|name| format!("no case is named {name:?}")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(same >= 300, "only {same} cases in which all agree");
    println!(
        "{} cases compared: the libraries agree on {agreed}, `stripe-hooks verify` says the same on {same} of these; it deviates on \
         {deviated} on purpose",
        names.len()
    );
}
