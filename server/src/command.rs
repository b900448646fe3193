//! What each command does.

use crate::cli::{
    AddressArgs, CloseMonthArgs, CreateStaffArgs, DatabaseArgs, DemoArgs, FeeArgs, MailArgs, MigrateArgs, ServeArgs,
    Size, StaffRole,
};
use crate::config::{self, Address};
use crate::database::{connect, fresh_file, migrate_up, refuse_demo, refuse_foreign, sqlite_file};
use crate::serve;
use crate::state::AppState;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use domain::fault::{FieldError, FieldFault};
use domain::refusal::Refusal;
use domain::subsidy::YearMonth;
use domain::time::rfc3339;
use migration::{Migrator, MigratorTrait};
use service::clock::Clock;
use service::demo::Found;
use service::mail::{MailSettings, Mailer};
use service::password::Hasher;
use service::{Env, demo, fee_command, reference, staff, subsidy};
use std::ffi::OsString;
use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;

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
    let (listener, address) = listen(args.address)?;
    let mailer = mailer(&args.mail, address.site_of_mails())?;
    let tls = serve::certificate(&address).await?;
    let db = connect(&args.database).await?;
    refuse_demo(&db).await?;
    migrate_up(&db).await?;
    let env = Env { db, clock: Clock::system(), hasher: Hasher::default(), demo: false };
    reference::seed(&env).await.map_err(sentence)?;
    let here = address.here.clone();
    let state = AppState::new(env.clone(), address).await.map_err(sentence)?;
    run_jobs(&env, mailer);
    println!("kosapo {} serves at {here}", env!("CARGO_PKG_VERSION"));
    serve::serve(state, listener, tls).await
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
    let url = match args.database_url {
        Some(url) => url,
        None => fresh_file(address.port)?,
    };
    let db = connect(&DatabaseArgs { database_url: url, connections: 8 }).await?;
    // Whatever is refused is refused as it was, without our tables.
    let new = demo::is_to_be_written(&db, size).await.map_err(sentence)?;
    if !new {
        demo::check_later(&db, asked).await.map_err(sentence)?;
    }
    migrate_up(&db).await?;
    let env = if new {
        let writing = Env { db, clock: Clock::frozen(start), hasher: Hasher::default(), demo: true };
        demo::seed(&writing, size, start).await.map_err(sentence)?;
        // However long the writing took, the clock starts where it was told to.
        let env = Env { clock: Clock::demo(start), ..writing };
        demo::keep_clock(&env).await.map_err(sentence)?;
        env
    } else {
        let clock = demo::clock(&db).await.map_err(sentence)?;
        let env = Env { db, clock, hasher: Hasher::default(), demo: true };
        service::job::free_lease(&env).await.map_err(sentence)?;
        if let Some(later) = asked.filter(|asked| *asked > env.clock.now()) {
            service::job::advance_clock(&env, later).await.map_err(sentence)?;
        }
        env
    };
    let here = address.here.clone();
    let state = AppState::new(env.clone(), address).await.map_err(sentence)?;
    run_jobs(&env, mailer);
    println!("子サポ demo: {here}");
    for account in demo::ACCOUNTS {
        println!("  {:<8} {}", account.user_id, account.who);
    }
    println!("  パスワードはすべて {}", demo::PASSWORD);
    serve::serve(state, listener, tls).await
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
    println!("migrated");
    Ok(())
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
    let env = Env { db, clock, hasher: Hasher::default(), demo: false };
    let result = subsidy::close_month(&env, month, args.dry_run).await.map_err(|error| match error {
        service::Error::Refused(Refusal::BeforeCutoff) => {
            format!(
                "{month} cannot be closed before its cutoff, {}; --dry-run shows what it would claim",
                rfc3339(month.cutoff())
            )
        }
        other => sentence(other),
    })?;
    print_json(&serde_json::to_value(result).map_err(|error| error.to_string())?);
    Ok(())
}

/// `kosapo create-staff`
///
/// # Errors
/// A sentence about the user ID, the name, the ward or the database.
pub async fn create_staff(args: CreateStaffArgs) -> Outcome {
    let origin = config::origin(&args.origin)?;
    let db = connect(&args.database).await?;
    refuse_demo(&db).await?;
    migrate_up(&db).await?;
    let env = Env { db, clock: Clock::system(), hasher: Hasher::default(), demo: false };
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
    println!("{origin}/invitations/{token}");
    eprintln!("One-time link, good for 72 hours: the person opens it and sets the password.");
    Ok(())
}

fn staff_sentence(fields: &[FieldError]) -> String {
    let sentences = fields.iter().map(|error| match (error.field.as_str(), &error.fault) {
        ("user_id", FieldFault::UserIdTaken) => "--user is taken: choose another user ID".to_owned(),
        ("user_id", _) => "--user takes 4 to 32 letters, digits, dots, hyphens and underscores".to_owned(),
        ("ward", _) => "--ward names a coordinator's ward (midori, aoba, …) and is left out for hq".to_owned(),
        (field, _) => format!("--{field} cannot be used: give a name of up to 40 characters"),
    });
    sentences.collect::<Vec<_>>().join("; ")
}

/// `kosapo fee`
#[must_use]
pub fn fee(args: FeeArgs) -> ExitCode {
    let args = fee_command::FeeArgs {
        date: args.date,
        from: args.from,
        to: args.to,
        next_day: args.next_day,
        children: args.children,
        coupons: args.coupons,
        coupon_child: args.coupon_child,
        expenses: args.expenses,
        tariff: args.tariff,
    };
    match fee_command::run(&args) {
        Ok(answer) => {
            print_json(&answer);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}", serde_json::to_string(&error).unwrap_or_default());
            ExitCode::from(2)
        }
    }
}

/// What `kosapo fee` says of arguments that cannot be read: `{error, field}`, the field named as in the README.
#[must_use]
pub fn misread_fee(error: &clap::Error, words: &[OsString]) -> serde_json::Value {
    let flag = match error.get(ContextKind::InvalidArg) {
        // `--date <DATE>`
        Some(ContextValue::String(shown)) => shown.split([' ', '=']).next().unwrap_or_default().to_owned(),
        Some(ContextValue::Strings(shown)) => shown.first().cloned().unwrap_or_default(),
        _ => {
            let place = words.iter().position(|word| word.to_str().is_none());
            let before = place.and_then(|place| words.get(place.checked_sub(1)?));
            before.map(|word| word.to_string_lossy().into_owned()).unwrap_or_default()
        }
    };
    let sentence = match error.kind() {
        ErrorKind::InvalidUtf8 => format!("{flag} is followed by a text that is not UTF-8"),
        ErrorKind::InvalidValue => format!("{flag} needs a value"),
        ErrorKind::ArgumentConflict => format!("{flag} is given twice"),
        ErrorKind::UnknownArgument => format!("{flag} is not an argument of `kosapo fee`; see `kosapo fee --help`"),
        _ => error.to_string().lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    };
    serde_json::json!({ "error": sentence, "field": flag.trim_start_matches('-').replace('-', "_") })
}

fn print_json(value: &serde_json::Value) {
    println!("{}", serde_json::to_string_pretty(value).unwrap_or_default());
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
