//! Line icons and the brand's drawing, all in the colour of the text around them.
//!
//! A page draws an icon's strokes once, in its [`IconSheet`], and names them wherever the icon stands.

use leptos::prelude::*;
use leptos::tachys::html::InertElement;

/// Writes the icons: a name, the end of its id, and its strokes on a 24 × 24 grid.
macro_rules! icons {
    ($($(#[$doc:meta])+ $name:ident $id:literal $strokes:literal;)+) => {
        /// The drawings at hand; each stands beside a word and never alone, except where the control carries a label.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum IconName {$(
            $(#[$doc])+
            $name,
        )+}

        impl IconName {
            /// Every drawing.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The id of its strokes in the [`IconSheet`], after `i-`.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self {$(Self::$name => $id,)+}
            }

            const fn html(self) -> &'static str {
                match self {$(
                    Self::$name => concat!("<svg class=\"kp-icon\" aria-hidden=\"true\"><use href=\"#i-", $id, "\"/></svg>"),
                )+}
            }

            /// The strokes under their id.
            #[must_use]
            pub const fn symbol(self) -> &'static str {
                match self {$(
                    Self::$name => concat!("<symbol id=\"i-", $id, "\" viewBox=\"0 0 24 24\"><path d=\"", $strokes, "\"/></symbol>"),
                )+}
            }
        }
    };
}

icons! {
    /// A house: ホーム.
    Home "home" "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z";
    /// A calendar leaf: 依頼, 予定.
    Calendar "calendar" "M5 6h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1zM4 10.5h16M8 3.5V8M16 3.5V8";
    /// A written sheet: 報告書.
    Report "report" "M7 3.5h7l5 5V19.5a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1zM13.5 3.5V9H19M9 13h6M9 16.5h6";
    /// An envelope: 受信メール.
    Mail "mail" "M4 5.5h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1zM3.5 7l8.5 6.5L20.5 7";
    /// Three lines: メニュー.
    Menu "menu" "M4 7h16M4 12h16M4 17h16";
    /// A head and shoulders: 会員.
    Person "person" "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.6-3.8 3.5-6 7.5-6s6.9 2.2 7.5 6";
    /// A telephone receiver.
    Phone "phone" "M6 3.5h2.6l1.6 4.3-2.1 1.6a12 12 0 0 0 6 6l1.7-2.1 4.2 1.6V17.5a3 3 0 0 1-3 3A14.5 14.5 0 0 1 3 6.5a3 3 0 0 1 3-3z";
    /// A clock: waiting for someone else.
    Clock "clock" "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2";
    /// A raised hand: it is your turn.
    Hand "hand" "M8 13V6.2a1.5 1.5 0 0 1 3 0V11M11 10.5V4.7a1.5 1.5 0 0 1 3 0V11M14 11V6.2a1.5 1.5 0 0 1 3 0v8.3a6 6 0 0 1-6 6c-2.5 0-4-1-5.3-3.2l-2-3.6a1.450 1.450 0 0 1 2.4-1.6L8 14.5";
    /// A tick.
    Check "check" "M5 12.5l4.5 4.5L19 7.5";
    /// A tick in a circle: good, agreed.
    CheckCircle "checkcircle" "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12.3l2.8 2.8 5.2-5.4";
    /// A circle with a bar: stopped.
    Stop "stop" "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12h8";
    /// A pencil: being written.
    Pencil "pencil" "M4 20l1-4.5L16 4.5a1.4 1.4 0 0 1 2 0l1.5 1.5a1.4 1.4 0 0 1 0 2L8.5 19zM14 6.5l3.5 3.5";
    /// An `i` in a circle.
    Info "info" "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.5v.2";
    /// A triangle with an exclamation mark.
    Warning "warning" "M12 4L2.8 19.5h18.4zM12 10v4.5M12 17v.2";
    /// A circle with an exclamation mark: something to fix.
    Fault "fault" "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v6M12 16.3v.2";
    /// 〉 as in "go on".
    Next "next" "M9 5l7 7-7 7";
    /// 〈 as in "go back".
    Back "back" "M15 5l-7 7 7 7";
    /// ▽: more below.
    Down "down" "M5 9l7 7 7-7";
    /// A plus sign: new.
    Plus "plus" "M12 5v14M5 12h14";
    /// A ticket: おためし券.
    Ticket "ticket" "M4 6.5h16a1 1 0 0 1 1 1V10a2 2 0 0 0 0 4v2.5a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V14a2 2 0 0 0 0-4V7.5a1 1 0 0 1 1-1zM14.5 7v2M14.5 11v2M14.5 15v2";
    /// A yen coin: 給付金.
    Yen "yen" "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 7.5L12 12l3.5-4.5M12 12v5M9 12.5h6M9 15h6";
    /// A magnifying glass.
    Search "search" "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20.5 20.5";
    /// Two sheets: コピー.
    Copy "copy" "M9 8.5h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1v-10a1 1 0 0 1 1-1zM15.5 8V4.5a1 1 0 0 0-1-1H5a1 1 0 0 0-1 1V14a1 1 0 0 0 1 1h2.5";
    /// A printer.
    Print "print" "M7 8.5v-5h10v5M7 17H4.5a1 1 0 0 1-1-1V9.5a1 1 0 0 1 1-1h15a1 1 0 0 1 1 1V16a1 1 0 0 1-1 1H17M7 14h10v6.5H7z";
    /// An open book: しくみと流れ.
    Guide "guide" "M12 6.5C10 5 7.5 4.5 4 4.5v13.5c3.5 0 6 .5 8 2 2-1.5 4.5-2 8-2V4.5c-3.5 0-6 .5-8 2zM12 6.5V20";
    /// A small and a large letter: 大きな文字.
    Letters "letters" "M3 19l4-10 4 10M4.4 15.5h5.2M11.5 19L16.5 5l5 14M13.2 14.5h6.6";
    /// A door with an arrow: ログアウト.
    Leave "leave" "M14 4.5H6a1 1 0 0 0-1 1v13a1 1 0 0 0 1 1h8M11 12h9.5M17 8.5l3.5 3.5-3.5 3.5";
}

/// A line icon; always hidden from assistive technology, because a word stands beside it.
#[component]
pub fn Icon(
    /// The drawing.
    name: IconName,
) -> impl IntoView {
    InertElement::new(name.html())
}

/// The strokes of all icons, once for a whole document. The server puts those that a page names at its end by itself.
#[component]
pub fn IconSheet() -> impl IntoView {
    let symbols: String = IconName::ALL.iter().map(|name| name.symbol()).collect();
    view! { <svg class="kp-hidden" aria-hidden="true" inner_html=symbols></svg> }.into_any()
}

/// The brand: two hands around a heart, the drawing of the installed app's icon.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <svg class="kp-brand__mark" viewBox="56 76 400 400" width="40" height="40" aria-hidden="true">
            <g fill="none" stroke="currentColor" stroke-width="28" stroke-linecap="round" stroke-linejoin="round">
                <path d="M84 236C84 206 124 206 124 238L124 290 176 322C204 340 214 356 214 384L214 428M84 236L84 322C84 346 94 358 112 374L140 398 140 428" />
                <path d="M428 236C428 206 388 206 388 238L388 290 336 322C308 340 298 356 298 384L298 428M428 236L428 322C428 346 418 358 400 374L372 398 372 428" />
                <path
                    class="kp-brand__heart"
                    d="M256 264C196 222 178 192 178 160C178 130 200 112 222 112C238 112 250 122 256 136C262 122 274 112 290 112C312 112 334 130 334 160C334 192 316 222 256 264Z"
                />
            </g>
        </svg>
    }
    .into_any()
}
