//! A proxy before a PostgreSQL server that fails where a test wants it to. It cuts a connection
//! exactly at a commit, withholds the answer to a statement, or swallows all messages.

use std::{
    collections::HashSet,
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
};

/// The point at which a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CutPoint {
    /// Before the server receives the commit.
    BeforeCommit,
    /// After the server has committed, before its answer reaches the client.
    AfterCommit,
}

/// The next commit to cut at: the commit of a transaction that has this statement.
struct CommitTrap {
    statement: &'static str,
    cut: CutPoint,
}

/// The event that ends the withholding of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WithheldUntil {
    /// A call of [`PostgresProxy::release_answers`].
    Released,
    /// The next message of the client on that connection, or a call of [`PostgresProxy::release_answers`].
    NextMessage,
    /// The end of the connection.
    Closed,
}

/// The answers that the proxy withholds.
#[derive(Default)]
enum WithholdRule {
    #[default]
    Nothing,
    /// The answers on the next connection on which a simple query begins with this text.
    FromQuery(&'static str, WithheldUntil),
    /// The answers on the connection with this number.
    OnConnection(usize, WithheldUntil),
}

#[derive(Default)]
struct ProxyRules {
    trap: Option<CommitTrap>,
    withhold: WithholdRule,
    /// Number of answers that were withheld.
    withheld: usize,
    /// Number of connections that were cut at a commit.
    cut_count: usize,
    /// Number of the last silent connection. The proxy keeps the connections up to this number
    /// open, but swallows their messages.
    last_silent: usize,
    /// `true` if new connections are silent, too.
    silences_new: bool,
    connections_made: usize,
}

/// The proxy. Its threads end with the connections that go through it.
#[derive(Clone)]
pub(crate) struct PostgresProxy {
    port: u16,
    rules: Arc<Mutex<ProxyRules>>,
    /// Notified when withheld answers are released.
    changed: Arc<Condvar>,
}

impl PostgresProxy {
    pub(crate) fn start(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let proxy = Self { port, rules: Arc::default(), changed: Arc::default() };
        let forwarding = proxy.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                forwarding.forward_connection(client, server);
            }
        });
        proxy
    }

    /// Returns the address of this database through the proxy.
    pub(crate) fn address(&self, of: &str) -> String {
        let (before, after) = of.rsplit_once(':').unwrap();
        let (_, database) = after.split_once('/').unwrap();
        format!("{before}:{}/{database}?sslmode=disable", self.port)
    }

    /// Cuts the connection at the next commit of a transaction that has a statement with this text.
    pub(crate) fn cut_at_commit(&self, cut: CutPoint, statement: &'static str) {
        self.rules.lock().unwrap().trap = Some(CommitTrap { statement, cut });
    }

    /// Returns the number of connections that were cut.
    pub(crate) fn count_cuts(&self) -> usize {
        self.rules.lock().unwrap().cut_count
    }

    /// Withholds the server's answer to the next simple query that begins with this text, and all
    /// later answers on the same connection. The query itself reaches the server.
    pub(crate) fn withhold_answers(&self, query: &'static str, until: WithheldUntil) {
        self.rules.lock().unwrap().withhold = WithholdRule::FromQuery(query, until);
    }

    /// Returns the number of answers that were withheld so far, for a while or for good.
    pub(crate) fn withheld(&self) -> usize {
        self.rules.lock().unwrap().withheld
    }

    /// Passes on the withheld answers, except if they are withheld until the connection ends.
    pub(crate) fn release_answers(&self) {
        let mut rules = self.rules.lock().unwrap();
        if let WithholdRule::OnConnection(_, WithheldUntil::Released | WithheldUntil::NextMessage) =
            rules.withhold
        {
            rules.withhold = WithholdRule::Nothing;
        }
        self.changed.notify_all();
    }

    /// Swallows all messages from now on, on existing and on new connections.
    pub(crate) fn silence_connections(&self) {
        let mut rules = self.rules.lock().unwrap();
        rules.last_silent = rules.connections_made;
        rules.silences_new = true;
    }

    /// Lets new connections through. Silent connections stay silent.
    pub(crate) fn accept_connections(&self) {
        let mut rules = self.rules.lock().unwrap();
        rules.last_silent = rules.connections_made;
        rules.silences_new = false;
    }

    fn forward_connection(&self, client: TcpStream, server: u16) {
        let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { return };
        let number = {
            let mut rules = self.rules.lock().unwrap();
            rules.connections_made += 1;
            if rules.silences_new {
                rules.last_silent = rules.connections_made;
            }
            rules.connections_made
        };
        let connection = Arc::new(ProxiedConnection {
            number,
            rules: Arc::clone(&self.rules),
            changed: Arc::clone(&self.changed),
            discarded_answer: Mutex::default(),
            answer_received: Condvar::new(),
        });
        let (to_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
        let back = Arc::clone(&connection);
        thread::spawn(move || connection.forward_client_messages(client, to_server));
        thread::spawn(move || back.forward_server_messages(server, to_client));
    }
}

/// One connection through the proxy.
struct ProxiedConnection {
    number: usize,
    rules: Arc<Mutex<ProxyRules>>,
    changed: Arc<Condvar>,
    discarded_answer: Mutex<DiscardedAnswer>,
    answer_received: Condvar,
}

/// The server's answer to a commit, which the proxy does not pass on.
#[derive(Default)]
struct DiscardedAnswer {
    begun: bool,
    answer: Vec<u8>,
    ended: bool,
}

impl ProxiedConnection {
    fn is_silent(&self) -> bool {
        self.number <= self.rules.lock().unwrap().last_silent
    }

    fn forward_client_messages(&self, mut client: TcpStream, mut server: TcpStream) {
        let mut messages = ClientMessages::default();
        while let Ok(message) = messages.read_message(&mut client) {
            if self.is_silent() {
                continue;
            }
            self.update_withholding(&message);
            let cut = messages.cut_point_of(&message, |statements| self.take_trap(statements));
            let passed = match cut {
                None => server.write_all(&message),
                Some(CutPoint::BeforeCommit) => break,
                Some(CutPoint::AfterCommit) => {
                    self.discarded_answer.lock().unwrap().begun = true;
                    let passed = server.write_all(&message);
                    self.wait_for_answer();
                    drop(passed);
                    break;
                }
            };
            if passed.is_err() {
                break;
            }
        }
        self.stop_withholding(|_| true);
        if !self.is_silent() {
            let _ = server.shutdown(Shutdown::Both);
            let _ = client.shutdown(Shutdown::Both);
        }
    }

    fn forward_server_messages(&self, mut server: TcpStream, mut client: TcpStream) {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = server.read(&mut buffer) {
            self.wait_while_withheld();
            let mut discarded = self.discarded_answer.lock().unwrap();
            if discarded.begun {
                discarded.answer.extend(&buffer[..length]);
                self.answer_received.notify_all();
            } else if !self.is_silent() && client.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        self.discarded_answer.lock().unwrap().ended = true;
        self.answer_received.notify_all();
        if !self.is_silent() {
            let _ = client.shutdown(Shutdown::Both);
        }
    }

    /// Begins to withhold answers if this message is the awaited query. Ends the withholding if it
    /// lasts only until the next message.
    fn update_withholding(&self, message: &[u8]) {
        self.stop_withholding(|until| until == WithheldUntil::NextMessage);
        let mut rules = self.rules.lock().unwrap();
        if let WithholdRule::FromQuery(query, until) = rules.withhold
            && message[0] == b'Q'
            && message[5..].starts_with(query.as_bytes())
        {
            rules.withhold = WithholdRule::OnConnection(self.number, until);
        }
    }

    /// Passes on the withheld answers of this connection if `ends` accepts the end of the
    /// withholding.
    fn stop_withholding(&self, ends: impl FnOnce(WithheldUntil) -> bool) {
        let mut rules = self.rules.lock().unwrap();
        if let WithholdRule::OnConnection(number, until) = rules.withhold
            && number == self.number
            && ends(until)
        {
            rules.withhold = WithholdRule::Nothing;
            self.changed.notify_all();
        }
    }

    /// Blocks an answer for as long as answers are withheld from this connection.
    fn wait_while_withheld(&self) {
        let is_held = |rules: &mut ProxyRules| matches!(rules.withhold, WithholdRule::OnConnection(number, _) if number == self.number);
        let mut rules = self.rules.lock().unwrap();
        if is_held(&mut rules) {
            rules.withheld += 1;
            drop(self.changed.wait_while(rules, is_held).unwrap());
        }
    }

    /// Takes the trap if it is set for one of these statements.
    fn take_trap(&self, statements: &str) -> Option<CutPoint> {
        let mut rules = self.rules.lock().unwrap();
        let cut = rules.trap.as_ref().filter(|trap| statements.contains(trap.statement))?.cut;
        rules.trap = None;
        rules.cut_count += 1;
        Some(cut)
    }

    /// Waits until the server is ready for the next query, and has therefore committed.
    fn wait_for_answer(&self) {
        let is_ready = |answer: &[u8]| matches!(answer, [.., b'Z', 0, 0, 0, 5, _]);
        let discarded = self.discarded_answer.lock().unwrap();
        drop(
            self.answer_received
                .wait_while(discarded, |discarded| !is_ready(&discarded.answer) && !discarded.ended)
                .unwrap(),
        );
    }
}

/// The messages of a client, as far as the proxy must know them to see where the client commits.
#[derive(Default)]
struct ClientMessages {
    has_begun: bool,
    /// The names and texts of the prepared statements.
    prepared: HashSet<(Vec<u8>, String)>,
    /// The statements that were executed since the last commit.
    executed: String,
    /// `true` if a transaction lasts until its `COMMIT`, and not only until the next Sync message.
    is_open: bool,
}

impl ClientMessages {
    /// Reads the next message as the client sent it.
    fn read_message(&mut self, client: &mut TcpStream) -> io::Result<Vec<u8>> {
        // The first message has no type.
        let kind = usize::from(self.has_begun);
        self.has_begun = true;
        let mut message = vec![0; kind + 4];
        client.read_exact(&mut message)?;
        let length = u32::from_be_bytes(message[kind..].try_into().unwrap());
        message.resize(kind + usize::try_from(length).unwrap(), 0);
        client.read_exact(&mut message[kind + 4..])?;
        Ok(message)
    }

    /// Returns the kind of cut if this message makes the server commit the statement of the trap.
    fn cut_point_of(
        &mut self,
        message: &[u8],
        trapped: impl FnOnce(&str) -> Option<CutPoint>,
    ) -> Option<CutPoint> {
        let mut texts = message.get(5..).unwrap_or_default().split(|byte| *byte == 0);
        let mut text = || texts.next().unwrap_or_default().to_vec();
        match message[0] {
            b'P' => {
                let (name, statement) = (text(), text());
                self.prepared.insert((name, String::from_utf8_lossy(&statement).into_owned()));
                None
            }
            b'B' => {
                let (_portal, name) = (text(), text());
                let statements = self.prepared.iter().filter(|(known, _)| *known == name);
                statements.for_each(|(_, statement)| self.executed.push_str(statement));
                None
            }
            b'Q' => {
                let statement = String::from_utf8_lossy(&text()).into_owned();
                self.is_open |= statement.starts_with("BEGIN");
                let ends = statement == "COMMIT" || statement == "ROLLBACK";
                self.is_open &= !ends;
                let executed = std::mem::take(&mut self.executed);
                match &*statement {
                    "COMMIT" => trapped(&executed),
                    _ if ends => None,
                    _ => {
                        self.executed = executed;
                        None
                    }
                }
            }
            b'S' if !self.is_open => {
                let cut = trapped(&self.executed);
                self.executed.clear();
                cut
            }
            _ => None,
        }
    }
}
