//! How a member's word reached the branch: the one field that asks for it and the one reader of the answer.

use crate::form::Typed;
use crate::ui::{Choice, RadioGroup};
use crate::words;
use domain::actor::Channel;
use leptos::prelude::*;

/// Reads what a coordinator chose. Whatever is no way of a member's word counts as nothing chosen, and a member's own step
/// needs nothing: both are [`Channel::Web`].
pub(crate) fn read(typed: &str) -> Channel {
    Channel::from_key(typed).filter(|channel| channel.is_of_a_member()).unwrap_or_default()
}

/// Asks how it reached the branch; nothing is chosen beforehand, so that the history never says 電話 of a signed paper.
/// Each form of a page has ids of its own, except the one that came back, whose fields the error summary links to.
pub(crate) fn field(form: &str, typed: &Typed) -> impl IntoView + use<> {
    with(form, typed, "")
}

/// The same in a step of the coordination, which is done on the telephone (newsletter: 調整は業務時間内に電話にて行います).
pub(crate) fn field_of_a_call(form: &str, typed: &Typed) -> impl IntoView + use<> {
    with(form, typed, Channel::Phone.key())
}

fn with(form: &str, typed: &Typed, preset: &'static str) -> impl IntoView + use<> {
    let options = Channel::OF_A_MEMBER.map(|channel| Choice::new(channel.key(), words::channel(channel)));
    let id = if typed.came_back() { "channel".to_owned() } else { format!("{form}-channel") };
    let value = typed.value("channel", || preset.to_owned());
    let error = typed.error("channel");
    view! {
        <RadioGroup
            name="channel"
            id
            label="連絡の方法"
            options=options.to_vec()
            value
            error
            required=true
            support="会員から、どのように連絡がありましたか。経過に残ります。"
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_way_of_a_members_word_is_read() {
        for channel in Channel::OF_A_MEMBER {
            assert_eq!(read(channel.key()), channel);
        }
        for other in ["", "job", "web", "fax"] {
            assert_eq!(read(other), Channel::Web, "{other}");
        }
    }
}
