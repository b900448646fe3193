//! What each command does.

use crate::cli::{
    AddressArgs, CloseMonthArgs, CreateStaffArgs, DatabaseArgs, DemoArgs, MailArgs, MigrateArgs, ServeArgs, Size,
    StaffRole,
};
use crate::config::{self, Address};
use crate::database::{OwnFile, connect, migrate_up, refuse_demo, refuse_foreign, sqlite_file};
use crate::print::{complain, say};
use crate::serve;
use crate::state::AppState;
use demo::Found;
use domain::fault::{FieldError, FieldFault};
use domain::refusal::Refusal;
use domain::subsidy::YearMonth;
use domain::time::rfc3339;
use migration::{Migrator, MigratorTrait};
use service::clock::Clock;
use service::mail::{MailSettings, Mailer};
use service::password::Hasher;
use service::settings::Settings;
use service::{Env, reference, staff, subsidy};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

/// What a command says when it cannot do its work.
pub type Outcome = Result<(), String>;

/// `kosapo serve`
///
/// # Errors
/// A sentence about the setting or the database that stands in the way.
pub async fn serve(args: ServeArgs) -> Outcome {
    config::log_to_stderr()?;
    // A wrong setting is said before an address is taken.
    mailer(&args.mail, None)?;
    let contacts = config::contacts(args.contacts.as_deref())?;
    let (listener, address) = listen(args.address)?;
    let mailer = mailer(&args.mail, address.site_of_mails())?;
    let tls = serve::certificate(&address).await?;
    let db = connect(&args.database).await?;
    refuse_demo(&db).await?;
    migrate_up(&db).await?;
    let settings = Settings { request_months: args.request_months, headquarters: contacts.headquarters.clone() };
    let settings = Arc::new(settings);
    let env = Env { db, clock: Clock::system(), hasher: Hasher::default(), settings, demo: None };
    reference::seed(&env).await.map_err(sentence)?;
    service::ward::set_telephones(&env, &contacts.branches).await.map_err(sentence)?;
    if let Some(warning) = without_number(&env).await? {
        tracing::warn!("{warning}");
    }
    let here = address.here.clone();
    service::site::keep(&env, address.site_of_mails().as_deref()).await.map_err(sentence)?;
    let state = AppState::new(env.clone(), address).await.map_err(sentence)?;
    let stop = serve::Stop::listen()?;
    run_jobs(&env, mailer);
    say(&format!("kosapo {} serves at {here}", env!("CARGO_PKG_VERSION")))?;
    serve::serve(state, listener, tls, stop).await
}

/// `kosapo demo`
///
/// # Errors
/// A sentence about the setting or the database that stands in the way.
pub async fn demo(args: DemoArgs) -> Outcome {
    config::log_to_stderr()?;
    // A wrong setting is said before an address is taken.
    mailer(&args.mail, None)?;
    let asked = match &args.now {
        None => None,
        Some(now) => Some(
            domain::time::parse_rfc3339(now)
                .ok_or_else(|| format!("--now {now} is not a moment such as 2024-03-16T10:00:00+09:00"))?,
        ),
    };
    let start = asked.unwrap_or_else(demo::start);
    demo::check_now(start).map_err(sentence)?;
    let size = match (args.size, args.years) {
        (Size::Small, None) => demo::Size::Small,
        (Size::Small, Some(_)) => return Err("--years counts for --size city only: leave it out for small".into()),
        (Size::City, years) => demo::Size::City { years: years.unwrap_or(1) },
    };
    let (listener, address) = listen(args.address)?;
    let mailer = mailer(&args.mail, address.site_of_mails())?;
    let tls = serve::certificate(&address).await?;
    let (url, own) = match args.database_url {
        Some(url) => (url, None),
        None => OwnFile::fresh(address.port).map(|own| (own.url(), Some(own)))?,
    };
    let db = connect(&DatabaseArgs { database_url: url, connections: None, room: args.room }).await?;
    // Whatever is refused is refused as it was, without our tables.
    let new = demo::is_to_be_written(&db, size).await.map_err(sentence)?;
    if !new {
        demo::check_later(&db, asked).await.map_err(sentence)?;
    }
    migrate_up(&db).await?;
    let env = if new {
        let writing = Env {
            db,
            clock: Clock::frozen(start),
            hasher: Hasher::default(),
            settings: Arc::default(),
            demo: Some(demo::SHOWN),
        };
        demo::seed(&writing, size, start).await.map_err(sentence)?;
        // However long the writing took, the clock starts where it was set to.
        let env = Env { clock: Clock::demo(start), ..writing };
        service::demo::keep_clock(&env).await.map_err(sentence)?;
        env
    } else {
        let clock = demo::clock(&db).await.map_err(sentence)?;
        let env = Env { db, clock, hasher: Hasher::default(), settings: Arc::default(), demo: Some(demo::SHOWN) };
        demo::fill_in_branches(env.db.write()).await.map_err(sentence)?;
        service::member::respell(&env).await.map_err(sentence)?;
        service::job::free_lease(&env).await.map_err(sentence)?;
        if let Some(later) = asked.filter(|asked| *asked > env.clock.now()) {
            service::job::advance_clock(&env, later).await.map_err(sentence)?;
        }
        env
    };
    let here = address.here.clone();
    let state = AppState::new(env.clone(), address).await.map_err(sentence)?;
    let stop = serve::Stop::listen()?;
    run_jobs(&env, mailer);
    let accounts = demo::ACCOUNTS.iter().map(|account| format!("  {:<8} {}\n", account.user_id, account.who));
    say(&format!("子サポ demo: {here}\n{}  パスワードはすべて {}", accounts.collect::<String>(), demo::PASSWORD))?;
    let served = serve::serve(state, listener, tls, stop).await;
    if own.is_some() {
        // No connection makes the file again after it was removed.
        env.db.close().await;
    }
    served
}

/// What the pages lead people to though it has no telephone; one sentence for the log.
async fn without_number(env: &Env) -> Result<Option<String>, String> {
    let branches = service::ward::all(env).await.map_err(sentence)?;
    let mut missing: Vec<String> =
        branches.into_iter().filter(|branch| branch.telephone.is_empty()).map(|branch| branch.ward).collect();
    if env.settings.headquarters.is_empty() {
        missing.push("headquarters".to_owned());
    }
    Ok((!missing.is_empty())
        .then(|| format!("no telephone is known of {}: give them in a file with --contacts.", missing.join(", "))))
}

/// Takes the address of the settings; port 0 becomes the port that was free.
fn listen(args: AddressArgs) -> Result<(TcpListener, Address), String> {
    config::address(&args)?;
    let listener = serve::listen(args.addr)?;
    let addr = listener.local_addr().map_err(|error| error.to_string())?;
    let address = config::address(&AddressArgs { addr, ..args })?;
    Ok((listener, address))
}

/// `kosapo migrate`
///
/// # Errors
/// A sentence about the database.
pub async fn migrate(args: MigrateArgs) -> Outcome {
    let db = connect(&args.database).await?;
    refuse_foreign(&db).await?;
    if args.down {
        Migrator::down(db.schema(), Some(1)).await.map_err(|error| format!("the step back failed: {error}"))?;
    } else {
        migrate_up(&db).await?;
    }
    say("migrated")
}

/// `kosapo close-month`
///
/// # Errors
/// A sentence: before the cutoff, or about the database.
pub async fn close_month(args: CloseMonthArgs) -> Outcome {
    let month = YearMonth::parse(&args.month)
        .ok_or_else(|| format!("--month {} is not a month such as 2024-04", args.month))?;
    // What is to be closed must be there: a mistyped path would make an empty database and answer with 0 yen.
    if let Some(file) = sqlite_file(&args.database.database_url).filter(|file| !Path::new(file).exists()) {
        return Err(format!("there is no database file {file}: give --database-url, or start in the server's folder"));
    }
    let db = connect(&args.database).await?;
    if demo::look(&db).await.map_err(sentence)? == Found::Nothing {
        return Err("the database holds no tables yet, so there is nothing to close: check --database-url".into());
    }
    refuse_foreign(&db).await?;
    migrate_up(&db).await?;
    let clock = demo::clock(&db).await.map_err(sentence)?;
    let env = Env { db, clock, hasher: Hasher::default(), settings: Arc::default(), demo: None };
    let result = subsidy::close_month(&env, month, args.dry_run).await.map_err(|error| match error {
        service::Error::Refused(Refusal::BeforeCutoff) => {
            format!(
                "{month} cannot be closed before its cutoff, {}; --dry-run shows what it would claim",
                rfc3339(month.cutoff())
            )
        }
        other => sentence(other),
    })?;
    print_json(&serde_json::to_value(result).map_err(|error| error.to_string())?)
}

/// `kosapo create-staff`
///
/// # Errors
/// A sentence about the user ID, the name, the ward or the database.
pub async fn create_staff(args: CreateStaffArgs) -> Outcome {
    let given = args.origin.as_deref().map(config::origin).transpose()?;
    let db = connect(&args.database).await?;
    refuse_demo(&db).await?;
    migrate_up(&db).await?;
    let env = Env { db, clock: Clock::system(), hasher: Hasher::default(), settings: Arc::default(), demo: None };
    reference::seed(&env).await.map_err(sentence)?;
    let role = match args.role {
        StaffRole::Coordinator => staff::StaffRole::Coordinator,
        StaffRole::Hq => staff::StaffRole::Hq,
    };
    let made = staff::create(&env, &args.user, &args.name, role, args.ward.as_deref()).await;
    let token = made.map_err(|error| match error {
        service::Error::Invalid(fields) => staff_sentence(&fields),
        other => sentence(other),
    })?;
    let (origin, doubt) = match (given, service::site::kept(&env).await.map_err(sentence)?) {
        (Some(given), _) => (given, None),
        (None, Some(served)) => (served, None),
        (None, None) => (config::DEFAULT_SITE.to_owned(), Some(NO_SITE)),
    };
    say(&format!("{origin}/invitations/{token}"))?;
    complain("One-time link, good for 72 hours: the person opens it and sets the password.");
    if let Some(doubt) = doubt {
        complain(doubt);
    }
    Ok(())
}

/// Said beside a link whose beginning is a guess.
const NO_SITE: &str =
    "The address people type is not known yet: start `kosapo serve` with --origin, or give --origin here.";

fn staff_sentence(fields: &[FieldError]) -> String {
    let sentences = fields.iter().map(|error| match (error.field.as_str(), &error.fault) {
        ("user_id", FieldFault::UserIdTaken) => "--user is taken: choose another user ID".to_owned(),
        ("user_id", _) => "--user takes 4 to 32 letters, digits, dots, hyphens and underscores".to_owned(),
        ("ward", _) => "--ward names a coordinator's ward (midori, aoba, …) and is left out for hq".to_owned(),
        (field, _) => format!("--{field} cannot be used: give a name of up to 40 characters"),
    });
    sentences.collect::<Vec<_>>().join("; ")
}

/// Prints a value as JSON that people read too.
pub(crate) fn print_json(value: &serde_json::Value) -> Outcome {
    say(&serde_json::to_string_pretty(value).map_err(|error| error.to_string())?)
}

/// The mailer of the settings; without a mail server mails wait in the outbox. `site` is put before the links in mails.
fn mailer(mail: &MailArgs, site: Option<String>) -> Result<Option<Mailer>, String> {
    service::mail::check_sender(&mail.mail_from).map_err(|error| error.to_string())?;
    let Some(url) = mail.smtp_url.clone() else { return Ok(None) };
    let settings = MailSettings { url, from: mail.mail_from.clone(), site };
    Mailer::new(&settings).map(Some).map_err(|error| error.to_string())
}

/// Starts what runs beside the requests: due jobs and mails.
fn run_jobs(env: &Env, mailer: Option<Mailer>) {
    service::job::spawn(env.clone());
    service::mail::spawn(env.clone(), mailer);
}

/// An error as a sentence for the person at the terminal.
pub(crate) fn sentence(error: service::Error) -> String {
    match error {
        service::Error::Broken(sentence) => sentence,
        other => other.to_string(),
    }
}
