//! What the parties of a case are told; subjects hold no personal data, bodies only what the reader may see.

use super::case::Case;
use crate::Env;
use crate::error::Result;
use crate::notice::{Message, tell_coordinators, tell_member};
use domain::number::RequestNo;
use domain::time::{Date, Instant, japanese_date, japanese_period};
use sea_orm::ConnectionTrait;

/// Sends messages of one step, all at one moment.
pub(crate) struct Teller<'a, C> {
    tx: &'a C,
    now: Instant,
    real_now: Instant,
    when: String,
    no: RequestNo,
    today: Date,
}

impl<'a, C: ConnectionTrait> Teller<'a, C> {
    pub fn new(env: &Env, tx: &'a C, case: &Case) -> Self {
        let row = &case.row;
        let now = env.clock.now();
        let today = now.date();
        Self {
            tx,
            now,
            real_now: env.clock.real_now(),
            when: japanese_period(Instant(row.starts_at), Instant(row.ends_at), today),
            no: case.no,
            today,
        }
    }

    async fn tell(&self, member: i64, subject: &str, body: String, link: String) -> Result<()> {
        let message = Message { subject: subject.to_owned(), body, link };
        tell_member(self.tx, self.now, self.real_now, member, &message).await
    }

    fn case_link(&self) -> String {
        format!("/requests/{}", self.no)
    }

    fn head(&self) -> String {
        format!("依頼ID {}\n日時 {}\n\n", self.no, self.when)
    }

    pub async fn offer_received(&self, provider: i64, answer_until: Instant) -> Result<()> {
        let until = format!("{}{}", japanese_date(answer_until.date(), self.today), domain::time::clock(answer_until));
        let body = format!(
            "{}援助のお願いが届きました。内容を見て、「受ける」か「辞退」を選んでください。\nお返事の期限は{until}です。",
            self.head()
        );
        self.tell(provider, "援助のお願いが届きました", body, "/offers".to_owned()).await
    }

    pub async fn offer_closed(&self, provider: i64) -> Result<()> {
        let body = format!(
            "{}この援助のお願いは終わりました。ご検討いただき、ありがとうございました。\nまたの機会にお願いいたします。",
            self.head()
        );
        self.tell(provider, "援助のお願いが終わりました", body, "/offers".to_owned()).await
    }

    pub async fn offer_expired(&self, provider: i64) -> Result<()> {
        let body = format!(
            "{}お返事の期限が過ぎたため、この援助のお願いは終わりました。\nお引き受けいただけるときは、支部へお電話ください。",
            self.head()
        );
        self.tell(provider, "援助のお願いの期限が過ぎました", body, "/offers".to_owned()).await
    }

    pub async fn provider_found(&self, family: i64) -> Result<()> {
        let body =
            format!("{}提供会員が見つかりました。\n事前打合せの日時を決めるため、支部からお電話します。", self.head());
        self.tell(family, "提供会員が見つかりました", body, self.case_link()).await
    }

    /// `closed` is the branch's name when it is closed on that day.
    pub async fn meeting_set(&self, members: [i64; 2], at: Instant, moved: bool, closed: Option<String>) -> Result<()> {
        let mut on = format!("{}{}", japanese_date(at.date(), self.today), domain::time::clock(at));
        if let Some(branch) = closed {
            on.push_str(&format!("\nこの日は{branch}の休みの日です。支部へのご連絡は、それまでにお願いします。"));
        }
        let (subject, word) = if moved {
            ("事前打合せの日時が変わりました", "変わりました")
        } else {
            ("事前打合せの日時が決まりました", "決まりました")
        };
        let family = format!(
            "{}事前打合せの日時が{word}。\n事前打合せ日 {on}\n\n「事前打合せ情報」を打合せの日までに入力してください。",
            self.head()
        );
        let provider =
            format!("{}事前打合せの日時が{word}。\n事前打合せ日 {on}\n\n場所は画面で確かめてください。", self.head());
        let [user, giver] = members;
        self.tell(user, subject, family, format!("/requests/{}/meeting", self.no)).await?;
        self.tell(giver, subject, provider, self.case_link()).await
    }

    pub async fn established(&self, members: [i64; 2]) -> Result<()> {
        let [family, provider] = members;
        let body = format!("{}援助活動が成立しました。\n当日は時間に余裕をもってお願いします。", self.head());
        self.tell(family, "援助活動が成立しました", body, self.case_link()).await?;
        let body = format!(
            "{}援助活動が成立しました。\n連絡先と「事前打合せ情報」を画面で見られるようになりました。",
            self.head()
        );
        self.tell(provider, "援助活動が成立しました", body, self.case_link()).await
    }

    pub async fn not_established(&self, family: i64) -> Result<()> {
        let body = format!(
            "{}提供会員をお探ししましたが、今回はご紹介できませんでした。\nほかの日時や内容でのご相談は、支部へお電話ください。",
            self.head()
        );
        self.tell(family, "ご依頼の調整結果のお知らせ", body, self.case_link()).await
    }

    /// Tells the matched provider that the family needs nobody any more.
    pub async fn withdrawn(&self, provider: i64) -> Result<()> {
        let body =
            format!("{}この依頼は取り下げられました。\nお引き受けいただき、ありがとうございました。", self.head());
        self.tell(provider, "援助の予定がなくなりました", body, "/coordination".to_owned()).await
    }

    /// Tells the family that the branch withdrew the request for it.
    pub async fn withdrawn_for_family(&self, family: i64) -> Result<()> {
        let body = format!("{}支部がお申し出を受けて、この依頼を取り下げました。", self.head());
        self.tell(family, "依頼を取り下げました", body, self.case_link()).await
    }

    pub async fn search_again(&self, family: i64, former: i64, draft_ended: bool) -> Result<()> {
        let body = format!("{}もう一度、提供会員をお探しします。\n見つかりましたら、お知らせします。", self.head());
        self.tell(family, "提供会員をもう一度お探しします", body, self.case_link()).await?;
        let body = format!(
            "{}この援助は、ほかの提供会員をお探しすることになりました。\nご協力ありがとうございました。{}",
            self.head(),
            draft_word(draft_ended)
        );
        self.tell(former, "援助活動の予定がなくなりました", body, "/coordination".to_owned()).await
    }

    /// `on_behalf`: the branch did it for the family; `draft_ended`: the provider had begun a report.
    pub async fn cancelled(&self, members: [i64; 2], on_behalf: bool, draft_ended: bool) -> Result<()> {
        let body = format!("{}この援助活動はキャンセルになりました。", self.head());
        let [family, provider] = members;
        let subject = "援助活動がキャンセルになりました";
        let acted = if on_behalf {
            "\nお申し出を受けて、支部が代わりにキャンセルしました。\nお心当たりがないときは、支部へお電話ください。"
        } else {
            ""
        };
        self.tell(family, subject, format!("{body}{acted}"), self.case_link()).await?;
        let link = format!("/coordination/{}", self.no);
        self.tell(provider, subject, format!("{body}{}", draft_word(draft_ended)), link).await
    }

    /// Tells the provider of an agreed activity that the family wrote the sheet anew.
    pub async fn sheet_changed(&self, provider: i64) -> Result<()> {
        let body =
            format!("{}「事前打合せ情報」が新しくなりました。\n当日までに、画面で確かめてください。", self.head());
        self.tell(provider, "事前打合せ情報が新しくなりました", body, format!("/requests/{}/meeting", self.no)).await
    }

    async fn tell_branch(&self, ward: &str, subject: &str, text: &str) -> Result<()> {
        let message = Message {
            subject: subject.to_owned(),
            body: format!("{}{text}", self.head()),
            link: format!("/desk/requests/{}", self.no),
        };
        tell_coordinators(self.tx, self.now, self.real_now, ward, &message).await
    }

    /// Tells the branch that nobody is asked any more.
    pub async fn search_stopped(&self, ward: &str) -> Result<()> {
        let text = "打診した提供会員の返事がそろいました。\n引き受けられる方はいませんでした。";
        self.tell_branch(ward, "打診がすべて終わりました", text).await
    }

    /// Tells the branch that a provider took the case.
    pub async fn taken_by_provider(&self, ward: &str) -> Result<()> {
        let text = "提供会員が引き受けました。\n両方の会員と相談して、事前打合せの日を決めてください。";
        self.tell_branch(ward, "引き受ける提供会員が見つかりました", text).await
    }

    /// Tells the branch that the provider of an agreed activity cannot come.
    pub async fn given_back(&self, ward: &str) -> Result<()> {
        let text = "提供会員が、この援助活動に行けなくなりました。\n代わりの提供会員を探してください。理由は依頼のページにあります。";
        self.tell_branch(ward, "提供会員が行けなくなりました", text).await
    }

    /// Tells the branch that the family withdrew its request.
    pub async fn withdrawn_by_family(&self, ward: &str, with_reason: bool) -> Result<()> {
        let text = if with_reason {
            "理由は依頼のページにあります。"
        } else {
            "理由の記入はありません。"
        };
        self.tell_branch(ward, "依頼が取り下げられました", text).await
    }

    /// Tells the branch that the family cancelled an agreed activity.
    pub async fn cancelled_by_family(&self, ward: &str) -> Result<()> {
        let text = "利用会員が、この援助活動をキャンセルしました。\n理由とキャンセル料は、依頼のページにあります。";
        self.tell_branch(ward, "援助活動がキャンセルになりました", text).await
    }

    /// Tells the branch that nobody has taken the request for a business day.
    pub async fn still_untaken(&self, ward: &str) -> Result<()> {
        let text = "届いてから1営業日、担当が決まっていません。\n担当になって、利用会員にお電話してください。";
        self.tell_branch(ward, "担当の決まっていない依頼があります", text).await
    }
}

/// What becomes of a report that its provider had begun.
const fn draft_word(ended: bool) -> &'static str {
    if ended { "\n\n作成中の援助活動報告書は、取消になりました。" } else { "" }
}
