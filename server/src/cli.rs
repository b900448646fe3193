//! The commands and settings; `kosapo --help` prints these comments and the table of settings.

use clap::builder::TypedValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::net::SocketAddr;
use std::path::PathBuf;

/// The settings of all commands; the test below holds it to the commands' own.
const SETTINGS: &str = "\
Settings (flag, environment variable, where it counts):
  --addr A              KOSAPO_ADDR               serve, demo: the address to listen on [127.0.0.1:3000]
  --tls-cert FILE       KOSAPO_TLS_CERT           serve, demo: the certificate chain (PEM) for HTTPS
  --tls-key FILE        KOSAPO_TLS_KEY            serve, demo: the private key (PEM) for HTTPS
  --tls-proxy           KOSAPO_TLS_PROXY=1        serve, demo: a proxy in front speaks HTTPS, sets X-Forwarded-For
  --origin URL          KOSAPO_ORIGIN             serve, demo, create-staff: the address people type; mails need it for their links
  --database-url URL    DATABASE_URL              serve, migrate, close-month, create-staff [sqlite:kosapo.db]
  --database-url URL    KOSAPO_DEMO_DATABASE_URL  demo: empty or with the demo mark [a new temporary file]
  --contacts FILE       KOSAPO_CONTACTS           serve: telephones of the headquarters and the branches (TOML)
  --request-months N    KOSAPO_REQUEST_MONTHS     serve: months ahead for which a request is taken, 1 to 24 [12]
  --connections N       KOSAPO_CONNECTIONS        serve, migrate, close-month, create-staff: database connections, 2 to 200 [4 to SQLite, 8 to PostgreSQL]
  --disk-room MIB       KOSAPO_DISK_ROOM          serve, demo, migrate, close-month, create-staff: room that a SQLite file's disk keeps free [64]
  --http-connections N  KOSAPO_HTTP_CONNECTIONS   serve, demo: connections from browsers, 2 to 100000 [900]
  --http-connections-per-address N  KOSAPO_HTTP_CONNECTIONS_PER_ADDRESS  serve, demo: of them from one address [200]
  --writes-per-minute N  KOSAPO_WRITES_PER_MINUTE  serve, demo: forms that one person may send a minute [30]
  --smtp-url URL        KOSAPO_SMTP_URL           serve, demo: the mail server [none: mails wait in the outbox]
  --mail-from M         KOSAPO_MAIL_FROM          serve, demo: the sender of every mail
  --now RFC3339         KOSAPO_DEMO_NOW           demo: where its clock starts, 2024-03-16T10:00:00+09:00 to 2027-12-31
  --size S              KOSAPO_DEMO_SIZE          demo: small or city [small]
  --years N             KOSAPO_DEMO_YEARS         demo: years of activities in a city, 1 to 10 [1]
  (none)                KOSAPO_LOG                what is logged: a level, or levels by part [info,sqlx=warn]

`kosapo <command> --help` explains each. A wrong setting is one sentence and exit status 2.";

/// 子サポ: the childcare support system of a city's wards.
#[derive(Debug, Parser)]
#[command(name = "kosapo", version, after_help = SETTINGS)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the executable can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the system; migrates the database first.
    Serve(ServeArgs),
    /// Serve the demo city on a database of its own.
    Demo(DemoArgs),
    /// Bring the database to this version's schema, or one step back.
    Migrate(MigrateArgs),
    /// Close a month: claim every settled report from the city. Prints JSON.
    CloseMonth(CloseMonthArgs),
    /// Compute the fee and benefit of one activity. Prints JSON; bad input is JSON on stderr and exit status 2.
    Fee(FeeArgs),
    /// Make an account for a coordinator or an officer of the headquarters. Prints a one-time link.
    CreateStaff(CreateStaffArgs),
}

/// Where the database is.
#[derive(Debug, Clone, Args)]
pub struct DatabaseArgs {
    /// `sqlite:FILE` or `postgres://USER@HOST/NAME`.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, default_value = "sqlite:kosapo.db")]
    pub database_url: String,
    /// How many database connections to keep; 4 to SQLite and 8 to PostgreSQL where nothing is said.
    #[arg(long, env = "KOSAPO_CONNECTIONS", value_parser = clap::value_parser!(u32).range(2..=200))]
    pub connections: Option<u32>,
    #[command(flatten)]
    pub room: RoomArgs,
}

/// How much room the database leaves on its disk.
#[derive(Debug, Clone, Copy, Args)]
pub struct RoomArgs {
    /// MiB that the disk of a SQLite file keeps free: with less nothing is stored, and people get a page that says so.
    /// 0 for no look at the disk.
    #[arg(long, env = "KOSAPO_DISK_ROOM", default_value_t = 64, value_parser = clap::value_parser!(u32).range(..=1_048_576))]
    pub disk_room: u32,
}

/// How the server is reached.
#[derive(Debug, Clone, Args)]
pub struct AddressArgs {
    /// The address to listen on; a host name such as `localhost:3000` will do.
    #[arg(long, env = "KOSAPO_ADDR", default_value = "127.0.0.1:3000", value_parser = crate::config::socket_addr)]
    pub addr: SocketAddr,
    /// The certificate chain (PEM) for HTTPS.
    #[arg(long, env = "KOSAPO_TLS_CERT", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The private key (PEM) for HTTPS.
    #[arg(long, env = "KOSAPO_TLS_KEY", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// A proxy in front of this server speaks HTTPS and sets `X-Forwarded-For`.
    #[arg(long, env = "KOSAPO_TLS_PROXY", value_parser = crate::config::yes_or_no)]
    pub tls_proxy: bool,
    /// The address people type, such as `https://kosapo.example.jp`: links begin with it, and requests without
    /// `Sec-Fetch-Site` must come from it. Needed with an `--addr` for other machines.
    #[arg(long, env = "KOSAPO_ORIGIN")]
    pub origin: Option<String>,
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// How much one address and one person may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Args)]
pub struct LimitArgs {
    /// How many connections from browsers are held, and requests worked on, at a time. Each needs a file handle of the
    /// operating system (`ulimit -n`).
    #[arg(long, env = "KOSAPO_HTTP_CONNECTIONS", default_value_t = 900, value_parser = places())]
    pub http_connections: usize,
    /// How many of them may come from one address (of IPv6: one /64 network); with `--tls-proxy` it counts requests, for
    /// the address that the proxy saw.
    #[arg(long, env = "KOSAPO_HTTP_CONNECTIONS_PER_ADDRESS", default_value_t = 200, value_parser = places())]
    pub http_connections_per_address: usize,
    /// How many forms one person may send a minute.
    #[arg(long, env = "KOSAPO_WRITES_PER_MINUTE", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=60_000))]
    pub writes_per_minute: u32,
}

impl Default for LimitArgs {
    fn default() -> Self {
        Self { http_connections: 900, http_connections_per_address: 200, writes_per_minute: 30 }
    }
}

fn places() -> impl TypedValueParser<Value = usize> {
    clap::value_parser!(u32).range(2..=100_000).map(|places| usize::try_from(places).unwrap_or(usize::MAX))
}

/// How mails are sent.
#[derive(Debug, Clone, Args)]
pub struct MailArgs {
    /// The mail server: `smtp://USER:PASSWORD@HOST:PORT`, or `smtps://…`. Without it mails wait in the outbox.
    #[arg(long, env = "KOSAPO_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// The sender of every mail.
    #[arg(long, env = "KOSAPO_MAIL_FROM", default_value = "子サポ <kosapo@localhost>")]
    pub mail_from: String,
}

/// `kosapo serve`
#[derive(Debug, Clone, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    pub address: AddressArgs,
    #[command(flatten)]
    pub database: DatabaseArgs,
    #[command(flatten)]
    pub mail: MailArgs,
    /// The telephones people are led to, a TOML file: `headquarters = "045-…"` and below `[branches]` lines such as
    /// `tsurumi = "045-…"`.
    #[arg(long, env = "KOSAPO_CONTACTS")]
    pub contacts: Option<PathBuf>,
    /// Months ahead for which a request is taken.
    #[arg(long, env = "KOSAPO_REQUEST_MONTHS", default_value_t = domain::horizon::REQUEST_MONTHS,
        value_parser = clap::value_parser!(u8).range(1..=24))]
    pub request_months: u8,
}

/// How large the demo city is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Size {
    /// 緑区 and 青葉区, three months.
    Small,
    /// 18 wards, 46,000 activities a year.
    City,
}

/// `kosapo demo`
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    #[command(flatten)]
    pub address: AddressArgs,
    /// An empty database, or one with the demo mark. Without it there is a new temporary SQLite file at each start.
    #[arg(long, env = "KOSAPO_DEMO_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    #[command(flatten)]
    pub room: RoomArgs,
    /// Where the demo clock starts (RFC 3339): from 2024-03-16T10:00:00+09:00, where the city's story begins and the
    /// clock by default, to the end of 2027, the last year whose public holidays are known.
    ///
    /// A city that is there already goes on from the clock it had: given again, the same moment changes nothing, a later
    /// one moves its clock forward, an earlier one is refused.
    #[arg(long, env = "KOSAPO_DEMO_NOW")]
    pub now: Option<String>,
    /// How large the demo city is.
    #[arg(long, env = "KOSAPO_DEMO_SIZE", value_enum, default_value = "small")]
    pub size: Size,
    /// Years of activities in a `city`, 1 by default; `small` has none to choose.
    #[arg(long, env = "KOSAPO_DEMO_YEARS", value_parser = clap::value_parser!(u32).range(1..=10))]
    pub years: Option<u32>,
    #[command(flatten)]
    pub mail: MailArgs,
}

/// `kosapo migrate`
#[derive(Debug, Clone, Args)]
pub struct MigrateArgs {
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// Undo the newest migration instead. Back up first: what the new tables held is gone.
    #[arg(long)]
    pub down: bool,
}

/// `kosapo close-month`
#[derive(Debug, Clone, Args)]
pub struct CloseMonthArgs {
    /// The month to close: `2024-04` takes what was settled until the 5th of April.
    #[arg(long)]
    pub month: String,
    /// Only compute.
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

/// `kosapo fee`: as typed, because what is wrong is said as JSON.
#[derive(Debug, Clone, Default, Args)]
pub struct FeeArgs {
    /// The day of the activity: 2024-03-30.
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    pub date: String,
    /// The start: 11:30.
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    pub from: String,
    /// The end: 13:30.
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    pub to: String,
    /// The end lies on the next day.
    #[arg(long)]
    pub next_day: bool,
    /// How many children, eldest first.
    #[arg(long, default_value = "", allow_hyphen_values = true)]
    pub children: String,
    /// Tickets to use.
    #[arg(long, allow_hyphen_values = true)]
    pub coupons: Option<String>,
    /// Whose tickets: 1 is the eldest child; the youngest by default.
    #[arg(long, allow_hyphen_values = true)]
    pub coupon_child: Option<String>,
    /// Actual expenses in yen.
    #[arg(long, allow_hyphen_values = true)]
    pub expenses: Option<String>,
    /// A tariff file; Yokohama's by default.
    #[arg(long)]
    pub tariff: Option<PathBuf>,
}

/// A staff role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StaffRole {
    /// A coordinator of one ward's branch.
    Coordinator,
    /// An officer of the headquarters.
    Hq,
}

/// `kosapo create-staff`
#[derive(Debug, Clone, Args)]
pub struct CreateStaffArgs {
    /// The user ID to sign in with.
    #[arg(long)]
    pub user: String,
    /// The person's name, shown in histories.
    #[arg(long)]
    pub name: String,
    /// What the person does.
    #[arg(long, value_enum)]
    pub role: StaffRole,
    /// A coordinator's ward: midori, aoba, …
    #[arg(long)]
    pub ward: Option<String>,
    /// The address people type, put before the link's path; without it the one that `kosapo serve` last served.
    #[arg(long, env = "KOSAPO_ORIGIN")]
    pub origin: Option<String>,
    #[command(flatten)]
    pub database: DatabaseArgs,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn help_names_every_setting() {
        let mut command = Cli::command();
        let help = command.render_help().to_string();
        for command in command.get_subcommands() {
            for setting in command.get_arguments() {
                let Some(name) = setting.get_env() else { continue };
                let flag = format!("--{} ", setting.get_long().unwrap());
                let name = format!(" {}", name.to_str().unwrap());
                let own = command.get_name();
                let named = |line: &str| [flag.as_str(), &name, own].iter().all(|part| line.contains(part));
                assert!(help.lines().any(named), "{flag}{name} of {own} is not in the help");
            }
        }
        assert!(help.contains("KOSAPO_LOG"));
    }

    #[test]
    fn the_demo_takes_the_room_on_its_disk_as_a_setting() {
        let cli = Cli::try_parse_from(["kosapo", "demo", "--disk-room", "8"]).unwrap();
        let Command::Demo(args) = cli.command else { panic!("{:?}", cli.command) };
        assert_eq!(args.room.disk_room, 8);
    }
}
