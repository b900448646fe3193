//! How a member's word reached the branch: the one field that asks for it and the one reader of the answer.

use crate::form::Typed;
use crate::ui::{Choice, Field, RadioGroup};
use crate::words;
use domain::actor::Channel;
use leptos::prelude::*;

const CHANNEL: &str = "channel";

/// Reads what a coordinator chose. Whatever is no way of a member's word counts as nothing chosen, and a member's own step
/// needs nothing: both are [`Channel::Web`].
pub(crate) fn read(typed: &str) -> Channel {
    Channel::from_key(typed).filter(|channel| channel.is_of_a_member()).unwrap_or_default()
}

/// Asks how it reached the branch; nothing is chosen beforehand, so that the history never says 電話 of a signed paper.
pub(crate) fn field(typed: &Typed) -> impl IntoView + use<> {
    asked(typed.field(CHANNEL).apart())
}

/// The same in a step of the coordination, which is done on the telephone (newsletter: 調整は業務時間内に電話にて行います).
pub(crate) fn field_of_a_call(typed: &Typed) -> impl IntoView + use<> {
    asked(typed.field(CHANNEL).or(Channel::Phone.key()).apart())
}

/// The same where a form stands on its page several times: `place` tells them apart.
pub(crate) fn field_of_this_call(place: &str, typed: &Typed) -> impl IntoView + use<> {
    asked(typed.field(CHANNEL).or(Channel::Phone.key()).apart_in(place))
}

fn asked(field: Field) -> impl IntoView + use<> {
    let options = Channel::OF_A_MEMBER.map(|channel| Choice::new(channel.key(), words::channel(channel)));
    view! {
        <RadioGroup
            field
            label="連絡の方法"
            options=options.to_vec()
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
