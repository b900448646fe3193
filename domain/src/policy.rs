//! Who may: one table of rights, by what somebody is to the thing and how far the thing has come.
//!
//! The use cases ask it of one row ([`permit`]), lists ask it for their condition ([`sight`]), the server asks it at the
//! door ([`opens`]); `docs/permissions.md` is its picture. Which *step* a state allows is the workflow tables'
//! matter: a right marked [`When::Table`] lets the table answer.

use crate::actor::{Actor, Party, Role};
use crate::coordination::contacts_open;
use crate::id::{AccountId, MemberId};
use crate::request::CoordinationStatus;
use crate::time::Instant;
use crate::workflow::keyed;

keyed! {
    /// What somebody is to a thing, or may be to things of its kind ([`standing`]).
    Relation {
        /// Anybody at all, signed out too.
        Anybody = "anybody",
        /// The account itself.
        Account = "account",
        /// The family that asked for care.
        Family = "family",
        /// The provider who is asked, matched or wrote it.
        Provider = "provider",
        /// A coordinator of its ward.
        Coordinator = "coordinator",
        /// The headquarters: every ward.
        Headquarters = "headquarters",
    }
}

impl Relation {
    /// The side in the workflow tables.
    #[must_use]
    pub const fn party(self) -> Option<Party> {
        match self {
            Self::Anybody | Self::Account => None,
            Self::Family => Some(Party::Family),
            Self::Provider => Some(Party::Provider),
            Self::Coordinator => Some(Party::Coordinator),
            Self::Headquarters => Some(Party::Headquarters),
        }
    }
}

keyed! {
    /// How far a thing has come, as far as others may know of it.
    Stage {
        /// Its writer's alone: a request before 登録, a report that was never sent.
        Draft = "draft",
        /// On its way, or over.
        Known = "known",
        /// From 成立 until the contacts close, 30 days after the activity.
        Agreed = "agreed",
    }
}

impl Stage {
    /// The stage of a request.
    #[must_use]
    pub fn of_request(status: CoordinationStatus, ends_at: Instant, now: Instant) -> Self {
        match status {
            CoordinationStatus::Draft => Self::Draft,
            _ if contacts_open(status, ends_at, now) => Self::Agreed,
            _ => Self::Known,
        }
    }

    /// The stage of a report: the family knows of it from its first 登録 on, though it may be pulled back.
    #[must_use]
    pub const fn of_report(sent: bool) -> Self {
        if sent { Self::Known } else { Self::Draft }
    }
}

/// At which stages a right holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At every one.
    Always,
    /// Once the thing is no draft any more.
    Known,
    /// From 成立 until the contacts close.
    Agreed,
    /// At every one; which step goes on is the workflow table's answer.
    Table,
    /// Once it is no draft, and a reason was stated.
    Reason,
}

impl When {
    /// Whether it holds at a stage.
    #[must_use]
    pub const fn holds(self, stage: Stage) -> bool {
        match self {
            Self::Always | Self::Table => true,
            Self::Known | Self::Reason => !matches!(stage, Stage::Draft),
            Self::Agreed => matches!(stage, Stage::Agreed),
        }
    }
}

keyed! {
    /// What a right is about: one row of it, or nothing yet.
    Thing {
        /// No row: a list, an empty form, a page for everybody.
        Nothing = "nothing",
        /// A request (CDK).
        Request = "request",
        /// An offer of a request to a provider.
        Offer = "offer",
        /// A report (EKH).
        Report = "report",
        /// A claim (KSK).
        Claim = "claim",
        /// A member (MEM).
        Member = "member",
        /// A message.
        Message = "message",
    }
}

keyed! {
    /// What somebody may do.
    Right {
        /// Read what is for everybody, sign in and out, accept an invitation.
        Enter = "enter",
        /// Use an own account: home, calculator, text size.
        UseAccount = "use_account",
        /// Read the own messages.
        ReadMessages = "read_messages",
        /// Open one message.
        OpenMessage = "open_message",
        /// Ask for care: write a request, list the own ones.
        AskForCare = "ask_for_care",
        /// Go on with an own request before 登録.
        WriteRequest = "write_request",
        /// Open a request's address, which leads to the view of one's own side.
        ReadRequest = "read_request",
        /// Take the members' steps with a request: withdraw, cancel, give back, meet.
        TakePart = "take_part",
        /// Write down the 事前打合せ情報.
        WriteSheet = "write_sheet",
        /// Open the page of a case's meeting.
        OpenMeeting = "open_meeting",
        /// Read the 事前打合せ情報, and telephone, address and children's names with it.
        ReadSheet = "read_sheet",
        /// State why a sheet is read.
        StateReason = "state_reason",
        /// Put a case into one's own calendar.
        ReadCalendar = "read_calendar",
        /// Read everything that happened to a case.
        ReadHistory = "read_history",
        /// Enter a request for a member who called; search the ward's cases.
        KeepDesk = "keep_desk",
        /// Coordinate a case.
        Coordinate = "coordinate",
        /// Read one's own offers and cases as a provider.
        ProvideCare = "provide_care",
        /// Read a case as the provider who is matched with it.
        ReadOwnCare = "read_own_care",
        /// Answer an offer.
        AnswerOffer = "answer_offer",
        /// Take an offer back.
        CloseOffer = "close_offer",
        /// List the reports of one's side.
        ListReports = "list_reports",
        /// Begin a report.
        BeginReport = "begin_report",
        /// Choose a request to report on.
        ReportOn = "report_on",
        /// Read a report.
        ReadReport = "read_report",
        /// Write, send, pull back, void a report.
        WriteReport = "write_report",
        /// Approve a report, or ask for a correction.
        AnswerReport = "answer_report",
        /// Open an approved report again.
        ReopenReport = "reopen_report",
        /// Record a reward as received, or undo that.
        ReceiveReward = "receive_reward",
        /// List what is claimed from the city and what would be.
        ListClaims = "list_claims",
        /// Read a claim.
        ReadClaim = "read_claim",
        /// List the tickets of the own children.
        ListCoupons = "list_coupons",
        /// Read the tickets of a member's children.
        ReadCoupons = "read_coupons",
        /// List, search and record the ward's members.
        KeepMembers = "keep_members",
        /// Read and correct a member.
        KeepMember = "keep_member",
        /// Oversee every ward.
        Oversee = "oversee",
        /// Move the clock of a demo.
        MoveClock = "move_clock",
    }
}

/// One row: who has a right, to what, and when.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The right.
    pub right: Right,
    /// What it is about.
    pub to: Thing,
    /// Who has it.
    pub by: &'static [Relation],
    /// At which stages.
    pub when: When,
}

const fn rule(right: Right, to: Thing, by: &'static [Relation], when: When) -> Rule {
    Rule { right, to, by, when }
}

use Relation::{Account, Anybody, Coordinator, Family, Headquarters, Provider};
use Thing::{Claim, Member, Message, Nothing, Offer, Report, Request};
use When::{Agreed, Always, Known, Reason, Table};

/// Every right.
pub const MATRIX: &[Rule] = &[
    rule(Right::Enter, Nothing, &[Anybody], Always),
    rule(Right::UseAccount, Nothing, &[Account], Always),
    rule(Right::ReadMessages, Nothing, &[Account], Always),
    rule(Right::OpenMessage, Message, &[Account], Always),
    rule(Right::AskForCare, Nothing, &[Family], Always),
    rule(Right::WriteRequest, Request, &[Family], Table),
    rule(Right::ReadRequest, Request, &[Family, Provider], Always),
    rule(Right::ReadRequest, Request, &[Coordinator, Headquarters], Known),
    rule(Right::TakePart, Request, &[Family, Provider], Table),
    rule(Right::TakePart, Request, &[Coordinator], Known),
    rule(Right::WriteSheet, Request, &[Family], Table),
    rule(Right::WriteSheet, Request, &[Coordinator], Known),
    rule(Right::OpenMeeting, Request, &[Family, Provider], Always),
    rule(Right::OpenMeeting, Request, &[Coordinator, Headquarters], Known),
    rule(Right::ReadSheet, Request, &[Family], Always),
    rule(Right::ReadSheet, Request, &[Coordinator], Known),
    rule(Right::ReadSheet, Request, &[Provider], Agreed),
    rule(Right::ReadSheet, Request, &[Headquarters], Reason),
    rule(Right::StateReason, Request, &[Headquarters], Known),
    rule(Right::ReadCalendar, Request, &[Family, Provider], Known),
    rule(Right::ReadHistory, Request, &[Coordinator, Headquarters], Known),
    rule(Right::KeepDesk, Nothing, &[Coordinator], Always),
    rule(Right::Coordinate, Request, &[Coordinator], Known),
    rule(Right::ProvideCare, Nothing, &[Provider], Always),
    rule(Right::ReadOwnCare, Request, &[Provider], Always),
    rule(Right::AnswerOffer, Offer, &[Provider, Coordinator], Table),
    rule(Right::CloseOffer, Offer, &[Coordinator], Table),
    rule(Right::ListReports, Nothing, &[Family, Provider, Coordinator, Headquarters], Always),
    rule(Right::BeginReport, Nothing, &[Provider, Coordinator], Always),
    rule(Right::ReportOn, Request, &[Provider, Coordinator], Known),
    rule(Right::ReadReport, Report, &[Provider, Coordinator, Headquarters], Always),
    rule(Right::ReadReport, Report, &[Family], Known),
    rule(Right::WriteReport, Report, &[Provider, Coordinator], Table),
    rule(Right::AnswerReport, Report, &[Coordinator], Table),
    rule(Right::AnswerReport, Report, &[Family], Known),
    rule(Right::ReopenReport, Report, &[Coordinator], Table),
    rule(Right::ReceiveReward, Report, &[Provider, Coordinator], Table),
    rule(Right::ListClaims, Nothing, &[Provider, Coordinator, Headquarters], Always),
    rule(Right::ReadClaim, Claim, &[Provider, Coordinator, Headquarters], Always),
    rule(Right::ListCoupons, Nothing, &[Family], Always),
    rule(Right::ReadCoupons, Member, &[Family, Coordinator, Headquarters], Always),
    rule(Right::KeepMembers, Nothing, &[Coordinator], Always),
    rule(Right::KeepMember, Member, &[Coordinator], Always),
    rule(Right::Oversee, Nothing, &[Headquarters], Always),
    rule(Right::MoveClock, Nothing, &[Coordinator, Headquarters], Always),
];

/// Every address behind which a right waits: the pages, the server functions, the server's own routes.
///
/// The server opens no other one; a test asks each as everybody. `:name` stands for one part.
pub const DOORS: &[(&str, Right)] = &[
    ("/healthz", Right::Enter),
    ("/login", Right::Enter),
    ("/guide", Right::Enter),
    ("/contacts", Right::Enter),
    ("/offline", Right::Enter),
    ("/unsent", Right::Enter),
    ("/invitations/:token", Right::Enter),
    ("/api/invitations", Right::Enter),
    ("/api/sessions", Right::Enter),
    ("/api/logouts", Right::Enter),
    ("/api/text-sizes", Right::UseAccount),
    ("/", Right::UseAccount),
    ("/go/request", Right::UseAccount),
    ("/fee", Right::UseAccount),
    ("/days", Right::UseAccount),
    ("/inbox", Right::ReadMessages),
    ("/inbox/:message", Right::OpenMessage),
    ("/api/readings", Right::OpenMessage),
    ("/api/all-readings", Right::ReadMessages),
    ("/requests", Right::AskForCare),
    ("/requests/new", Right::AskForCare),
    ("/requests/check", Right::AskForCare),
    ("/requests/too-soon", Right::AskForCare),
    ("/api/requests", Right::AskForCare),
    ("/requests/:request", Right::ReadRequest),
    ("/requests/:request/edit", Right::WriteRequest),
    ("/requests/:request/done", Right::WriteRequest),
    ("/requests/:request/meeting", Right::OpenMeeting),
    ("/requests/:request/history", Right::ReadHistory),
    ("/requests/:request/calendar.ics", Right::ReadCalendar),
    ("/api/sheets", Right::WriteSheet),
    ("/api/sheet-readings", Right::StateReason),
    ("/api/meetings", Right::TakePart),
    ("/api/withdrawals", Right::TakePart),
    ("/api/cancellations", Right::TakePart),
    ("/api/returns", Right::TakePart),
    ("/api/activities/:step", Right::TakePart),
    ("/desk", Right::KeepDesk),
    ("/desk/notes", Right::KeepDesk),
    ("/api/callbacks", Right::KeepDesk),
    ("/desk/live", Right::KeepDesk),
    ("/desk/news", Right::KeepDesk),
    ("/desk/queue", Right::KeepDesk),
    ("/desk/requests/new", Right::KeepDesk),
    ("/desk/requests/check", Right::KeepDesk),
    ("/api/entries", Right::KeepDesk),
    ("/api/desk-searches", Right::KeepDesk),
    ("/api/caller-searches", Right::KeepDesk),
    ("/desk/requests/:request", Right::Coordinate),
    ("/api/takings", Right::Coordinate),
    ("/api/offers", Right::Coordinate),
    ("/api/offer-closures", Right::CloseOffer),
    ("/api/establishments", Right::Coordinate),
    ("/api/endings", Right::Coordinate),
    ("/api/notes", Right::Coordinate),
    ("/api/held-meetings", Right::Coordinate),
    ("/offers", Right::ProvideCare),
    ("/offers/check", Right::ProvideCare),
    ("/coordination", Right::ProvideCare),
    ("/coordination/:request", Right::ReadOwnCare),
    ("/api/answers", Right::AnswerOffer),
    ("/reports", Right::ListReports),
    ("/reports/new", Right::BeginReport),
    ("/reports/check", Right::BeginReport),
    ("/api/reports", Right::BeginReport),
    ("/api/report-searches", Right::BeginReport),
    ("/reports/:report", Right::ReadReport),
    ("/reports/:report/print", Right::ReadReport),
    ("/reports/:report/done", Right::ReadReport),
    ("/reports/:report/edit", Right::WriteReport),
    ("/api/pull-backs", Right::WriteReport),
    ("/api/voidings", Right::WriteReport),
    ("/api/approvals", Right::AnswerReport),
    ("/api/revision-requests", Right::AnswerReport),
    ("/api/reopenings", Right::ReopenReport),
    ("/api/receipts", Right::ReceiveReward),
    ("/api/receipt-undoings", Right::ReceiveReward),
    ("/subsidies", Right::ListClaims),
    ("/claims", Right::ListClaims),
    ("/claims/:claim", Right::ReadClaim),
    ("/coupons", Right::ListCoupons),
    ("/desk/members", Right::KeepMembers),
    ("/desk/members/new", Right::KeepMembers),
    ("/desk/members/new/check", Right::KeepMembers),
    ("/api/members", Right::KeepMembers),
    ("/api/member-searches", Right::KeepMembers),
    ("/desk/members/:member", Right::KeepMember),
    ("/desk/members/:member/link", Right::KeepMember),
    ("/api/member-notes", Right::KeepMember),
    ("/api/member-leaves", Right::KeepMember),
    ("/api/member-returns", Right::KeepMember),
    ("/api/member-names", Right::KeepMember),
    ("/api/member-contacts", Right::KeepMember),
    ("/api/member-links", Right::KeepMember),
    ("/api/member-link-mails", Right::KeepMember),
    ("/api/children", Right::KeepMember),
    ("/api/child-corrections", Right::KeepMember),
    ("/api/trainings", Right::KeepMember),
    ("/api/coupon-issues", Right::KeepMember),
    ("/hq", Right::Oversee),
    ("/demo/clock", Right::MoveClock),
];

/// Whose a row is: the facts by which somebody is something to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sides<'a> {
    /// Its ward; none for what belongs to one account.
    pub ward: Option<&'a str>,
    /// The family's member.
    pub family: Option<MemberId>,
    /// The provider's member.
    pub provider: Option<MemberId>,
    /// The account it belongs to.
    pub account: Option<AccountId>,
}

/// What somebody is to a row; `None` for strangers and other wards, who are to find nothing.
///
/// Nobody is two sides of one row: a provider who belongs to the family never passes the gates.
#[must_use]
pub fn relation(actor: &Actor, sides: &Sides<'_>) -> Option<Relation> {
    let mine = |own: Option<MemberId>, side: Option<MemberId>| own.is_some() && own == side;
    if sides.account == Some(actor.account) {
        return Some(Account);
    }
    let ward = sides.ward?;
    match &actor.role {
        Role::Hq => Some(Headquarters),
        Role::Coordinator { ward: own } => (own == ward).then_some(Coordinator),
        Role::Member { .. } if mine(actor.user_member(), sides.family) => Some(Family),
        Role::Member { .. } if mine(actor.provider_member(), sides.provider) => Some(Provider),
        Role::Member { .. } => None,
    }
}

/// What somebody may be to a thing of any kind, before there is one; `None` is somebody signed out.
#[must_use]
pub fn standing(role: Option<&Role>) -> &'static [Relation] {
    match role {
        None => &[Anybody],
        Some(Role::Member { kind, .. }) => match (kind.uses(), kind.provides()) {
            (true, true) => &[Anybody, Account, Family, Provider],
            (true, false) => &[Anybody, Account, Family],
            (false, _) => &[Anybody, Account, Provider],
        },
        Some(Role::Coordinator { .. }) => &[Anybody, Account, Coordinator],
        Some(Role::Hq) => &[Anybody, Account, Headquarters],
    }
}

/// When somebody who is this to a thing has the right; `None` for never.
#[must_use]
pub fn when(right: Right, by: Relation) -> Option<When> {
    MATRIX.iter().find(|rule| rule.right == right && rule.by.contains(&by)).map(|rule| rule.when)
}

/// Whether somebody who is this to a thing may do it at its stage.
#[must_use]
pub fn may(right: Right, by: Relation, stage: Stage) -> bool {
    when(right, by).is_some_and(|when| when.holds(stage))
}

/// What the actor is to a row, where that gives the right; `None` hides the row.
#[must_use]
pub fn permit(actor: &Actor, right: Right, sides: &Sides<'_>, stage: Stage) -> Option<Relation> {
    relation(actor, sides).filter(|by| may(right, *by, stage))
}

/// Whether somebody may have a right to anything: what is asked before a row is there.
#[must_use]
pub fn opens(right: Right, role: Option<&Role>) -> bool {
    standing(role).iter().any(|by| when(right, *by).is_some())
}

/// Whether somebody who is signed in may have a right to anything.
#[must_use]
pub fn can(actor: &Actor, right: Right) -> bool {
    opens(right, Some(&actor.role))
}

/// As what somebody has a right to things of its kind; a 両方会員, who may be both sides, as the one that is wanted.
#[must_use]
pub fn side(actor: &Actor, right: Right, wanted: Option<Relation>) -> Option<Relation> {
    let sides = || standing(Some(&actor.role)).iter().copied().filter(|by| when(right, *by).is_some());
    sides().find(|by| Some(*by) == wanted).or_else(|| sides().next_back())
}

/// Whose rows a right opens to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose<'a> {
    /// Everybody's.
    Everybody,
    /// A ward's.
    Ward(&'a str),
    /// A member's, as family or as provider.
    Member(MemberId),
    /// An account's.
    Account(AccountId),
}

/// The rows of a kind to which somebody has a right: what lists, counts, searches and streams are cut to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight<'a> {
    /// As what.
    pub by: Relation,
    /// Whose rows.
    pub whose: Whose<'a>,
    /// Whether drafts are among them.
    pub drafts: bool,
}

/// The rows to which somebody has a right as one [`side`]; `None` for whoever has it to none.
#[must_use]
pub fn sight(actor: &Actor, right: Right, wanted: Option<Relation>) -> Option<Sight<'_>> {
    let by = side(actor, right, wanted)?;
    let whose = match (by, &actor.role) {
        (Anybody | Headquarters, _) => Whose::Everybody,
        (Account, _) => Whose::Account(actor.account),
        (Family | Provider, Role::Member { member, .. }) => Whose::Member(*member),
        (Coordinator, Role::Coordinator { ward }) => Whose::Ward(ward),
        (Family | Provider | Coordinator, _) => return None,
    };
    Some(Sight { by, whose, drafts: may(right, by, Stage::Draft) })
}

/// The right that an address needs; `None` where there is no door.
#[must_use]
pub fn door(path: &str) -> Option<Right> {
    let parts = || path.split('/').filter(|part| !part.is_empty());
    let fits = |door: &str, exact: bool| {
        let mut asked = parts();
        door.split('/')
            .filter(|part| !part.is_empty())
            .all(|part| asked.next().is_some_and(|given| given == part || (!exact && part.starts_with(':'))))
            && asked.next().is_none()
    };
    let found = |exact| DOORS.iter().find(|(door, _)| fits(door, exact)).map(|(_, right)| *right);
    found(true).or_else(|| found(false))
}
