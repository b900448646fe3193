//! What the people of a case are notified of, in the words of the use cases.

use super::Case;
use domain::time::{Instant, clock, japanese_date, japanese_period};

impl Case {
    fn head(&self, at: Instant) -> String {
        let when = japanese_period(self.asked.starts_at, self.asked.ends_at, at.date());
        format!("依頼ID {{CDK}}\n日時 {when}\n\n")
    }

    fn text(&self, at: Instant, subject: &str, body: &str, link: &str) -> [String; 3] {
        [format!("{subject}（{{CDK}}）"), format!("{}{body}", self.head(at)), link.to_owned()]
    }

    pub(super) fn received_letter(&self, at: Instant) -> [String; 3] {
        self.text(at, "ご依頼を受け付けました", "支部から業務時間内にお電話します。", "/requests/{CDK}")
    }

    pub(super) fn arrived_letter(&self, at: Instant) -> [String; 3] {
        self.text(at, "新しい依頼が届きました", "担当になって、調整を始めてください。", "/desk/requests/{CDK}")
    }

    pub(super) fn offer_letter(&self, at: Instant, until: Instant) -> [String; 3] {
        let until = format!("{}{}", japanese_date(until.date(), at.date()), clock(until));
        let body = format!(
            "援助のお願いが届きました。内容を見て、「受ける」か「辞退」を選んでください。\nお返事の期限は{until}です。"
        );
        self.text(at, "援助のお願いが届きました", &body, "/offers")
    }

    pub(super) fn closed_letter(&self, at: Instant) -> [String; 3] {
        let body =
            "この援助のお願いは終わりました。ご検討いただき、ありがとうございました。\nまたの機会にお願いいたします。";
        self.text(at, "援助のお願いが終わりました", body, "/offers")
    }

    pub(super) fn stopped_letter(&self, at: Instant) -> [String; 3] {
        let body = "打診した提供会員の返事がそろいました。引き受けられる方はいませんでした。";
        self.text(at, "打診がすべて終わりました", body, "/desk/requests/{CDK}")
    }

    pub(super) fn found_letter(&self, at: Instant) -> [String; 3] {
        let body = "提供会員が見つかりました。\n事前打合せの日時を決めるため、支部からお電話します。";
        self.text(at, "提供会員が見つかりました", body, "/requests/{CDK}")
    }

    pub(super) fn taken_letter(&self, at: Instant) -> [String; 3] {
        let body = "提供会員が引き受けました。\n両方の会員と相談して、事前打合せの日を決めてください。";
        self.text(at, "引き受ける提供会員が見つかりました", body, "/desk/requests/{CDK}")
    }

    pub(super) fn meeting_letter(&self, at: Instant, meeting: Instant, family: bool) -> [String; 3] {
        let on = format!("{}{}", japanese_date(meeting.date(), at.date()), clock(meeting));
        let (last, link) = if family {
            ("「事前打合せ情報」を打合せの日までに入力してください。", "/requests/{CDK}/meeting")
        } else {
            ("場所は画面で確かめてください。", "/requests/{CDK}")
        };
        let body = format!("事前打合せの日時が決まりました。\n事前打合せ日 {on}\n\n{last}");
        self.text(at, "事前打合せの日時が決まりました", &body, link)
    }

    pub(super) fn established_letter(&self, at: Instant, family: bool) -> [String; 3] {
        let body = if family {
            "援助活動が成立しました。\n当日は時間に余裕をもってお願いします。"
        } else {
            "援助活動が成立しました。\n連絡先と「事前打合せ情報」を画面で見られるようになりました。"
        };
        self.text(at, "援助活動が成立しました", body, "/requests/{CDK}")
    }

    pub(super) fn search_again_letter(&self, at: Instant) -> [String; 3] {
        let body = "もう一度、提供会員をお探しします。\n見つかりましたら、お知らせします。";
        self.text(at, "提供会員をもう一度お探しします", body, "/requests/{CDK}")
    }

    pub(super) fn not_established_letter(&self, at: Instant) -> [String; 3] {
        let body = "提供会員をお探ししましたが、今回はご紹介できませんでした。\nほかの日時や内容でのご相談は、支部へお電話ください。";
        self.text(at, "ご依頼の調整結果のお知らせ", body, "/requests/{CDK}")
    }

    pub(super) fn cancelled_letter(&self, at: Instant) -> [String; 3] {
        self.text(at, "援助活動がキャンセルになりました", "この援助活動はキャンセルになりました。", "/requests/{CDK}")
    }

    pub(super) fn confirm_letter(&self, at: Instant, pays: i64, tickets: bool) -> [String; 3] {
        let period = japanese_period(self.asked.starts_at, self.asked.ends_at, at.date());
        let pays = domain::money::grouped(pays);
        let before = if tickets { "（おためし券を使う前）" } else { "" };
        [
            "援助活動報告書 {EKH} の確認をお願いします".to_owned(),
            format!(
                "援助活動報告書が登録されました。\n\n活動：{period}\nお支払い：{pays}円{before}\n\n\
                 内容を確認し、「承認」または「修正依頼」を押してください。"
            ),
            "/reports/{EKH}".to_owned(),
        ]
    }

    pub(super) fn approved_letter(pays: i64) -> [String; 3] {
        let pays = domain::money::grouped(pays);
        [
            "援助活動報告書 {EKH} が承認されました".to_owned(),
            format!(
                "援助活動報告書が承認されました。\n利用会員のお支払い：{pays}円\n\n\
                 報酬を受け取ったら、「報酬受領」を押してください。"
            ),
            "/reports/{EKH}".to_owned(),
        ]
    }

    pub(super) fn revision_letter(comment: &str) -> [String; 3] {
        [
            "援助活動報告書 {EKH} の修正依頼があります".to_owned(),
            format!("利用会員から修正依頼が届きました。\n\n{comment}\n\n直したら、もう一度「登録」を押してください。"),
            "/reports/{EKH}".to_owned(),
        ]
    }

    pub(super) fn receipt_letter() -> [String; 3] {
        [
            "援助活動報告書 {EKH} の控えを印刷できます".to_owned(),
            "提供会員が報酬の受領を登録しました。\n援助活動報告書（控え）を印刷でき、領収証としても使えます。"
                .to_owned(),
            "/reports/{EKH}/print".to_owned(),
        ]
    }
}
