//! The mail worker: sends the outbox by SMTP, retries with back-off, and loses nothing.
//!
//! A mail is claimed by a lease, so two workers never hold the same one; a worker that dies between sending and
//! noting it sends again under the same Message-ID, by which mail programs drop the double. Real time drives
//! everything here: a demo's clock moves no retries.

use crate::entity::outbox;
use crate::error::Result;
use crate::notice::Link;
use crate::{Env, db, invitation};
use domain::id::OutboxId;
use domain::input;
use domain::mail::MailStatus;
use domain::time::Instant;
use lettre::address::Envelope;
use lettre::message::{Mailbox, header::ContentType};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, UpdateMany};
use std::time::Duration;

/// Minutes a claimed mail is kept from other workers; longer than [`PATIENCE`].
const LEASE_MINUTES: i64 = 10;
/// The longest one sending may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// The longest pause between two tries, in minutes.
const LONGEST_PAUSE: i64 = 6 * 60;
/// Tries before a mail is given up: 9 in the first 9 hours, then 4 a day, 5 days in all.
pub const MOST_TRIES: i64 = 28;
/// How often the worker looks.
const EVERY: Duration = Duration::from_secs(5);

/// Why the demo keeps a mail.
const DEMO_ONLY: &str = "the demo sends only to reserved domains such as .example: this address may be a real one";

/// How mail leaves the house.
#[derive(Clone)]
pub struct MailSettings {
    /// `smtp://user:password@host:port` or `smtps://…`.
    pub url: String,
    /// The sender: `子サポ <kosapo@example.jp>`.
    pub from: String,
    /// The site's address, put before the links in mails: `https://kosapo.example.jp`.
    pub site: Option<String>,
}

/// Why mail settings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailSettingsError {
    /// The server's address cannot be read.
    #[error("the mail server must be given as smtp://user:password@host:port or smtps://…")]
    Url,
    /// The sender cannot be read.
    #[error("--mail-from is not an address such as kosapo@example.jp")]
    From,
}

/// Checks the sender, also where no mail is sent yet.
///
/// # Errors
/// [`MailSettingsError::From`]
pub fn check_sender(from: &str) -> Result<(), MailSettingsError> {
    from.parse::<Mailbox>().map(drop).map_err(|_| MailSettingsError::From)
}

/// Sends mails.
#[derive(Clone, Debug)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    site: Option<String>,
}

impl Mailer {
    /// A mailer after these settings; nothing is contacted yet.
    ///
    /// Without TLS only a server on this machine is spoken to: `smtp://` to another asks for STARTTLS and fails
    /// without it, unless the address itself says `?tls=opportunistic`.
    ///
    /// # Errors
    /// When the settings cannot be read.
    pub fn new(settings: &MailSettings) -> Result<Self, MailSettingsError> {
        let from: Mailbox = settings.from.parse().map_err(|_| MailSettingsError::From)?;
        let mut url = settings.url.trim().to_owned();
        if url.starts_with("smtp://") && !url.contains("tls=") && !is_local(&url) {
            url.push_str(if url.contains('?') { "&tls=required" } else { "?tls=required" });
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url).map_err(|_| MailSettingsError::Url)?;
        let transport = builder.timeout(Some(Duration::from_secs(30))).build();
        let site = settings.site.as_deref().map(|site| site.trim_end_matches('/').to_owned());
        Ok(Self { transport, from, site })
    }

    fn write(&self, mail: &Claimed) -> Result<Message, String> {
        let to = recipient(&mail.to_mail).ok_or_else(|| "the address cannot be read".to_owned())?;
        let link = mail.link.as_deref().and_then(|link| Link::read(link).path());
        let body = match (&self.site, link) {
            (Some(site), Some(link)) => format!("{}\n\n{site}{link}", mail.body),
            _ => mail.body.clone(),
        };
        let text =
            format!("{body}\n\n--\n横浜子育てサポートシステム（子サポ）\nこのメールは自動でお送りしています。\n");
        // Named here: a quoted local part is not read back from the header.
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![to.clone()]);
        Message::builder()
            .envelope(envelope.map_err(|error| format!("the mail cannot be addressed: {error}"))?)
            .message_id(Some(format!("<{}@{}>", mail.message_id, self.from.email.domain())))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(&mail.subject))
            .header(ContentType::TEXT_PLAIN)
            .body(text)
            .map_err(|error| format!("the mail cannot be written: {error}"))
    }
}

/// Reads a recipient. What a carrier gave out before the rules (`aaa..bbb@docomo.ne.jp`) is written with a quoted local
/// part, which names the same mailbox and which every server takes.
fn recipient(address: &str) -> Option<Address> {
    let quoted = || {
        let (local, domain) = address.rsplit_once('@')?;
        format!("\"{local}\"@{domain}").parse().ok()
    };
    address.parse().ok().or_else(quoted)
}

/// Whether the address names this machine.
fn is_local(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or(rest);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    host.starts_with("127.") || host.starts_with("[::1]") || host.split(':').next() == Some("localhost")
}

/// A header holds one line, whatever a subject was made of.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Mails the server took.
    pub sent: u64,
    /// Mails to be tried again.
    pub postponed: u64,
    /// Mails given up.
    pub failed: u64,
}

#[derive(FromQueryResult)]
struct Claimed {
    id: OutboxId,
    message_id: String,
    to_mail: String,
    subject: String,
    body: String,
    attempts: i64,
    link: Option<String>,
}

/// Why a mail did not go, and what that means for it and for the others.
enum Trouble {
    /// This mail will never go.
    Hopeless(String),
    /// This mail may go later.
    Later(String),
    /// No mail goes at the moment: why in one word or two, without anything the server said, and the whole of it.
    NoServer(&'static str, String),
}

/// Sends every mail that is due; a mail that fails does not hold up the others.
pub async fn send_due(env: &Env, mailer: &Mailer) -> Result<Round> {
    let mut round = Round::default();
    while let Some(mail) = claim(env).await? {
        // What people type into a demo may be somebody's address: nothing leaves it for a place that exists.
        let nowhere = env.demo.is_none() || input::is_reserved_mail(&mail.to_mail);
        let sending =
            async { if nowhere { send(mailer, &mail).await } else { Err(Trouble::Hopeless(DEMO_ONLY.to_owned())) } };
        match sending.await {
            Ok(()) => {
                settle(env, &mail, MailStatus::Sent, None).await?;
                round.sent += 1;
            }
            Err(Trouble::Hopeless(why)) => {
                tracing::warn!(mail = mail.id.0, why = kind_of(&why), "a mail cannot be delivered");
                settle(env, &mail, MailStatus::Failed, Some(why)).await?;
                round.failed += 1;
            }
            Err(Trouble::Later(why) | Trouble::NoServer(_, why)) if mail.attempts >= MOST_TRIES => {
                tracing::warn!(mail = mail.id.0, why = kind_of(&why), "a mail is given up after five days");
                settle(env, &mail, MailStatus::Failed, Some(why)).await?;
                round.failed += 1;
            }
            Err(Trouble::Later(why)) => {
                postpone(env, &mail, why).await?;
                round.postponed += 1;
            }
            Err(Trouble::NoServer(kind, why)) => {
                tracing::warn!(why = kind, "no mail goes: the mail server is away or not understood");
                postpone(env, &mail, why).await?;
                round.postponed += 1;
                break;
            }
        }
    }
    Ok(round)
}

/// What the log holds of a trouble with one mail: its kind and code, not the server's words, which quote addresses.
fn kind_of(why: &str) -> &str {
    why.split_once(": ").map_or(why, |(kind, _)| kind)
}

/// Claims the mail that has been due for longest; nobody else gets it while the lease runs.
async fn claim(env: &Env) -> Result<Option<Claimed>> {
    let now = env.clock.real_now();
    let skip = if env.db.backend() == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    // A lease is one statement on purpose: two workers that look at once take two mails.
    let claim = db::raw(format!(
        "UPDATE outbox SET leased_until = :until, attempts = attempts + 1 WHERE id = ( \
         SELECT id FROM outbox WHERE status = :waiting AND next_at <= :now AND leased_until <= :now \
         ORDER BY next_at, id LIMIT 1{skip}) \
         RETURNING id, message_id, to_mail, subject, body, attempts, \
         (SELECT link FROM notice WHERE notice.id = outbox.notice_id) AS link"
    ));
    let claim = claim.with("now", now).with("until", now.plus_minutes(LEASE_MINUTES));
    claim.with("waiting", MailStatus::Waiting).row(env.db.write()).await
}

async fn send(mailer: &Mailer, mail: &Claimed) -> Result<(), Trouble> {
    let message = mailer.write(mail).map_err(Trouble::Hopeless)?;
    match tokio::time::timeout(PATIENCE, mailer.transport.send(message)).await {
        Err(_) => Err(Trouble::NoServer("no answer within two minutes", "no answer within two minutes".into())),
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => {
            let why = error.to_string();
            match error.status().map(u16::from) {
                // The server knows the mailbox and refuses it; every other refusal may be our own setting at fault.
                Some(550..=553) => Err(Trouble::Hopeless(why)),
                Some(_) => Err(Trouble::Later(why)),
                None if error.is_client() => Err(Trouble::Later(why)),
                None => Err(Trouble::NoServer(away(&error), why)),
            }
        }
    }
}

/// What kept the server away. Even an answer without a code may quote an address, so its words stay out of the log.
fn away(error: &lettre::transport::smtp::Error) -> &'static str {
    if error.is_response() {
        "its answer is no SMTP"
    } else if error.is_tls() {
        "no TLS"
    } else if error.is_timeout() {
        "too slow"
    } else {
        "no connection"
    }
}

async fn settle(env: &Env, mail: &Claimed, status: MailStatus, why: Option<String>) -> Result<()> {
    let now = env.clock.real_now();
    let sent_at = (status == MailStatus::Sent).then_some(now);
    let mut settled = returned(mail, why)
        .col_expr(outbox::Column::Status, Expr::value(status))
        .col_expr(outbox::Column::SentAt, Expr::value(sent_at));
    // A one-time link is the receiver's alone: nobody else finds it here afterwards.
    if mail.body.contains(invitation::PATH) {
        settled = settled.col_expr(outbox::Column::Body, Expr::value(""));
    }
    settled.exec(env.db.write()).await?;
    Ok(())
}

async fn postpone(env: &Env, mail: &Claimed, why: String) -> Result<()> {
    let next = next_try(env.clock.real_now(), mail.attempts);
    let postponed = returned(mail, Some(why)).col_expr(outbox::Column::NextAt, Expr::value(next));
    postponed.exec(env.db.write()).await?;
    Ok(())
}

/// The change that ends a mail's lease, with what went wrong.
fn returned(mail: &Claimed, why: Option<String>) -> UpdateMany<outbox::Entity> {
    outbox::Entity::update_many()
        .col_expr(outbox::Column::LastError, Expr::value(why))
        .col_expr(outbox::Column::LeasedUntil, Expr::value(0_i64))
        .filter(outbox::Column::Id.eq(mail.id))
}

/// When a mail is tried again after so many tries: 1 minute, doubling to 6 hours.
#[must_use]
pub fn next_try(now: Instant, tries: i64) -> Instant {
    let doublings = u32::try_from(tries.clamp(1, 10) - 1).unwrap_or(0);
    now.plus_minutes((1_i64 << doublings).min(LONGEST_PAUSE))
}

/// Sends in the background, every few seconds; without a mailer the mails wait, and the log says so once.
pub fn spawn(env: Env, mailer: Option<Mailer>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let Some(mailer) = mailer else {
            tracing::info!("no mail server is set: mails wait in the outbox");
            return;
        };
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = send_due(&env, &mailer).await {
                tracing::error!(%error, "the outbox cannot be read");
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_addresses_of_carriers_are_quoted_to_be_sent() {
        for (kept, sent) in [
            ("hanako@example.jp", "hanako@example.jp"),
            ("aaa..bbb@docomo.ne.jp", "\"aaa..bbb\"@docomo.ne.jp"),
            ("xxx.@docomo.ne.jp", "\"xxx.\"@docomo.ne.jp"),
        ] {
            assert_eq!(recipient(kept).map(|address| address.to_string()).as_deref(), Some(sent));
        }
        assert_eq!(recipient("nobody"), None);
    }
}
