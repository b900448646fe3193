//! Who is notified of which event, and in which words: one arm for each, so that the compiler names a new one here.
//!
//! A subject holds no personal data, because it is read on lock screens, and belongs to one kind of notice only. A body
//! holds only what its reader may see. What many read at once, from no single event, stands in [`many`].

pub(crate) mod many;

use super::{About, Cause, Notice, To};
use crate::entity::{activity_report, care_request, member};
use crate::notice::{Link, Message};
use domain::actor::Channel;
use domain::event::{
    Answer, Approved, Asked, Cancelled, Change, Event, Handover, Issued, Meeting, Registered, Reopened, SearchedAgain,
    Sent, Trained,
};
use domain::id::MemberId;
use domain::member::RecordField;
use domain::money::grouped;
use domain::request::CoordinationStatus;
use domain::time::{Date, Instant, clock, japanese_date, japanese_period};

/// The notices of an event. Whoever has several cases tells their subjects apart by the number, as those of reports.
pub(super) fn notices(cause: &Cause<'_>) -> Vec<Notice> {
    let number = match cause.about {
        About::Case(row) => row.request_no.to_string(),
        About::Report(row) => row.report_no.to_string(),
        About::Member(_) => return of_event(cause),
    };
    let mut notices = of_event(cause);
    for subject in notices.iter_mut().map(|notice| &mut notice.message.subject) {
        if !subject.contains(&number) {
            subject.push_str(&format!("（{number}）"));
        }
    }
    notices
}

fn of_event(cause: &Cause<'_>) -> Vec<Notice> {
    use Event as E;
    match cause.event {
        E::Offer(asked) => cause.case(|case| case.asked(asked)),
        E::Accept(answer) => cause.case(|case| case.accepted(answer)),
        E::Decline(answer) => cause.acted_for(answer.member, "辞退", Link::Offers),
        E::Expire(answer) => cause.case(|case| case.expired(answer)),
        E::Close(answer) => cause.case(|case| case.closed(answer)),
        E::ReturnToSearch => cause.case(Case::nobody_asked),
        E::ScheduleMeeting(meeting) => cause.case(|case| case.meeting(meeting)),
        E::SaveSheet(_) => cause.case(Case::sheet),
        E::Establish(_) | E::EstablishWaived(_) => cause.case(Case::established),
        E::Start(handover) => cause.case(|case| case.started(handover)),
        E::End(handover) => cause.case(|case| case.ended(handover)),
        E::SearchAgain(again) => cause.case(|case| case.search_again(again)),
        E::NotEstablish(_) => cause.case(Case::not_established),
        E::Withdraw => cause.case(Case::withdrawn),
        E::Cancel(cancelled) => cause.case(|case| case.cancelled(cancelled)),
        E::RemindUntaken => cause.case(Case::still_untaken),
        E::SubmitReport(registered) => cause.report(|report| report.registered(registered)),
        E::PullBack => cause.report(Report::pulled_back),
        E::Approve(approved) => cause.report(|report| report.approved(approved)),
        E::RequestRevision => cause.report(Report::revision),
        E::Void => cause.report(Report::voided),
        E::Reopen(reopened) => cause.report(|report| report.reopened(reopened)),
        E::MarkReceived(_) => cause.report(Report::received),
        E::UndoReceipt => cause.report(Report::receipt_undone),
        E::RemindApproval => cause.report(|report| report.waiting("の確認をお待ちしています")),
        E::RemindApprovalAgain => cause.report(|report| report.waiting("の確認を、もう一度お願いします")),
        E::EscalateApproval => cause.report(Report::waits_long),
        E::Submit(sent) => cause.case(|case| case.submitted(sent)),
        E::Enter => cause.case(Case::entered),
        E::Invite => cause.member(Member::invited),
        E::SetPassword => cause.member(Member::password_set),
        E::Suspend => cause.member(Member::suspended),
        E::Resume => cause.member(Member::resumed),
        E::IssueCoupon(issued) => cause.member(|member| member.tickets(issued)),
        E::AddTraining(trained) => cause.member(|member| member.trained(trained)),
        E::AddChild => cause.member(Member::child_added),
        E::ChangeName(change) => cause.member(|member| member.name_changed(change)),
        E::ChangeContact(change) => cause.member(|member| member.contact_changed(change)),
        E::ChangeChild(change) => cause.member(|member| member.child_changed(change)),
        // Several changes in one step are notified once, of each report: `recalculated`.
        E::Recalculate(_)
        | E::SaveDraft
        | E::Take
        | E::Note
        | E::See(_)
        | E::ViewSheet(_)
        | E::AskSheet
        | E::HoldMeeting(_)
        | E::Complete
        | E::ReportAgain
        | E::SaveReport
        | E::Claim(_)
        | E::Register => vec![],
    }
}

impl Cause<'_> {
    fn case<'s>(&'s self, words: impl FnOnce(&Case<'s>) -> Vec<Notice>) -> Vec<Notice> {
        match self.about {
            About::Case(row) => words(&Case { cause: self, row, today: self.now.date() }),
            _ => vec![],
        }
    }

    fn report<'s>(&'s self, words: impl FnOnce(&Report<'s>) -> Vec<Notice>) -> Vec<Notice> {
        match self.about {
            About::Report(row) => words(&Report { cause: self, row }),
            _ => vec![],
        }
    }

    fn member<'s>(&'s self, words: impl FnOnce(&Member<'s>) -> Vec<Notice>) -> Vec<Notice> {
        match self.about {
            About::Member(row) => words(&Member { row, today: self.now.date() }),
            _ => vec![],
        }
    }

    /// Notifies a member of a step that the branch did in the member's name, and of none of the member's own.
    fn acted_for(&self, member: Option<MemberId>, step: &str, link: Link) -> Vec<Notice> {
        let (Some(member), Some(channel)) = (member, self.on_behalf()) else { return vec![] };
        let word = match channel {
            Channel::Phone => "お電話",
            Channel::Paper => "書面",
            Channel::Counter | Channel::Web | Channel::Job => "窓口でのお申し出",
        };
        let text = format!(
            "{word}を受けて、支部が代わりに「{step}」をしました。\nお心当たりがないときは、支部へお電話ください。"
        );
        vec![notice(To::Member(member), format!("支部が代わりに「{step}」をしました"), text, link)]
    }
}

fn notice(to: To, subject: impl Into<String>, body: String, link: Link) -> Notice {
    Notice { to, message: Message { subject: subject.into(), body, link } }
}

/// The moment of a meeting or a deadline: 「4月2日（火）10時」.
fn moment(at: Instant, today: Date) -> String {
    format!("{}{}", japanese_date(at.date(), today), clock(at))
}

/// What becomes of a report that its provider had begun.
const fn draft_word(ended: bool) -> &'static str {
    if ended { "\n\n作成中の援助活動報告書は、取消になりました。" } else { "" }
}

/// A request and its case.
struct Case<'a> {
    cause: &'a Cause<'a>,
    row: &'a care_request::Model,
    today: Date,
}

impl Case<'_> {
    fn when(&self) -> String {
        japanese_period(self.row.starts_at, self.row.ends_at, self.today)
    }

    const fn link(&self) -> Link {
        Link::Request(self.row.request_no)
    }

    /// A notice about the case, which stands above the text.
    fn notice(&self, to: To, subject: &str, text: &str, link: Link) -> Notice {
        let head = format!("依頼ID {}\n日時 {}\n\n", self.row.request_no, self.when());
        notice(to, subject, format!("{head}{text}"), link)
    }

    fn family(&self, subject: &str, text: &str) -> Notice {
        self.notice(To::Member(self.row.member_id), subject, text, self.link())
    }

    fn provider(&self, subject: &str, text: &str, link: Link) -> Option<Notice> {
        Some(self.notice(To::Member(self.row.provider_id?), subject, text, link))
    }

    fn branch(&self, subject: &str, text: &str) -> Notice {
        let link = Link::Case(self.row.request_no);
        self.notice(To::Branch(self.row.ward.clone()), subject, text, link)
    }

    fn submitted(&self, sent: &Sent) -> Vec<Notice> {
        let hours = if sent.hours.is_empty() { String::new() } else { format!("（{}）", sent.hours) };
        let text = format!("{}から業務時間内{hours}にお電話します。", sent.branch);
        vec![
            self.family("ご依頼を受け付けました", &text),
            self.branch("新しい依頼が届きました", "担当になって、調整を始めてください。"),
        ]
    }

    fn entered(&self) -> Vec<Notice> {
        let text = "お申し出を受けて、支部が代わりにご依頼を登録しました。\n提供会員が見つかりましたらお知らせします。";
        vec![self.family("援助のご依頼を受け付けました", text)]
    }

    fn asked(&self, asked: &Asked) -> Vec<Notice> {
        let until = asked.until.map_or_else(String::new, |until| moment(until, self.today));
        let text = format!(
            "援助のお願いが届きました。内容を見て、「受ける」か「辞退」を選んでください。\nお返事の期限は{until}です。"
        );
        let to = |member: &MemberId| self.notice(To::Member(*member), "援助のお願いが届きました", &text, Link::Offers);
        asked.members.iter().map(to).collect()
    }

    fn accepted(&self, answer: &Answer) -> Vec<Notice> {
        let text = "提供会員が見つかりました。\n事前打合せの日時を決めるため、支部からお電話します。";
        let mut notices = vec![self.family("提供会員が見つかりました", text)];
        // The branch knows what it did itself.
        if self.cause.by_member() {
            let text = "提供会員が引き受けました。\n両方の会員と相談して、事前打合せの日を決めてください。";
            notices.push(self.branch("引き受ける提供会員が見つかりました", text));
        }
        notices.extend(self.cause.acted_for(answer.member, "受諾", Link::Offers));
        notices
    }

    fn asked_one(&self, answer: &Answer, subject: &str, text: &str) -> Vec<Notice> {
        let to = |member| self.notice(To::Member(member), subject, text, Link::Offers);
        answer.member.map(to).into_iter().collect()
    }

    fn expired(&self, answer: &Answer) -> Vec<Notice> {
        let text = "お返事の期限が過ぎたため、この援助のお願いは終わりました。\nお引き受けいただけるときは、支部へお電話ください。";
        self.asked_one(answer, "援助のお願いの期限が過ぎました", text)
    }

    fn closed(&self, answer: &Answer) -> Vec<Notice> {
        let text =
            "この援助のお願いは終わりました。ご検討いただき、ありがとうございました。\nまたの機会にお願いいたします。";
        self.asked_one(answer, "援助のお願いが終わりました", text)
    }

    fn nobody_asked(&self) -> Vec<Notice> {
        let text = "打診した提供会員の返事がそろいました。\n引き受けられる方はいませんでした。";
        vec![self.branch("打診がすべて終わりました", text)]
    }

    /// The meeting comes first; when the care itself is, stands below it.
    fn meeting(&self, meeting: &Meeting) -> Vec<Notice> {
        let (Some(at), Some(provider)) = (meeting.meeting_at, self.row.provider_id) else { return vec![] };
        let mut on = moment(at, self.today);
        if let Some(branch) = &meeting.closed {
            on.push_str(&format!("\nこの日は{branch}の休みの日です。支部へのご連絡は、それまでにお願いします。"));
        }
        let word = if meeting.before.is_some() { "変わりました" } else { "決まりました" };
        let to = |member, text: &str, link| {
            let body = format!(
                "事前打合せの日時が{word}。\n事前打合せ日 {on}\n\n{text}\n\n依頼ID {}\n援助の日時 {}",
                self.row.request_no,
                self.when()
            );
            notice(To::Member(member), format!("事前打合せの日時が{word}"), body, link)
        };
        let sheet = Link::Meeting(self.row.request_no);
        vec![
            to(self.row.member_id, "「事前打合せ情報」を打合せの日までに入力してください。", sheet),
            to(provider, "場所は画面で確かめてください。", self.link()),
        ]
    }

    /// The provider of an agreed activity may have read the old one.
    fn sheet(&self) -> Vec<Notice> {
        let link = Link::Meeting(self.row.request_no);
        let text = "「事前打合せ情報」が新しくなりました。\n当日までに、画面で確かめてください。";
        let agreed = self.row.status == CoordinationStatus::Established;
        let provider = self.provider("事前打合せ情報が新しくなりました", text, link).filter(|_| agreed);
        let family = self.cause.acted_for(Some(self.row.member_id), "事前打合せ情報の登録", link);
        provider.into_iter().chain(family).collect()
    }

    fn established(&self) -> Vec<Notice> {
        let subject = "援助活動が成立しました";
        let family = self.family(subject, "援助活動が成立しました。\n当日は時間に余裕をもってお願いします。");
        let text = "援助活動が成立しました。\n連絡先と「事前打合せ情報」を画面で見られるようになりました。";
        [family].into_iter().chain(self.provider(subject, text, self.link())).collect()
    }

    /// The children changed hands, at a time that the family reads; the provider reads of it where the branch did it for her.
    fn handed_over(&self, handover: &Handover, word: &str, subject: &str, text: &str) -> Vec<Notice> {
        let at = handover.handed_at.map_or_else(String::new, clock);
        let family = self.family(subject, &format!("{at}に、お子さんの{text}"));
        let link = Link::Activity(self.row.request_no);
        [family].into_iter().chain(self.cause.acted_for(self.row.provider_id, word, link)).collect()
    }

    fn started(&self, handover: &Handover) -> Vec<Notice> {
        self.handed_over(handover, "活動開始", "援助活動が始まりました", "援助活動が始まりました。")
    }

    fn ended(&self, handover: &Handover) -> Vec<Notice> {
        let text = "援助活動が終わりました。\n援助活動報告書が届きましたら、お知らせします。";
        self.handed_over(handover, "活動終了", "援助活動が終わりました", text)
    }

    fn search_again(&self, again: &SearchedAgain) -> Vec<Notice> {
        let text = "もう一度、提供会員をお探しします。\n見つかりましたら、お知らせします。";
        let family = self.family("提供会員をもう一度お探しします", text);
        let text = format!(
            "この援助は、ほかの提供会員をお探しすることになりました。\nご協力ありがとうございました。{}",
            draft_word(again.draft_ended)
        );
        let provider = self.provider("ほかの提供会員をお探しすることになりました", &text, Link::Activities);
        let branch = self.cause.by_member().then(|| {
            let text = "提供会員が、この援助活動に行けなくなりました。\n代わりの提供会員を探してください。理由は依頼のページにあります。";
            self.branch("提供会員が行けなくなりました", text)
        });
        [family].into_iter().chain(provider).chain(branch).collect()
    }

    fn not_established(&self) -> Vec<Notice> {
        let text = "提供会員をお探ししましたが、今回はご紹介できませんでした。\nほかの日時や内容でのご相談は、支部へお電話ください。";
        vec![self.family("ご依頼の調整結果のお知らせ", text)]
    }

    fn withdrawn(&self) -> Vec<Notice> {
        // A draft was the family's alone: nobody was asked, and nobody knows of it.
        if self.cause.from == Some(CoordinationStatus::Draft.key()) {
            return vec![];
        }
        let text = "この依頼は取り下げられました。\nお引き受けいただき、ありがとうございました。";
        let provider = self.provider("援助の予定がなくなりました", text, Link::Activities);
        let other = if self.cause.by_member() {
            let text = match self.cause.reason {
                Some(_) => "理由は依頼のページにあります。",
                None => "理由の記入はありません。",
            };
            self.branch("依頼が取り下げられました", text)
        } else {
            self.family("依頼を取り下げました", "支部がお申し出を受けて、この依頼を取り下げました。")
        };
        provider.into_iter().chain([other]).collect()
    }

    fn cancelled(&self, cancelled: &Cancelled) -> Vec<Notice> {
        let (subject, text) = ("援助活動がキャンセルになりました", "この援助活動はキャンセルになりました。");
        let acted = if self.cause.on_behalf().is_some() {
            "\nお申し出を受けて、支部が代わりにキャンセルしました。\nお心当たりがないときは、支部へお電話ください。"
        } else {
            ""
        };
        let family = self.family(subject, &format!("{text}{acted}"));
        let link = Link::Activity(self.row.request_no);
        let provider = self.provider(subject, &format!("{text}{}", draft_word(cancelled.draft_ended)), link);
        let branch = self.cause.by_member().then(|| {
            let text = "利用会員が、この援助活動をキャンセルしました。\n理由とキャンセル料は、依頼のページにあります。";
            self.branch("利用会員が援助活動をキャンセルしました", text)
        });
        [family].into_iter().chain(provider).chain(branch).collect()
    }

    fn still_untaken(&self) -> Vec<Notice> {
        let text = "届いてから1営業日、担当が決まっていません。\n担当になって、利用会員にお電話してください。";
        vec![self.branch("担当の決まっていない依頼があります", text)]
    }
}

/// An activity report.
struct Report<'a> {
    cause: &'a Cause<'a>,
    row: &'a activity_report::Model,
}

impl Report<'_> {
    const fn link(&self) -> Link {
        Link::Report(self.row.report_no)
    }

    /// 「援助活動報告書 EKH… が承認されました」
    fn notice(&self, member: MemberId, subject: &str, text: String) -> Notice {
        notice(To::Member(member), format!("援助活動報告書 {} {subject}", self.row.report_no), text, self.link())
    }

    fn family(&self, subject: &str, text: impl Into<String>) -> Option<Notice> {
        Some(self.notice(self.row.user_member_id?, subject, text.into()))
    }

    fn provider(&self, subject: &str, text: impl Into<String>) -> Notice {
        self.notice(self.row.provider_id, subject, text.into())
    }

    fn reason(&self) -> &str {
        self.cause.reason.unwrap_or_default()
    }

    /// What the branch did in the provider's name, then what the family reads.
    fn for_provider(&self, step: &str, family: Option<Notice>) -> Vec<Notice> {
        let mut notices = self.cause.acted_for(Some(self.row.provider_id), step, self.link());
        notices.extend(family);
        notices
    }

    /// What the branch did in the family's name, then what the provider reads.
    fn for_family(&self, step: &str, provider: Notice) -> Vec<Notice> {
        let mut notices = self.cause.acted_for(self.row.user_member_id, step, self.link());
        notices.push(provider);
        notices
    }

    fn registered(&self, registered: &Registered) -> Vec<Notice> {
        let asked = registered.asked.as_ref().map(|asked| {
            let text = format!(
                "援助活動報告書が登録されました。\n\n活動：{}\nお支払い：{}円{}\n\n\
                 内容を確認し、「承認」または「修正依頼」を押してください。",
                japanese_period(asked.start, asked.end, self.cause.now.date()),
                grouped(asked.pays),
                if asked.tickets { "（おためし券を使う前）" } else { "" }
            );
            self.notice(asked.member, "の確認をお願いします", text)
        });
        self.for_provider("登録", asked)
    }

    fn pulled_back(&self) -> Vec<Notice> {
        let text = "確認をお願いした援助活動報告書を、提供会員がもう一度直しています。\n登録されたら、あらためてお知らせします。";
        self.for_provider("登録の取り戻し", self.family("は直しています", text))
    }

    fn approved(&self, approved: &Approved) -> Vec<Notice> {
        let text = format!(
            "援助活動報告書が承認されました。\n利用会員のお支払い：{}円\n\n\
             報酬を受け取ったら、「報酬受領」を押してください。",
            grouped(approved.user_pays)
        );
        self.for_family("承認", self.provider("が承認されました", text))
    }

    fn revision(&self) -> Vec<Notice> {
        let text = format!(
            "利用会員から修正依頼が届きました。\n\n{}\n\n直したら、もう一度「登録」を押してください。",
            self.reason()
        );
        self.for_family("修正依頼", self.provider("の修正依頼があります", text))
    }

    fn voided(&self) -> Vec<Notice> {
        let text = format!("援助活動報告書が取り消されました。お支払いはいりません。\n理由：{}", self.reason());
        // A draft that was never registered is nothing the family knows of.
        let family = self.row.submitted_at.and_then(|_| self.family("は取り消されました", text));
        self.for_provider("取消", family)
    }

    fn reopened(&self, reopened: &Reopened) -> Vec<Notice> {
        let text = format!(
            "支部が承認を取り消し、報告書を修正できるようにしました。\n\n{}\n\n直したら、もう一度「登録」を押してください。",
            self.reason()
        );
        let provider = self.provider("を直してください", text);
        let tickets = match reopened.tickets_returned {
            0 => String::new(),
            returned => format!("\nおためし券{returned}枚は残数に戻りました。"),
        };
        let text = format!(
            "支部が承認を取り消しました。\n\n{}\n{tickets}\n提供会員がもう一度登録したら、お知らせします。",
            self.reason()
        );
        [provider].into_iter().chain(self.family("の承認が取り消されました", text)).collect()
    }

    fn received(&self) -> Vec<Notice> {
        let text = "提供会員が報酬の受領を登録しました。\n援助活動報告書（控え）を印刷でき、領収証としても使えます。";
        let mut family = self.family("の控えを印刷できます", text);
        if let Some(notice) = &mut family {
            notice.message.link = Link::Receipt(self.row.report_no);
        }
        self.for_provider("報酬受領", family)
    }

    fn receipt_undone(&self) -> Vec<Notice> {
        let text = "提供会員が報酬の受領の登録を取り消しました。お心当たりがないときは、支部へお電話ください。";
        self.for_provider("受領の取り消し", self.family("の報酬受領が取り消されました", text))
    }

    fn waiting(&self, subject: &str) -> Vec<Notice> {
        let text = "援助活動報告書が承認待ちです。\n内容を確認し、「承認」または「修正依頼」を押してください。\n\
                    画面での操作が難しいときは、支部へお電話ください。";
        self.family(subject, text).map_or_else(|| self.waits_long(), |notice| vec![notice])
    }

    fn waits_long(&self) -> Vec<Notice> {
        let text = "利用会員へ電話で確認してください。書面か電話で確認がとれたら、代理で承認できます。".to_owned();
        let subject = format!("{} が7日以上、承認待ちです", self.row.report_no);
        vec![notice(To::Branch(self.row.ward.clone()), subject, text, self.link())]
    }
}

/// A member's record, which only the branch changes.
struct Member<'a> {
    row: &'a member::Model,
    today: Date,
}

impl Member<'_> {
    fn notice(&self, subject: &str, text: &str, link: Link) -> Vec<Notice> {
        let body = format!("{text}\n\nお心当たりがないときは、支部へお電話ください。");
        vec![notice(To::Member(self.row.id), subject, body, link)]
    }

    fn invited(&self) -> Vec<Notice> {
        let text = "支部が、パスワードを設定するための案内リンクを出しました。\nリンクは、支部からメールか書面でお届けします。";
        self.notice("案内リンクを出しました", text, Link::Nothing)
    }

    fn password_set(&self) -> Vec<Notice> {
        let body = "案内リンクから、新しいパスワードが設定されました。\n\nお心当たりがないときは、すぐに支部へお電話ください。";
        vec![notice(To::Member(self.row.id), "パスワードが設定されました", body.to_owned(), Link::Nothing)]
    }

    /// Without the reason, which is the branch's own note.
    fn suspended(&self) -> Vec<Notice> {
        let text = "支部が、会員の活動を「休止」にしました。\n休止の間は、新しい依頼や援助のお願いはありません。";
        self.notice("会員の活動が「休止」になりました", text, Link::Nothing)
    }

    fn resumed(&self) -> Vec<Notice> {
        let text = "支部が、会員の活動の「休止」を終わりにしました。\nまたご利用・ご協力いただけます。";
        self.notice("会員の活動を再開しました", text, Link::Nothing)
    }

    fn tickets(&self, issued: &Issued) -> Vec<Notice> {
        let until = issued.expires_on.map_or_else(String::new, |day| japanese_date(day, self.today));
        let body = format!(
            "子サポ de あずかりおためし券を{}枚発行しました。\n{until}まで使えます。\nのこりの枚数は「おためし券残数確認」で見られます。",
            issued.tickets
        );
        vec![notice(To::Member(self.row.id), "おためし券を発行しました", body, Link::Coupons)]
    }

    fn trained(&self, trained: &Trained) -> Vec<Notice> {
        let until = trained.valid_until.map_or_else(String::new, |day| japanese_date(day, self.today));
        let begins = if trained.complete {
            "\n必要な研修がそろいました。援助活動を始められます。"
        } else {
            ""
        };
        let text = format!("支部が、研修の受講を記録しました。\n有効期限 {until}{begins}");
        self.notice("研修の受講を記録しました", &text, Link::Nothing)
    }

    fn child_added(&self) -> Vec<Notice> {
        self.notice("お子さんを登録しました", "支部が、お子さんを登録しました。", Link::Nothing)
    }

    fn name_changed(&self, change: &Change) -> Vec<Notice> {
        let body = format!(
            "支部が、登録されている氏名を直しました。\n氏名 {}\n\n違うところがあるときは、支部へお電話ください。",
            change.after
        );
        vec![notice(To::Member(self.row.id), "会員情報を修正しました（氏名）", body, Link::Nothing)]
    }

    /// Of another mail address the old one hears too, without learning the new one: whoever still reads it may not be the
    /// one who asked for that.
    fn contact_changed(&self, change: &Change) -> Vec<Notice> {
        let name = |field: &RecordField| match field {
            RecordField::Address => "住所",
            RecordField::Telephone => "電話番号",
            _ => "メールアドレス",
        };
        let names: Vec<&str> = change.fields.iter().map(name).collect();
        let text = format!("支部が、登録されている連絡先を直しました。\n直した項目 {}", names.join("・"));
        let mut notices = self.notice("会員情報を修正しました（連絡先）", &text, Link::Nothing);
        if !change.old_mail.is_empty() {
            let body = "支部が、登録されているメールアドレスを直しました。\nこれからのお知らせは、このアドレスには届きません。\n\nお心当たりがないときは、支部へお電話ください。";
            let to = To::Address(change.old_mail.clone());
            notices.push(notice(to, "メールアドレスの登録が変わりました", body.to_owned(), Link::Nothing));
        }
        notices
    }

    fn child_changed(&self, change: &Change) -> Vec<Notice> {
        let end = change.tickets_until.map(|day| japanese_date(day, self.today));
        let end = end.map(|day| format!("\nおためし券の期限は、{day}になりました。")).unwrap_or_default();
        let text = format!("支部が、お子さんの登録内容を直しました。{end}");
        self.notice(
            "会員情報を修正しました（お子さん）",
            &text,
            if end.is_empty() { Link::Nothing } else { Link::Coupons },
        )
    }
}

#[cfg(test)]
mod tests;
