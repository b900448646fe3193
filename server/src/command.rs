//! What each command does.

use crate::cli::{
    AddressArgs, CloseMonthArgs, CreateStaffArgs, DatabaseArgs, DemoArgs, FeeArgs, MailArgs, MigrateArgs, ServeArgs,
    Size, StaffRole,
};
use crate::config;
use crate::serve;
use crate::state::AppState;
use domain::fault::{FieldError, FieldFault};
use domain::refusal::Refusal;
use domain::subsidy::YearMonth;
use domain::time::rfc3339;
use migration::{Migrator, MigratorTrait};
use service::clock::Clock;
use service::db::{Db, PoolSize};
use service::mail::{MailSettings, Mailer};
use service::password::Hasher;
use service::{Env, demo, fee_command, reference, staff, subsidy};
use std::fs::OpenOptions;
use std::path::PathBuf;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// What a command says when it cannot do its work.
pub type Outcome = Result<(), String>;

/// `kosapo serve`
///
/// # Errors
/// A sentence about the setting or the database that stands in the way.
pub async fn serve(args: ServeArgs) -> Outcome {
    log_to_stderr();
    let address = config::address(&args.address)?;
    let mailer = mailer(&args.mail, &args.address)?;
    let db = connect(&args.database).await?;
    migrate_up(&db).await?;
    let env = Env { db, clock: Clock::system(), hasher: Hasher::default(), demo: false };
    refuse_demo(&env).await?;
    reference::seed(&env).await.map_err(sentence)?;
    let state = AppState::new(env.clone(), address.origins.clone(), address.proxy).await.map_err(sentence)?;
    run_jobs(&env, mailer);
    println!("kosapo {} serves at {}", env!("CARGO_PKG_VERSION"), address.origins[0]);
    serve::serve(state, args.address.addr, &address).await
}

/// `kosapo demo`
///
/// # Errors
/// A sentence about the setting or the database that stands in the way.
pub async fn demo(args: DemoArgs) -> Outcome {
    log_to_stderr();
    let address = config::address(&args.address)?;
    let mailer = mailer(&args.mail, &args.address)?;
    let start = domain::time::parse_rfc3339(&args.now)
        .ok_or_else(|| format!("--now {} is not a moment such as 2024-03-16T10:00:00+09:00", args.now))?;
    let url = match args.database_url {
        Some(url) => url,
        None => fresh_file(args.address.addr.port())?,
    };
    let db = connect(&DatabaseArgs { database_url: url, connections: 8 }).await?;
    migrate_up(&db).await?;
    let env = Env { db, clock: Clock::demo(start), hasher: Hasher::default(), demo: true };
    let size = match args.size {
        Size::Small => demo::Size::Small,
        Size::City => demo::Size::City { years: args.years },
    };
    demo::seed(&env, size, start).await.map_err(sentence)?;
    let state = AppState::new(env.clone(), address.origins.clone(), address.proxy).await.map_err(sentence)?;
    run_jobs(&env, mailer);
    println!("子サポ demo: {}", address.origins[0]);
    for account in demo::ACCOUNTS {
        println!("  {:<8} {}", account.user_id, account.who);
    }
    println!("  パスワードはすべて {}", demo::PASSWORD);
    serve::serve(state, args.address.addr, &address).await
}

/// `kosapo migrate`
///
/// # Errors
/// A sentence about the database.
pub async fn migrate(args: MigrateArgs) -> Outcome {
    let db = connect(&args.database).await?;
    if args.down {
        Migrator::down(db.write(), Some(1)).await.map_err(|error| format!("the step back failed: {error}"))?;
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
    let db = connect(&args.database).await?;
    migrate_up(&db).await?;
    let env = Env { db, clock: Clock::system(), hasher: Hasher::default(), demo: false };
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
    let db = connect(&args.database).await?;
    migrate_up(&db).await?;
    let env = Env { db, clock: Clock::system(), hasher: Hasher::default(), demo: false };
    refuse_demo(&env).await?;
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
    println!("{}/invitations/{token}", args.origin.trim_end_matches('/'));
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

fn print_json(value: &serde_json::Value) {
    println!("{}", serde_json::to_string_pretty(value).unwrap_or_default());
}

/// The real system never runs on the demo city.
async fn refuse_demo(env: &Env) -> Outcome {
    match demo::mark(env).await.map_err(sentence)? {
        Some(_) => Err("this database carries the demo mark: serve it with `kosapo demo`, or give another one".into()),
        None => Ok(()),
    }
}

/// The mailer of the settings; without a mail server mails wait in the outbox.
fn mailer(mail: &MailArgs, address: &AddressArgs) -> Result<Option<Mailer>, String> {
    let Some(url) = mail.smtp_url.clone() else { return Ok(None) };
    let settings = MailSettings { url, from: mail.mail_from.clone(), site: address.origin.clone() };
    Mailer::new(&settings).map(Some).map_err(|error| error.to_string())
}

/// Starts what runs beside the requests: due jobs and mails.
fn run_jobs(env: &Env, mailer: Option<Mailer>) {
    service::job::spawn(env.clone());
    service::mail::spawn(env.clone(), mailer);
}

async fn connect(args: &DatabaseArgs) -> Result<Db, String> {
    let url = &args.database_url;
    if !url.starts_with("sqlite:") && !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err("--database-url is neither sqlite:FILE nor postgres://USER@HOST/NAME".into());
    }
    if let Some(file) = url.strip_prefix("sqlite:") {
        let file = file.trim_start_matches("//").split('?').next().unwrap_or_default();
        create_private(file)?;
    }
    Db::connect(url, PoolSize { connections: args.connections })
        .await
        .map_err(|error| format!("the database does not answer: {error}"))
}

/// A database holds children's data: its file is readable by its owner only.
fn create_private(file: &str) -> Outcome {
    use std::os::unix::fs::OpenOptionsExt;
    let opened = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(file);
    opened.map(drop).map_err(|error| format!("the database file {file} cannot be written: {error}"))
}

async fn migrate_up(db: &Db) -> Outcome {
    Migrator::up(db.write(), None).await.map_err(|error| format!("the migration failed: {error}"))
}

/// The demo's own SQLite file, made anew.
fn fresh_file(port: u16) -> Result<String, String> {
    let path: PathBuf = std::env::temp_dir().join(format!("kosapo-demo-{port}.db"));
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", path.display());
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("the old demo file {file} cannot be removed: {error}"));
            }
            _ => {}
        }
    }
    Ok(format!("sqlite:{}", path.display()))
}

fn sentence(error: service::Error) -> String {
    error.to_string()
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("KOSAPO_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    // A second call, as in tests, keeps the first.
    let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
}
