//! `gwh listen`: deliveries received, verified and shown.
//!
//! The server runs on the runtime's thread and hands its deliveries to `intake`, which has them kept before
//! they are answered; `goal` decides what is shown and when the run ends; `printer` formats and writes on
//! a thread of its own, behind a bounded `queue`; `forward` passes deliveries on; `resolve` looks up the jobs that
//! they are about.

mod answers;
mod args;
mod banner;
mod earlier;
mod explain;
mod forward;
mod goal;
mod in_time;
mod intake;
mod printer;
mod public;
mod queue;
mod records;
mod resolve;
mod tls;

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

pub use args::Listen;

use self::banner::Names;
use self::forward::{Advisor, Forwarding};
use self::goal::{End, Goal};
use self::intake::{Desk, Door, Keeping};
use self::printer::Printer;
use self::public::{Plan, Public};
use self::queue::{Item, Queue};
use self::resolve::{Following, Lookups};
use self::tls::Certificate;
use crate::cmd::bind;
use crate::cmd::ready_file::ReadyFile;
use crate::config;
use crate::error::{Exit, Failure, Kind};
use crate::event::catalog;
use crate::gemini::Api;
use crate::listeners::Presence;
use crate::runtime;
use crate::server::{self, Limits, LiveKeys, Responses, Retries, Settings, Token};
use crate::session::Session;
use crate::store::{Bounds, Store, Writer};

/// How long the store may take to keep, and the output to show, what is queued once the run has ended.
const PATIENCE: Duration = Duration::from_secs(2);

/// Receives until Ctrl-C, or until what is waited for came.
///
/// # Errors
/// Kind `Configuration` where the address or a key cannot be had; `Negative` where what was waited
/// for did not come, or a delivery did not verify under `--fail-on-invalid`.
pub fn run(args: Listen, session: &Session) -> Result<Exit, Failure> {
    let plan = Plan::of(&args, session)?;
    let certificate = args.tls.certificate(session)?;
    let forwarding = Forwarding::new(&args, session)?.map(Arc::new);
    let api = (args.resolve || plan.is_some()).then(|| session.api().map(Arc::new)).transpose()?;
    runtime::block_on(async {
        let host = session.config.required(&config::LISTEN_HOST, args.host.clone());
        let port = session.config.required(&config::LISTEN_PORT, args.port);
        let (listener, address) = bind::bind(&host, port).await?;
        // Without a handler a signal would end the process at once, so there is one before anything is made that
        // must not be left behind, and before anybody can know that the server is up.
        let stopped = session.shutdown.armed().await;
        let public = match plan.zip(api.clone()) {
            Some((plan, api)) => Some(plan.carry_out(api, session).await?),
            None => None,
        };
        let start = Start {
            listener,
            address,
            forwarding,
            api: api.filter(|_| args.resolve),
            certificate: certificate.as_ref(),
            public: public.as_ref(),
        };
        let ended = listen(&args, session, start, stopped).await;
        if let Some(public) = public {
            public.end(session).await;
        }
        ended
    })
}

/// How deliveries are received, with these keys.
fn settings(args: &Listen, session: &Session, keys: LiveKeys, certificate: Option<&Certificate>) -> Settings {
    Settings {
        limits: Limits::with_max_body(args.max_body),
        path: args.path.clone(),
        keys: Arc::new(keys),
        policy: args.verify.policy(session, session.now()),
        responses: Responses {
            status: args.answers.respond,
            fail_first: args.answers.fail_first,
            delay: args.answers.delay,
        },
        tls: certificate.map(Certificate::tls),
        token: Some(Token::new(session.random.as_ref())),
        retries: Arc::default(),
        clock: session.clock.clone(),
    }
}

/// A warning for each event type that is named and not known: it may be new, or a slip that would never
/// match.
fn unknown_types(args: &Listen) -> impl Iterator<Item = String> + '_ {
    let flags = [
        ("--until", args.waiting.until.as_slice()),
        ("--events", &args.events),
        ("--exclude", &args.exclude),
    ];
    let named = flags.into_iter().flat_map(|(flag, names)| names.iter().map(move |name| (flag, name)));
    let unknown = named.filter(|(_, name)| !name.contains(['*', '?']) && catalog::find(name).is_none());
    unknown.map(|(flag, name)| {
        let meant =
            catalog::closest(name).map(|meant| format!(" (did you mean {meant}?)")).unwrap_or_default();
        format!("{flag} {name:?} is not a known event type{meant}")
    })
}

/// What a server begins with.
struct Start<'a> {
    listener: TcpListener,
    address: SocketAddr,
    forwarding: Option<Arc<Forwarding>>,
    /// What is asked for the jobs of events, with `--resolve`.
    api: Option<Arc<Api>>,
    certificate: Option<&'a Certificate>,
    /// The webhook that was made for this run, with `--public-url`.
    public: Option<&'a Public>,
}

async fn listen(
    args: &Listen,
    session: &Session,
    Start { listener, address, forwarding, api, certificate, public }: Start<'_>,
    stopped: impl Future<Output = ()>,
) -> Result<Exit, Failure> {
    let verify = public.map(|public| args.verify.with_webhook(session, &public.webhook.id));
    let sources = verify.as_ref().unwrap_or(&args.verify).sources(session)?;
    let settings = settings(args, session, LiveKeys::following(sources)?, certificate);
    let names = Names::of(&settings.keys.current(), session.now());
    let url = bind::url(&tls::scheme(certificate), address, &args.path);
    if let Some(forwarding) = &forwarding {
        forwarding.check_against(address)?;
    }
    let (ends, mut ended) = mpsc::channel(1);
    let writer = writer(args, session, &settings.retries)?;
    let keeper = writer.as_ref().map(Writer::queue);
    let (keys, clock) = (settings.keys.clone(), session.clock.clone());
    let advisor = Advisor::new(args, session);
    let printer = Printer::start(session.ui.clone(), clock, keys, keeper.clone(), advisor, ends.clone())?;
    let queue = printer.queue();
    warn(&queue, args, address, forwarding.as_deref(), certificate);
    let file = args.waiting.ready_file.as_deref();
    let ready_file = file.map(|file| ReadyFile::write(&session.directory, file, &url)).transpose()?;
    // Only `webhooks ping --wait` misses it where it cannot be written.
    let folder = session.profile_folder().ok();
    let token = settings.token.as_ref();
    let shown = certificate.map(|certificate| certificate.identity().certificate());
    let presence = folder
        .zip(token)
        .and_then(|(folder, token)| Presence::announce(&folder, &url, address.port(), token, shown).ok());
    let targets = forwarding.as_ref().map(|forwarding| forwarding.targets()).unwrap_or_default();
    let opening = banner::Opening {
        url: &url,
        names: &names,
        uses_identity: args.verify.uses_local_identity(session),
        certificate,
        targets: &targets,
        webhook: public.map(|public| &public.webhook),
    };
    greet(&queue, session, &opening);

    let goal = Goal::new(&args.events, &args.exclude, &args.waiting);
    let following = api.map(|api| Following::start(api, queue.clone(), session.clock.clone()));
    let (following, lookups) = following.unzip();
    let desk = Arc::new(Desk::new(goal, queue.clone(), following, ends));
    tokio::spawn(desk.clone().tell_who_waits());
    let door = Arc::new(Door { desk: desk.clone(), keeper, forwarding: forwarding.clone() });
    let (stop, stopping) = oneshot::channel::<()>();
    let serving = tokio::spawn(server::run(listener, settings, door, async {
        // A sender that is gone means the end as well.
        let _ = stopping.await;
    }));
    let pinging = async {
        match public {
            Some(public) => public.look_for_ping(&url, &desk, &queue).await,
            None => pending().await,
        }
    };
    let end = tokio::select! {
        () = stopped => End::Stopped,
        never = pinging => match never {},
        () = expiry(args.waiting.timeout) => End::TimedOut,
        end = ended.recv() => end.unwrap_or(End::Stopped),
    };
    drop((ready_file, presence));
    // Fails where the server has ended already.
    let _ = stop.send(());
    let running = Running { serving, forwarding, writer, lookups, desk: desk.clone(), printer };
    tokio::select! {
        () = running.finish(&end) => {}
        () = session.shutdown.requested_again() => {}
    }
    conclude(end, &desk.goal(), args.waiting.timeout)
}

/// What is still at work when no more deliveries are taken.
struct Running {
    serving: JoinHandle<()>,
    forwarding: Option<Arc<Forwarding>>,
    writer: Option<Writer<Keeping>>,
    lookups: Option<Lookups>,
    desk: Arc<Desk>,
    printer: Printer,
}

impl Running {
    /// Lets it come to its end, one after the other and each in its time: what is answered, kept, looked up,
    /// shown.
    async fn finish(self, end: &End) {
        let Running { serving, forwarding, mut writer, lookups, desk, printer } = self;
        let queue = printer.queue();
        // A panic has been printed; the run ends either way. What is under way has the time of the drain,
        // also where nobody waits for its answer any more.
        let _ = tokio::join!(serving, async {
            if let Some(forwarding) = forwarding {
                forwarding.finish().await;
            }
        });
        if let Some(writer) = &mut writer
            && timeout(PATIENCE, writer.close()).await.is_err()
        {
            // A disk that takes nothing cannot be waited for.
            let text = "the store did not take everything in time; what it did not take was not acknowledged";
            queue.push(Item::Warning(text.to_owned()));
        }
        if let Some(lookups) = lookups {
            lookups.finish(end.patience()).await;
        }
        queue.push(Item::Summary(desk.tally()));
        // Nor can an output that takes nothing.
        let _ = timeout(PATIENCE, printer.finish()).await;
        if let Some(writer) = writer {
            // The printer has explained the last refusals, which belongs into the store, too.
            let _ = timeout(PATIENCE, writer.finish()).await;
        }
    }
}

/// Says what is unusual about this run.
fn warn(
    queue: &Queue,
    args: &Listen,
    address: SocketAddr,
    forwarding: Option<&Forwarding>,
    certificate: Option<&Certificate>,
) {
    if !address.ip().is_loopback() {
        queue.push(Item::Warning(format!("{address} can be reached from other machines")));
    }
    let of_certificate = certificate.into_iter().flat_map(|certificate| certificate.warnings(address));
    let of_forwarding = forwarding.into_iter().flat_map(|forwarding| forwarding.warnings(&args.forward));
    for text in unknown_types(args).chain(of_certificate).chain(of_forwarding) {
        queue.push(Item::Warning(text));
    }
}

/// Says that deliveries are taken.
fn greet(queue: &Queue, session: &Session, opening: &banner::Opening<'_>) {
    if session.ui.json() {
        queue.push(Item::Data(banner::ready(opening)));
        return;
    }
    queue.push(Item::Note(banner::greeting(session, opening)));
    if let Some(webhook) = opening.webhook {
        queue.push(Item::Note(banner::delivering(webhook)));
    }
    if !opening.targets.is_empty() {
        queue.push(Item::Note(banner::forwarding(opening.targets)));
    }
}

fn conclude(end: End, goal: &Goal, timeout: Option<Duration>) -> Result<Exit, Failure> {
    match end {
        End::Met => Ok(Exit::Done),
        End::Invalid(words) => Err(Failure::negative(format!("a delivery did not verify: {words}"))
            .hint("leave --fail-on-invalid out to go on after such deliveries")),
        // Whoever waits for something wants to know that it did not come, also where nobody reads any more.
        End::Output(failure) if failure.kind() == Kind::OutputClosed && goal.is_set() => {
            Err(goal.unmet("before its output was closed"))
        }
        End::Output(failure) => Err(failure),
        End::Stopped if goal.is_set() => Err(goal.unmet("before it was stopped")),
        End::TimedOut if goal.is_set() => Err(goal.unmet(&goal::within(timeout))),
        End::Stopped | End::TimedOut => Ok(Exit::Done),
    }
}

/// The thread that keeps deliveries; none with `--no-store`. What was kept before tells `retries` what has come.
fn writer(
    args: &Listen,
    session: &Session,
    retries: &Arc<Retries>,
) -> Result<Option<Writer<Keeping>>, Failure> {
    if args.store.no_store {
        return Ok(None);
    }
    let without = "--no-store receives without keeping anything";
    let folder = session.profile_folder().map_err(|failure| failure.hint(without))?;
    let store = Store::open(&folder).map_err(|error| Failure::from(error).hint(without))?;
    earlier::recall(&store, folder, session.timestamp(), retries.clone());
    let bounds = Bounds {
        keep: Some(session.config.required(&config::STORE_KEEP, args.store.keep)),
        max_bytes: Some(session.config.required(&config::STORE_MAX, args.store.max_store) as u64),
    };
    Writer::start(store, bounds, session.clock.clone())
        .map(Some)
        .map_err(|error| Failure::configuration("cannot start the thread of the store").because(error))
}

async fn expiry(timeout: Option<Duration>) {
    match timeout {
        Some(timeout) => sleep(timeout).await,
        None => pending().await,
    }
}
