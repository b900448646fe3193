//! The mail worker against a real SMTP server on loopback: delivery, retry, poison, two workers.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

mod support;

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::time::Instant;
use service::demo::Demo;
use service::mail::{MOST_TRIES, MailSettings, MailSettingsError, Mailer, Round, next_try, send_due};
use service::notice::{Link, Message, enqueue};
use service::{Env, db};
use std::sync::{Arc, Mutex};
use support::World;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A server that speaks enough SMTP to take a mail, or to refuse it by its recipient: `later@` 451, `never@` 550,
/// `config@` 554, `crash@` hangs up, `riddle@` gets an answer without a code.
#[derive(Clone)]
struct SmtpServer {
    port: u16,
    taken: Arc<Mutex<Vec<String>>>,
}

impl SmtpServer {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self { port: listener.local_addr().unwrap().port(), taken: Arc::default() };
        let taken = server.taken.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let taken = taken.clone();
                tokio::spawn(async move {
                    let _ = talk(stream, &taken).await;
                });
            }
        });
        server
    }

    fn mailer(&self) -> Mailer {
        mailer(self.port)
    }

    /// What was delivered, decoded as far as a reader sees it.
    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

fn mailer(port: u16) -> Mailer {
    Mailer::new(&MailSettings {
        url: format!("smtp://127.0.0.1:{port}"),
        from: "子サポ <kosapo@city.example>".into(),
        site: Some("https://kosapo.example/".into()),
    })
    .unwrap()
}

async fn talk(stream: TcpStream, taken: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test ESMTP\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => "250-test\r\n250 8BITMIME\r\n",
            "RCPT" if line.contains("<later@") => "451 try again\r\n",
            "RCPT" if line.contains("<never@") => "550 <never@example.jp>: no such mailbox\r\n",
            "RCPT" if line.contains("<config@") => "554 relaying denied\r\n",
            "RCPT" if line.contains("<crash@") => return Ok(()),
            "RCPT" if line.contains("<riddle@") => "hello <riddle@example.jp> you are bad\r\n",
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    mail.push_str(&line);
                    mail.push('\n');
                }
                taken.lock().unwrap().push(mail);
                "250 taken\r\n"
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 ok\r\n",
        };
        write.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

async fn put(world: &World, to: &str, subject: &str, body: &str) {
    let message = Message { subject: subject.into(), body: body.into(), link: Link::Nothing };
    enqueue(world.env.db.write(), world.env.clock.real_now(), None, to, &message).await.unwrap();
}

#[derive(Debug, sea_orm::FromQueryResult)]
struct Row {
    status: String,
    attempts: i64,
    next_at: Instant,
    message_id: String,
    last_error: Option<String>,
}

async fn row(env: &Env, to: &str) -> Row {
    let sql = "SELECT status, attempts, next_at, message_id, last_error FROM outbox WHERE to_mail = $1";
    db::row(env.db.read(), sql, vec![to.into()]).await.unwrap().unwrap()
}

/// Everything that is logged, as one text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<String>>);

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        span.record(&mut self.clone());
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

impl tracing::field::Visit for Log {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
        self.0.lock().unwrap().push_str(&format!("{field}={value:?}\n"));
    }
}

/// The body of a mail in quoted-printable or base64, as its reader sees it.
fn readable(mail: &str) -> String {
    let (head, body) = mail.split_once("\n\n").unwrap();
    if head.to_ascii_lowercase().contains("content-transfer-encoding: base64") {
        let compact: String = body.split_whitespace().collect();
        return String::from_utf8(STANDARD.decode(compact).unwrap()).unwrap();
    }
    let joined = body.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'=' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&tail[..2]).unwrap(), 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

both_databases! {
    async fn an_old_address_of_a_carrier_gets_its_mail(world) {
        let server = SmtpServer::start().await;
        put(&world, "aaa..bbb@docomo.ne.jp", "件名", "本文").await;
        let round = send_due(&world.env, &server.mailer()).await.unwrap();
        assert_eq!(round, Round { sent: 1, ..Round::default() }, "{:?}", row(&world.env, "aaa..bbb@docomo.ne.jp").await);
        assert!(server.taken()[0].contains("To: \"aaa..bbb\"@docomo.ne.jp"), "{:?}", server.taken());
    }

    async fn the_demo_sends_nothing_to_a_place_that_exists(world) {
        let server = SmtpServer::start().await;
        let demo = Env { demo: Some(Demo::default()), ..world.env.clone() };
        put(&world, "kosapo@midori-ippo.com", "件名", "本文").await;
        put(&world, "hanako@gmail.com", "件名", "本文").await;
        put(&world, "midori@kosapo.example", "件名", "本文").await;
        let round = send_due(&demo, &server.mailer()).await.unwrap();
        assert_eq!(round, Round { sent: 1, failed: 2, ..Round::default() });
        assert_eq!(server.taken().len(), 1);
        assert!(server.taken()[0].contains("midori@kosapo.example"));
        assert!(row(&world.env, "hanako@gmail.com").await.last_error.unwrap().contains("reserved"));
    }

    async fn a_mail_is_delivered_once_with_its_own_message_id(world) {
        let server = SmtpServer::start().await;
        put(&world, "hanako@example.jp", "報告書の確認をお願いします", "木村さん\n報告書が届きました。\n.\n以上").await;
        assert_eq!(send_due(&world.env, &server.mailer()).await.unwrap(), Round { sent: 1, ..Round::default() });
        assert_eq!(send_due(&world.env, &server.mailer()).await.unwrap(), Round::default());
        let taken = server.taken();
        assert_eq!(taken.len(), 1);
        let row = row(&world.env, "hanako@example.jp").await;
        assert_eq!((row.status.as_str(), row.attempts), ("sent", 1));
        let head = taken[0].split_once("\n\n").unwrap().0;
        assert!(head.contains(&format!("Message-ID: <{}@city.example>", row.message_id)), "{head}");
        assert!(head.contains("To: hanako@example.jp"), "{head}");
        assert!(head.to_ascii_lowercase().contains("content-type: text/plain; charset=utf-8"), "{head}");
        let body = readable(&taken[0]);
        assert!(body.contains("報告書が届きました。"), "{body}");
        assert!(body.contains("以上"), "a line with a single dot does not end the mail: {body}");
    }

    async fn a_notices_mail_carries_the_pages_address(world) {
        let server = SmtpServer::start().await;
        let family = world.a_family().await.person;
        let message = Message { subject: "成立".into(), body: "成立しました。".into(), link: Link::Request(domain::number::RequestNo(36_630)) };
        let tx = world.env.db.begin().await.unwrap();
        service::notice::notify_member(&tx, world.env.clock.now(), world.env.clock.real_now(), family.id, &message).await.unwrap();
        tx.commit().await.unwrap();
        send_due(&world.env, &server.mailer()).await.unwrap();
        let body = readable(&server.taken()[0]);
        assert!(body.contains("https://kosapo.example/requests/CDK0036630"), "{body}");
    }

    async fn what_the_server_puts_off_is_tried_again_with_growing_pauses(world) {
        let server = SmtpServer::start().await;
        put(&world, "later@example.jp", "件名", "本文").await;
        for (tries, pause) in [(1, 1), (2, 2), (3, 4), (4, 8)] {
            let round = send_due(&world.env, &server.mailer()).await.unwrap();
            assert_eq!(round, Round { postponed: 1, ..Round::default() });
            let row = row(&world.env, "later@example.jp").await;
            assert_eq!((row.status.as_str(), row.attempts), ("waiting", tries));
            assert_eq!(row.next_at, world.env.clock.real_now().plus_minutes(pause));
            assert!(row.last_error.unwrap().contains("451"));
            assert_eq!(send_due(&world.env, &server.mailer()).await.unwrap(), Round::default(), "not before its time");
            world.env.clock.advance_real_minutes(pause);
        }
    }

    async fn a_mail_nobody_takes_is_given_up_after_five_days(world) {
        let server = SmtpServer::start().await;
        put(&world, "later@example.jp", "件名", "本文").await;
        let start = world.env.clock.real_now();
        for _ in 1..MOST_TRIES {
            send_due(&world.env, &server.mailer()).await.unwrap();
            let next = row(&world.env, "later@example.jp").await.next_at;
            world.env.clock.advance_real_minutes(next.minutes_since(world.env.clock.real_now()));
        }
        assert_eq!(send_due(&world.env, &server.mailer()).await.unwrap(), Round { failed: 1, ..Round::default() });
        assert_eq!(row(&world.env, "later@example.jp").await.status, "failed");
        let hours = world.env.clock.real_now().minutes_since(start) / 60;
        assert!((114..=126).contains(&hours), "five days, more or less: {hours} hours");
        world.env.clock.advance_real_minutes(24 * 60);
        assert_eq!(send_due(&world.env, &server.mailer()).await.unwrap(), Round::default());
    }

    async fn nothing_that_a_mail_server_says_of_people_is_logged(world) {
        let server = SmtpServer::start().await;
        for to in ["never@example.jp", "later@example.jp", "riddle@example.jp", "crash@example.jp"] {
            put(&world, to, "件名", "本文").await;
        }
        let log = Log::default();
        let guard = tracing::subscriber::set_default(log.clone());
        for _ in 0..4 {
            send_due(&world.env, &server.mailer()).await.unwrap();
        }
        drop(guard);
        assert!(row(&world.env, "riddle@example.jp").await.last_error.unwrap().contains("you are bad"), "kept with the mail");
        let log = log.0.lock().unwrap();
        assert!(log.contains("a mail cannot be delivered") && log.contains("permanent error (550)"), "{log}");
        assert!(log.contains("no mail goes"), "{log}");
        assert!(!log.contains("example.jp") && !log.contains("bad"), "{log}");
    }

    async fn poison_does_not_block_the_others(world) {
        let server = SmtpServer::start().await;
        put(&world, "no address at all", "件名", "本文").await;
        put(&world, "x@example.jp\r\nBcc: everybody@example.jp", "件名", "本文").await;
        put(&world, "never@example.jp", "件名", "本文").await;
        put(&world, "config@example.jp", "件名", "本文").await;
        put(&world, "hanako@example.jp", "件名", "本文").await;
        assert_eq!(send_due(&world.env, &server.mailer()).await.unwrap(), Round { sent: 1, postponed: 1, failed: 3 });
        assert_eq!(server.taken().len(), 1);
        assert_eq!(row(&world.env, "never@example.jp").await.status, "failed");
        assert_eq!(row(&world.env, "config@example.jp").await.status, "waiting", "a refusal that our own setting may cause");
    }

    async fn a_server_that_hangs_up_on_one_mail_still_gets_the_others(world) {
        let server = SmtpServer::start().await;
        put(&world, "crash@example.jp", "件名", "本文").await;
        put(&world, "hanako@example.jp", "件名", "本文").await;
        send_due(&world.env, &server.mailer()).await.unwrap();
        send_due(&world.env, &server.mailer()).await.unwrap();
        assert_eq!(row(&world.env, "hanako@example.jp").await.status, "sent");
        assert_eq!(row(&world.env, "crash@example.jp").await.status, "waiting");
    }

    async fn without_a_server_mails_wait_and_go_when_it_is_back(world) {
        let gone = { TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port() };
        put(&world, "hanako@example.jp", "件名", "本文").await;
        put(&world, "taro@example.jp", "件名", "本文").await;
        let round = send_due(&world.env, &mailer(gone)).await.unwrap();
        assert_eq!(round, Round { postponed: 1, ..Round::default() }, "the second is not even tried");
        let server = SmtpServer::start().await;
        world.env.clock.advance_real_minutes(1);
        assert_eq!(send_due(&world.env, &server.mailer()).await.unwrap().sent, 2);
    }

    async fn a_subject_cannot_smuggle_headers(world) {
        let server = SmtpServer::start().await;
        put(&world, "hanako@example.jp", "Hello\r\nBcc: everybody@example.jp\r\n\r\nbody", "本文").await;
        send_due(&world.env, &server.mailer()).await.unwrap();
        let mail = &server.taken()[0];
        assert!(!mail.lines().any(|line| line.starts_with("Bcc:")), "{mail}");
    }

    async fn two_workers_never_send_the_same_mail(world) {
        let server = SmtpServer::start().await;
        for no in 0..30 {
            put(&world, &format!("m{no}@example.jp"), "件名", "本文").await;
        }
        let other = world.second_server().await;
        let mut tasks = tokio::task::JoinSet::new();
        for place in 0..4 {
            let env = if place % 2 == 0 { world.env.clone() } else { other.clone() };
            let mailer = server.mailer();
            tasks.spawn(async move { send_due(&env, &mailer).await.unwrap().sent });
        }
        assert_eq!(tasks.join_all().await.iter().sum::<u64>(), 30);
        let mut ids: Vec<_> = server.taken().iter()
            .map(|mail| mail.lines().find(|line| line.starts_with("Message-ID:")).unwrap().to_owned())
            .collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 30);
    }

    async fn a_worker_that_died_leaves_its_mail_to_the_next(world) {
        let server = SmtpServer::start().await;
        put(&world, "hanako@example.jp", "件名", "本文").await;
        let until = world.env.clock.real_now().plus_minutes(10);
        db::execute(world.env.db.write(), "UPDATE outbox SET leased_until = $1", vec![until.0.into()]).await.unwrap();
        assert_eq!(send_due(&world.env, &server.mailer()).await.unwrap(), Round::default());
        world.env.clock.advance_real_minutes(10);
        assert_eq!(send_due(&world.env, &server.mailer()).await.unwrap().sent, 1);
    }
}

#[test]
fn pauses_double_from_a_minute_to_six_hours() {
    let pauses: Vec<i64> = (1..=12).map(|tries| next_try(Instant(0), tries).minutes_since(Instant(0))).collect();
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]);
}

#[test]
fn wrong_settings_are_named() {
    let of = |url: &str, from: &str| {
        Mailer::new(&MailSettings { url: url.into(), from: from.into(), site: None }).map(drop).unwrap_err()
    };
    assert_eq!(of("smtp://mail.example.jp", "nobody"), MailSettingsError::From);
    assert_eq!(of("http://mail.example.jp", "kosapo@example.jp"), MailSettingsError::Url);
    assert_eq!(of("mail.example.jp", "kosapo@example.jp"), MailSettingsError::Url);
}
