//! Everything that can happen, as the audit trail keeps it: one variant with its facts for each.
//!
//! Stored as the key of [`Action`] beside the facts as JSON. Facts are read leniently: what an earlier release did not
//! write is at its default, a key that is not known any more reads as nothing. Whoever wants to know what happened matches
//! [`Event`] without a wildcard, so that the compiler names the places a new one must reach. A fact that is skipped in the
//! stored form is only for those who are notified of the event in the same moment.

mod stored;

use crate::coordination::{NotEstablishedReason, SearchAgainReason};
use crate::id::{ChildId, MemberId, OfferId};
use crate::member::{RecordField, TrainingKind};
use crate::report::{ReceiptMethod, Reminder};
use crate::report_change::Version;
use crate::time::{Date, Instant};
use crate::workflow::keyed;
use serde::{Deserialize, Serialize};
use stored::{by_key, day, keys, moment, version};

/// Something that happened to a request, a report or a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Event {
    /// A request's 一時保存.
    SaveDraft,
    /// A request's 登録.
    Submit(Sent),
    /// A request that the branch entered for a caller.
    Enter,
    /// The coordinator took it into her care.
    Take,
    /// A note of the branch; the words are the event's reason.
    Note,
    /// 打診
    Offer(Asked),
    /// The asked provider looked at the offer.
    See(Answer),
    /// 受諾
    Accept(Answer),
    /// 辞退
    Decline(Answer),
    /// The time for an answer is over.
    Expire(Answer),
    /// The branch, or another's acceptance, ended the offer.
    Close(Answer),
    /// Nobody is asked any more.
    ReturnToSearch,
    /// The pre-meeting got its date, or another one.
    ScheduleMeeting(Meeting),
    /// The 事前打合せ情報 was written.
    SaveSheet(Sheet),
    /// Somebody else than the family read it.
    ViewSheet(Sheet),
    /// The headquarters said why they read it.
    AskSheet,
    /// 打合せ済
    HoldMeeting(Sheet),
    /// 成立
    Establish(Agreed),
    /// 成立 without a meeting.
    EstablishWaived(Agreed),
    /// 活動開始
    Start(Handover),
    /// 活動終了
    End(Handover),
    /// Back to the search.
    SearchAgain(SearchedAgain),
    /// 不成立
    NotEstablish(NotEstablished),
    /// 取下げ
    Withdraw,
    /// キャンセル
    Cancel(Cancelled),
    /// 完了
    Complete,
    /// 成立 again, because the report was voided.
    #[serde(rename = "report_anew")]
    ReportAgain,
    /// The branch was reminded that nobody took it.
    RemindUntaken,
    /// A report's 一時保存.
    SaveReport,
    /// A report's 登録.
    SubmitReport(Registered),
    /// Taken back before it was approved.
    PullBack,
    /// The fee was calculated again.
    #[serde(rename = "charge_anew")]
    Recalculate(Recalculated),
    /// 承認
    Approve(Approved),
    /// 修正依頼; the remark is the event's reason.
    RequestRevision,
    /// A report's 取消.
    Void,
    /// The branch opened an approved report again.
    Reopen(Reopened),
    /// 報酬受領
    MarkReceived(Received),
    /// The receipt was taken back.
    UndoReceipt,
    /// The monthly close claimed the benefit.
    Claim(Claimed),
    /// The family was reminded on the second day.
    RemindApproval,
    /// The family was reminded on the fifth day.
    RemindApprovalAgain,
    /// The branch was notified after a week.
    EscalateApproval,
    /// A member was recorded.
    Register,
    /// A one-time link was given out.
    Invite,
    /// The person set the password.
    SetPassword,
    /// 休止
    Suspend,
    /// 復帰
    Resume,
    /// おためし券 were issued.
    IssueCoupon(Issued),
    /// A training was recorded.
    AddTraining(Trained),
    /// A child was added.
    AddChild,
    /// The name was corrected.
    ChangeName(Change),
    /// Where the member is reached was corrected.
    ChangeContact(Change),
    /// A child's record was corrected.
    ChangeChild(Change),
}

keyed!(
    /// What kind of thing happened: the key in the database, and what histories have a word for.
    Action {
        /// 一時保存, of a request or a report.
        SaveDraft = "save_draft",
        /// 登録, of a request or a report.
        Submit = "submit",
        /// [`Event::Enter`]
        Enter = "enter",
        /// [`Event::Take`]
        Take = "take",
        /// [`Event::Note`]
        Note = "note",
        /// [`Event::Offer`]
        Offer = "offer",
        /// [`Event::See`]
        See = "see",
        /// [`Event::Accept`]
        Accept = "accept",
        /// [`Event::Decline`]
        Decline = "decline",
        /// [`Event::Expire`]
        Expire = "expire",
        /// [`Event::Close`]
        Close = "close",
        /// [`Event::ReturnToSearch`]
        ReturnToSearch = "return_to_search",
        /// [`Event::ScheduleMeeting`]
        ScheduleMeeting = "schedule_meeting",
        /// [`Event::SaveSheet`]
        SaveSheet = "save_sheet",
        /// [`Event::ViewSheet`]
        ViewSheet = "view_sheet",
        /// [`Event::AskSheet`]
        AskSheet = "ask_sheet",
        /// [`Event::HoldMeeting`]
        HoldMeeting = "hold_meeting",
        /// [`Event::Establish`]
        Establish = "establish",
        /// [`Event::EstablishWaived`]
        EstablishWaived = "establish_waived",
        /// [`Event::Start`]
        Start = "start",
        /// [`Event::End`]
        End = "end",
        /// [`Event::SearchAgain`]
        SearchAgain = "search_again",
        /// [`Event::NotEstablish`]
        NotEstablish = "not_establish",
        /// [`Event::Withdraw`]
        Withdraw = "withdraw",
        /// [`Event::Cancel`]
        Cancel = "cancel",
        /// [`Event::Complete`]
        Complete = "complete",
        /// [`Event::ReportAgain`]
        ReportAgain = "report_anew",
        /// [`Event::RemindUntaken`]
        RemindUntaken = "remind_untaken",
        /// [`Event::PullBack`]
        PullBack = "pull_back",
        /// [`Event::Recalculate`]
        Recalculate = "charge_anew",
        /// [`Event::Approve`]
        Approve = "approve",
        /// [`Event::RequestRevision`]
        RequestRevision = "request_revision",
        /// [`Event::Void`]
        Void = "void",
        /// [`Event::Reopen`]
        Reopen = "reopen",
        /// [`Event::MarkReceived`]
        MarkReceived = "mark_received",
        /// [`Event::UndoReceipt`]
        UndoReceipt = "undo_receipt",
        /// [`Event::Claim`]
        Claim = "claim",
        /// [`Event::RemindApproval`]
        RemindApproval = "remind_approval",
        /// [`Event::RemindApprovalAgain`]
        RemindApprovalAgain = "remind_approval_again",
        /// [`Event::EscalateApproval`]
        EscalateApproval = "escalate_approval",
        /// [`Event::Register`]
        Register = "register",
        /// [`Event::Invite`]
        Invite = "invite",
        /// [`Event::SetPassword`]
        SetPassword = "set_password",
        /// [`Event::Suspend`]
        Suspend = "suspend",
        /// [`Event::Resume`]
        Resume = "resume",
        /// [`Event::IssueCoupon`]
        IssueCoupon = "issue_coupon",
        /// [`Event::AddTraining`]
        AddTraining = "add_training",
        /// [`Event::AddChild`]
        AddChild = "add_child",
        /// [`Event::ChangeName`]
        ChangeName = "change_name",
        /// [`Event::ChangeContact`]
        ChangeContact = "change_contact",
        /// [`Event::ChangeChild`]
        ChangeChild = "change_child",
    }
);

impl Event {
    /// What kind of thing happened.
    #[must_use]
    pub const fn action(&self) -> Action {
        use Action as A;
        match self {
            Self::SaveDraft | Self::SaveReport => A::SaveDraft,
            Self::Submit(_) | Self::SubmitReport(_) => A::Submit,
            Self::Enter => A::Enter,
            Self::Take => A::Take,
            Self::Note => A::Note,
            Self::Offer(_) => A::Offer,
            Self::See(_) => A::See,
            Self::Accept(_) => A::Accept,
            Self::Decline(_) => A::Decline,
            Self::Expire(_) => A::Expire,
            Self::Close(_) => A::Close,
            Self::ReturnToSearch => A::ReturnToSearch,
            Self::ScheduleMeeting(_) => A::ScheduleMeeting,
            Self::SaveSheet(_) => A::SaveSheet,
            Self::ViewSheet(_) => A::ViewSheet,
            Self::AskSheet => A::AskSheet,
            Self::HoldMeeting(_) => A::HoldMeeting,
            Self::Establish(_) => A::Establish,
            Self::EstablishWaived(_) => A::EstablishWaived,
            Self::Start(_) => A::Start,
            Self::End(_) => A::End,
            Self::SearchAgain(_) => A::SearchAgain,
            Self::NotEstablish(_) => A::NotEstablish,
            Self::Withdraw => A::Withdraw,
            Self::Cancel(_) => A::Cancel,
            Self::Complete => A::Complete,
            Self::ReportAgain => A::ReportAgain,
            Self::RemindUntaken => A::RemindUntaken,
            Self::PullBack => A::PullBack,
            Self::Recalculate(_) => A::Recalculate,
            Self::Approve(_) => A::Approve,
            Self::RequestRevision => A::RequestRevision,
            Self::Void => A::Void,
            Self::Reopen(_) => A::Reopen,
            Self::MarkReceived(_) => A::MarkReceived,
            Self::UndoReceipt => A::UndoReceipt,
            Self::Claim(_) => A::Claim,
            Self::RemindApproval => A::RemindApproval,
            Self::RemindApprovalAgain => A::RemindApprovalAgain,
            Self::EscalateApproval => A::EscalateApproval,
            Self::Register => A::Register,
            Self::Invite => A::Invite,
            Self::SetPassword => A::SetPassword,
            Self::Suspend => A::Suspend,
            Self::Resume => A::Resume,
            Self::IssueCoupon(_) => A::IssueCoupon,
            Self::AddTraining(_) => A::AddTraining,
            Self::AddChild => A::AddChild,
            Self::ChangeName(_) => A::ChangeName,
            Self::ChangeContact(_) => A::ChangeContact,
            Self::ChangeChild(_) => A::ChangeChild,
        }
    }
}

impl From<Reminder> for Event {
    fn from(reminder: Reminder) -> Self {
        match reminder {
            Reminder::First => Self::RemindApproval,
            Reminder::Second => Self::RemindApprovalAgain,
            Reminder::Escalation => Self::EscalateApproval,
        }
    }
}

/// Declares the facts of an event: read leniently, written without what says nothing.
macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type),+ }
    )+};
}

facts! {
    /// Who calls the family back; nothing of it is kept.
    Sent {
        /// The branch's name.
        #[serde(skip)]
        branch: String,
        /// When it answers, as the branch says it.
        #[serde(skip)]
        hours: String,
    }

    /// Who was asked.
    Asked {
        /// Names and numbers, as histories show them.
        providers: Vec<String>,
        /// Their rows.
        #[serde(skip)]
        members: Vec<MemberId>,
        /// Until when they may answer.
        #[serde(skip)]
        until: Option<Instant>,
    }

    /// What became of one provider's offer.
    Answer {
        /// Name and number, as histories show them.
        provider: String,
        /// The offer's row.
        offer: Option<OfferId>,
        /// The provider's row.
        #[serde(skip)]
        member: Option<MemberId>,
    }

    /// When and where the pre-meeting is.
    Meeting {
        /// When.
        #[serde(with = "moment")]
        meeting_at: Option<Instant>,
        /// Where.
        meeting_place: String,
        /// When it was before.
        #[serde(with = "moment")]
        before: Option<Instant>,
        /// The branch's name, where it is closed on that day.
        #[serde(skip)]
        closed: Option<String>,
    }

    /// Which version of the 事前打合せ情報.
    Sheet {
        /// Counted from 1.
        sheet_revision: i64,
    }

    /// What was known when a case became 成立.
    Agreed {
        /// Name and number, as histories show them.
        provider: String,
        /// When they met; nothing without a meeting.
        #[serde(with = "moment", skip_serializing_if = "Option::is_none")]
        meeting_at: Option<Instant>,
        /// The request whose 事前打合せ情報 was carried over.
        #[serde(skip_serializing_if = "Option::is_none")]
        sheet_from: Option<String>,
        /// The version of the 事前打合せ情報.
        sheet_revision: Option<i64>,
    }

    /// When the children changed hands.
    Handover {
        /// When, as whoever was there says.
        #[serde(with = "moment")]
        handed_at: Option<Instant>,
    }

    /// Why a case is searched again.
    SearchedAgain {
        /// Whose reason it is.
        #[serde(with = "by_key")]
        reason: Option<SearchAgainReason>,
        /// The provider until now.
        provider: String,
        /// When the pre-meeting was.
        #[serde(with = "moment")]
        meeting_at: Option<Instant>,
        /// Whether the provider had begun a report, which is void now.
        #[serde(skip)]
        draft_ended: bool,
    }

    /// Why nobody was found.
    NotEstablished {
        /// For the statistics.
        #[serde(with = "by_key")]
        reason: Option<NotEstablishedReason>,
    }

    /// What a cancellation costs.
    Cancelled {
        /// Yen, still to be confirmed by the headquarters.
        fee_yen: i64,
        /// Of the planned fee.
        percent: i64,
        /// The fee of the activity as planned, in yen.
        planned_fee_yen: i64,
        /// When the branch heard of it, where that was not when it was entered.
        #[serde(with = "moment", skip_serializing_if = "Option::is_none")]
        told_at: Option<Instant>,
        /// Whether the provider had begun a report, which is void now.
        #[serde(skip)]
        draft_ended: bool,
    }

    /// What was registered, in yen.
    Registered {
        /// The hash of what the family sees.
        content_hash: String,
        /// 利用料
        fee: i64,
        /// 給付金
        benefit: i64,
        /// 実費
        expenses: i64,
        /// What the report said until now, where it had been registered before.
        #[serde(with = "version", skip_serializing_if = "Option::is_none")]
        before: Option<Version>,
        /// The family's row, start and end, and what it would pay.
        #[serde(skip)]
        asked: Option<AskedFamily>,
    }

    /// How a fee changed by itself, in yen.
    Recalculated {
        /// Why.
        #[serde(with = "by_key")]
        because: Option<Because>,
        /// The hash of what the family sees now.
        content_hash: String,
        /// 利用料 before.
        fee_before: i64,
        /// 利用料 now.
        fee: i64,
        /// 給付金 now.
        benefit: i64,
    }

    /// What was approved.
    Approved {
        /// The hash of what the family saw.
        content_hash: String,
        /// The revision of the page.
        revision: i64,
        /// おためし券 used.
        tickets: u32,
        /// What the family pays, in yen.
        user_pays: i64,
    }

    /// What opening again undid.
    Reopened {
        /// おためし券 given back.
        tickets_returned: i64,
        /// Whether the reward had been received.
        was_received: bool,
    }

    /// How the reward was handed over.
    Received {
        /// How.
        #[serde(with = "by_key")]
        method: Option<ReceiptMethod>,
        /// Yen.
        yen: i64,
    }

    /// What a close claimed of a report; written by the close's one statement for all of them.
    Claimed {
        /// `2024-04`
        month: String,
        /// Yen.
        yen: i64,
    }

    /// おためし券 for a child.
    Issued {
        /// The child's row.
        child: ChildId,
        /// How many.
        tickets: i64,
        /// `confirmed`: the branch saw the identity documents.
        documents: String,
        /// Children of other families with the same birth date and tickets, of whom the branch said that this is another.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        other_child_than: Vec<String>,
        /// The last day on which they can be used.
        #[serde(skip)]
        expires_on: Option<Date>,
    }

    /// A training.
    Trained {
        /// Which.
        #[serde(with = "by_key")]
        training: Option<TrainingKind>,
        /// Its last day.
        #[serde(with = "day")]
        valid_until: Option<Date>,
        /// Whether it was the last one missing.
        #[serde(skip)]
        complete: bool,
    }

    /// What a correction changed.
    Change {
        /// The fields.
        #[serde(rename = "changed", with = "keys")]
        fields: Vec<RecordField>,
        /// The row of the child it was about.
        #[serde(skip_serializing_if = "Option::is_none")]
        child: Option<ChildId>,
        /// The name or the birth date before; empty for what the history does not keep.
        #[serde(skip_serializing_if = "String::is_empty")]
        before: String,
        /// The name or the birth date after.
        #[serde(skip_serializing_if = "String::is_empty")]
        after: String,
        /// The mail address before, which hears that nothing comes there any more.
        #[serde(skip)]
        old_mail: String,
        /// The new end of the child's おためし券.
        #[serde(skip)]
        tickets_until: Option<Date>,
    }
}

/// Whom a registered report asks to approve it, and what it would pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedFamily {
    /// The family's row.
    pub member: MemberId,
    /// Start of the activity.
    pub start: Instant,
    /// Its end.
    pub end: Instant,
    /// Yen, before おためし券.
    pub pays: i64,
    /// Whether it may pay with おためし券.
    pub tickets: bool,
}

keyed!(
    /// Why a fee is calculated again.
    Because {
        /// A report beside it came, went or was opened again.
        Sibling = "sibling_report",
        /// A child's birth date was corrected.
        BirthDate = "birth_date",
    }
);
