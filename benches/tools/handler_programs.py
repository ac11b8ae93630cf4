"""The programs that handler-cost builds.

Each has the same handlers: on stripe-hooks, by hand, or on async-stripe-webhook.
"""

import atexit
import functools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PEER = ROOT / "benches/peers/async-stripe-webhook"
SECRET = "whsec_of_a_measurement"
PER_MODULE = 25


@functools.cache
def published():
    """Copies the crates to a repository of their own and returns its folder.

    Cargo builds a path dependency incrementally and a git dependency not. A user's application
    depends on a published crate, which cargo does not build incrementally either.
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix="handler-cost-crates-"))
    atexit.register(forget, folder)
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for file in filter(None, files):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, folder / file, follow_symlinks=False)
    git = ["git", "-c", "user.name=measurement", "-c", "user.email=measurement@localhost"]
    for command in [["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "As it is"]]:
        subprocess.run(git + command, cwd=folder, check=True)
    return folder


def forget(folder):
    """Removes the repository, and the copies that cargo made of it."""
    home = pathlib.Path(os.environ.get("CARGO_HOME", pathlib.Path.home() / ".cargo"))
    for copy in [folder, *home.glob(f"git/*/{folder.name}-*")]:
        shutil.rmtree(copy, ignore_errors=True)


class Event:
    """An event and the object that it carries."""

    def __init__(self, name, tag, described):
        self.name = name
        self.tag = tag
        self.object = described["rust_name"]
        self.fields = {field["name"]: field for field in described["fields"]}

    def camel(self):
        return "".join(word.capitalize() for word in self.name.replace(".", "_").split("_"))

    def snake(self):
        return self.name.replace(".", "_")


# Objects that the other crate lacks or gives another shape.
ELSEWHERE = {"billing.credit_balance_transaction", "three_d_secure.authentication"}


def events():
    """Returns the events of the three families whose objects have all fields that handlers read."""
    catalogue = json.loads((ROOT / "stripe-hooks/codegen/catalogue.json").read_text())
    found = []
    for event in catalogue["snapshot_events"]:
        if event["status"] != "ga" or event.get("union") or len(event["object"]) != 1:
            continue
        tag = event["object"][0]
        described = catalogue["objects"][tag]
        fields = {field["name"] for field in described["fields"]}
        family = {"payments_core", "checkout", "billing"} & {described["family"], *described.get("families", [])}
        if family and tag not in ELSEWHERE and {"id", "created", "livemode"} <= fields:
            found.append(Event(event["type"], tag, described))
    return found


class Handler:
    def __init__(self, number, event):
        self.event = event
        self.name = f"{event.snake()}_{number}"
        self.lens = f"{event.camel()}{number}"
        self.module = f"handlers_{number // PER_MODULE:02}"


def handlers(count):
    known = events()
    return [Handler(number, known[number % len(known)]) for number in range(count)]


LEDGER = """\
/// Where the handlers write what they have seen.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Vec<String>>>);

impl Ledger {
    pub fn note(&self, line: String) -> Result<(), Failure> {
        self.0.lock().map_err(|_| Failure("the ledger is closed"))?.push(line);
        Ok(())
    }

    fn lines(&self) -> usize {
        self.0.lock().map_or(0, |lines| lines.len())
    }
}

#[derive(Debug)]
pub struct Failure(pub &'static str);

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Failure {}
"""

REQUEST = """\
    let header = std::env::args().nth(1).unwrap_or_default();
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body)?;
"""


def modules(all_handlers):
    return "".join(f"mod {name};\n" for name in sorted({handler.module for handler in all_handlers}))


class Ours:
    """On stripe-hooks, with full objects, a lens for each object, or a lens for each handler."""

    def __init__(self, lenses=None):
        self.lenses = lenses

    def manifest(self):
        features = [] if self.lenses else ["payments", "checkout", "billing"]
        return (
            f'stripe-hooks = {{ git = "file://{published()}", default-features = false, features = {json.dumps(features)} }}\n'
            'tokio = { version = "1.47", default-features = false, features = ["macros", "rt"] }\n'
        )

    lock = ROOT / "Cargo.lock"

    def main(self, all_handlers):
        lenses = f"\nmod lenses {{\n{self.shared_lenses(all_handlers)}}}\n" if self.lenses == "shared" else ""
        return f"""\
use std::{{error::Error, io::Read, sync::{{Arc, Mutex}}}};

use stripe_hooks::Endpoint;

{modules(all_handlers)}{lenses}
{LEDGER}
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {{
{REQUEST}
    let ledger = Ledger::default();
    let endpoint = Endpoint::builder().secret("{SECRET}").state(ledger.clone()).build()?;
    let answer = endpoint.receive(Some(header.as_bytes()), body.into()).await;
    println!("{{}} {{}}", answer.status(), ledger.lines());
    Ok(())
}}
"""

    def module(self, some):
        objects = sorted({handler.event.object for handler in some})
        written = "".join(map(self.handler, some))
        ours = "use crate::{Failure, Ledger};\n"
        match self.lenses:
            case None:
                return f"use stripe_hooks::{{State, objects::{{{', '.join(objects)}}}, on_event}};\n\n{ours}{written}"
            case "shared":
                names = ", ".join(f"{name}Lens" for name in objects)
                return f"use stripe_hooks::{{State, on_event}};\n\nuse crate::lenses::{{{names}}};\n{ours}{written}"
            case "own":
                imports = f"Id, Lens, State, Timestamp, objects::{{{', '.join(objects)}}}, on_event"
                lenses = "".join(self.lens(handler.lens, handler.event) for handler in some)
                return f"use stripe_hooks::{{{imports}}};\n\n{ours}{lenses}{written}"

    def shared_lenses(self, all_handlers):
        """Returns one lens for each object. All handlers of the object take it."""
        events = {handler.event.object: handler.event for handler in all_handlers}
        imports = f"Id, Lens, Timestamp, objects::{{{', '.join(sorted(events))}}}"
        return f"use stripe_hooks::{{{imports}}};\n" + "".join(
            self.lens(f"{name}Lens", event, "pub ") for name, event in events.items()
        )

    def lens(self, lens, event, public=""):
        types = {"id": f"Id<{event.object}>", "created": "Timestamp", "livemode": "bool"}
        fields = "".join(
            f"    {public}{name}: {ty if event.fields[name]['stable'] else f'Option<{ty}>'},\n" for name, ty in types.items()
        )
        return f'\n#[derive(Lens)]\n#[lens("{event.tag}")]\n{public}struct {lens} {{\n{fields}}}\n'

    def handler(self, handler):
        argument = {None: handler.event.object, "shared": f"{handler.event.object}Lens", "own": handler.lens}[self.lenses]
        return f"""
#[on_event("{handler.event.name}")]
async fn {handler.name}(object: {argument}, State(ledger): State<Ledger>) -> Result<(), Failure> {{
    ledger.note(format!("{{:?}} {{:?}} {{:?}}", object.id, object.created, object.livemode))
}}
"""


class ByHand:
    """By hand, on the usual crates: serde_json, hmac and sha2."""

    lock = ROOT / "Cargo.lock"

    def manifest(self):
        return (
            'hmac = "0.13"\nserde_json = "1.0.145"\nsha2 = "0.11"\n'
            'tokio = { version = "1.47", default-features = false, features = ["macros", "rt"] }\n'
        )

    def main(self, all_handlers):
        arms = "".join(
            f'        "{name}" => {{\n'
            + "".join(f"            {handler.module}::{handler.name}(object, ledger).await?;\n" for handler in some)
            + "        }\n"
            for name, some in by_event(all_handlers).items()
        )
        return f"""\
use std::{{
    error::Error,
    io::Read,
    sync::{{Arc, Mutex}},
    time::{{SystemTime, UNIX_EPOCH}},
}};

use hmac::{{Hmac, KeyInit, Mac}};
use serde_json::Value;
use sha2::Sha256;

{modules(all_handlers)}
{LEDGER}
pub fn text<'a>(object: &'a Value, key: &'static str) -> Result<&'a str, Failure> {{
    object.get(key).and_then(Value::as_str).ok_or(Failure(key))
}}

pub fn integer(object: &Value, key: &'static str) -> Result<i64, Failure> {{
    object.get(key).and_then(Value::as_i64).ok_or(Failure(key))
}}

pub fn flag(object: &Value, key: &'static str) -> Result<bool, Failure> {{
    object.get(key).and_then(Value::as_bool).ok_or(Failure(key))
}}

fn is_genuine(header: &str, body: &[u8]) -> bool {{
    let (mut time, mut signatures) = (None, Vec::new());
    for part in header.split(',') {{
        match part.split_once('=') {{
            Some(("t", value)) => time = value.parse::<u64>().ok(),
            Some(("v1", value)) => signatures.push(value),
            _ => {{}}
        }}
    }}
    let (Some(time), Ok(now)) = (time, SystemTime::now().duration_since(UNIX_EPOCH)) else {{ return false }};
    if now.as_secs().saturating_sub(time) > 300 {{
        return false;
    }}
    signatures.into_iter().any(|signature| {{
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice("{SECRET}".as_bytes()) else {{ return false }};
        mac.update(format!("{{time}}.").as_bytes());
        mac.update(body);
        let bytes: Option<Vec<u8>> =
            (0..signature.len()).step_by(2).map(|at| u8::from_str_radix(signature.get(at..at + 2)?, 16).ok()).collect();
        bytes.is_some_and(|bytes| mac.verify_slice(&bytes).is_ok())
    }})
}}

async fn dispatch(event: &str, object: &Value, ledger: &Ledger) -> Result<(), Failure> {{
    match event {{
{arms}        _ => {{}}
    }}
    Ok(())
}}

async fn receive(header: &str, body: &[u8], ledger: &Ledger) -> u16 {{
    if !is_genuine(header, body) {{
        return 400;
    }}
    let Ok(event) = serde_json::from_slice::<Value>(body) else {{ return 400 }};
    let Some(name) = event["type"].as_str() else {{ return 400 }};
    match dispatch(name, &event["data"]["object"], ledger).await {{
        Ok(()) => 200,
        Err(failure) => {{
            eprintln!("{{name}} failed: {{failure}}");
            500
        }}
    }}
}}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {{
{REQUEST}
    let ledger = Ledger::default();
    let status = receive(&header, &body, &ledger).await;
    println!("{{status}} {{}}", ledger.lines());
    Ok(())
}}
"""

    def module(self, some):
        return "use serde_json::Value;\n\nuse crate::{Failure, Ledger, flag, integer, text};\n" + "".join(
            f"""
pub async fn {handler.name}(object: &Value, ledger: &Ledger) -> Result<(), Failure> {{
    let (id, created, livemode) = (text(object, "id")?, integer(object, "created")?, flag(object, "livemode")?);
    ledger.note(format!("{{id:?}} {{created:?}} {{livemode:?}}"))
}}
"""
            for handler in some
        )


class AsyncStripe:
    """On the existing crate of typed Stripe events."""

    lock = PEER / "Cargo.lock"

    def __init__(self, features):
        self.features = features

    def manifest(self):
        # The release and the features of the peer whose cold builds `compile-times` measures.
        return (
            f'async-stripe-webhook = {{ version = "=1.0.0-rc.10", features = {json.dumps(self.features)} }}\n'
            'async-stripe-shared = "=1.0.0-rc.10"\n'
            + "".join(f'{feature} = "=1.0.0-rc.10"\n' for feature in ["async-stripe-billing"])
            + 'tokio = { version = "1.47", default-features = false, features = ["macros", "rt"] }\n'
        )

    def main(self, all_handlers):
        arms = "".join(
            f"        EventObject::{some[0].event.camel()}(object) => {{\n"
            + "".join(f"            {handler.module}::{handler.name}(&object, ledger).await?;\n" for handler in some)
            + "        }\n"
            for some in by_event(all_handlers).values()
        )
        return f"""\
use std::{{error::Error, io::Read, sync::{{Arc, Mutex}}}};

use stripe_webhook::{{EventObject, Webhook}};

{modules(all_handlers)}
{LEDGER}
async fn dispatch(object: EventObject, ledger: &Ledger) -> Result<(), Failure> {{
    match object {{
{arms}        _ => {{}}
    }}
    Ok(())
}}

async fn receive(header: &str, body: &[u8], ledger: &Ledger) -> u16 {{
    let Ok(body) = std::str::from_utf8(body) else {{ return 400 }};
    let event = match Webhook::construct_event(body, header, "{SECRET}") {{
        Ok(event) => event,
        Err(error) => {{
            eprintln!("refused: {{error}}");
            return 400;
        }}
    }};
    match dispatch(event.data.object, ledger).await {{
        Ok(()) => 200,
        Err(failure) => {{
            eprintln!("failed: {{failure}}");
            500
        }}
    }}
}}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {{
{REQUEST}
    let ledger = Ledger::default();
    let status = receive(&header, &body, &ledger).await;
    println!("{{status}} {{}}", ledger.lines());
    Ok(())
}}
"""

    def module(self, some):
        return "use crate::{Failure, Ledger};\n" + "".join(
            f"""
pub async fn {handler.name}(object: &{self.path(handler.event)}, ledger: &Ledger) -> Result<(), Failure> {{
    ledger.note(format!("{{:?}} {{:?}} {{:?}}", object.id, object.created, object.livemode))
}}
"""
            for handler in some
        )

    @staticmethod
    def path(event):
        home = "stripe_billing" if event.tag in IN_BILLING else "stripe_shared"
        return f"{home}::{event.object}"


# Objects that the other crate defines in its billing part. Its other objects are in a part that all
# parts share.
IN_BILLING = {"billing.meter", "billing_portal.configuration", "billing_portal.session", "quote"}


def by_event(all_handlers):
    grouped = {}
    for handler in all_handlers:
        grouped.setdefault(handler.event.name, []).append(handler)
    return grouped


THREE = ["async-stripe-billing", "async-stripe-checkout", "async-stripe-core"]
VARIANTS = {
    "hand": ("by hand, on serde_json::Value", ByHand()),
    "lenses": ("stripe-hooks, a lens for each handler", Ours("own")),
    "shared": ("stripe-hooks, a lens for each object", Ours("shared")),
    "objects": ("stripe-hooks, full objects of three families", Ours()),
    "three": ("async-stripe-webhook, three families", AsyncStripe(THREE)),
    "all": ("async-stripe-webhook, all", AsyncStripe(["full"])),
}
