//! Choices: one of a few, some of a few, one of many.

use super::field::{FieldFault, FieldFrame, Must, Support, described_by, follow};
use super::form_field::Field;
use super::telephone::tel_href;
use leptos::{html, prelude::*};

/// One thing to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// One sentence below the label; empty for none.
    pub note: String,
    /// A telephone number beside the label, which calls and does not choose; empty for none.
    pub call: String,
}

impl Choice {
    /// A choice without a note.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), note: String::new(), call: String::new() }
    }

    /// The same choice with a sentence below its label.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// The same choice with a telephone number beside it.
    #[must_use]
    pub fn call(mut self, telephone: impl Into<String>) -> Self {
        self.call = telephone.into();
        self
    }
}

/// The id of the option at a place; the first carries the group's own id, so an error summary can link to it.
fn option_id(id: &str, place: usize) -> String {
    if place == 0 { id.to_owned() } else { format!("{id}-{}", place + 1) }
}

/// The boxes of a group with the value each is sent with.
#[derive(Clone)]
struct Boxes(Vec<(String, NodeRef<html::Input>)>);

impl Boxes {
    fn of(options: &[Choice]) -> Self {
        Self(options.iter().map(|choice| (choice.value.clone(), NodeRef::new())).collect())
    }

    /// The values that are ticked on the page, in its order; nothing before the page holds all boxes.
    fn ticked(&self) -> Option<Vec<String>> {
        let shown: Option<Vec<_>> = self.0.iter().map(|(value, node)| Some((value, node.get()?))).collect();
        Some(shown?.into_iter().filter(|(_, node)| node.checked()).map(|(value, _)| value.clone()).collect())
    }

    /// Ticks these values and no others.
    fn tick(&self, values: &[String]) {
        for (value, node) in &self.0 {
            if let Some(node) = node.get_untracked() {
                node.set_checked(values.contains(value));
            }
        }
    }

    fn node(&self, place: usize) -> NodeRef<html::Input> {
        self.0.get(place).map_or_else(NodeRef::new, |(_, node)| *node)
    }
}

fn option_label(id: String, choice: Choice) -> impl IntoView {
    // Part of the label, and so of what is read.
    let note = (!choice.note.is_empty()).then(|| view! { <span class="kp-choice__note">{choice.note}</span> });
    let call = (!choice.call.is_empty()).then(|| {
        let href = tel_href(&choice.call);
        view! { <a class="kp-choice__call" href=href>{choice.call}</a> }
    });
    view! {
        <label class="kp-choice__label" for=id>
            <span class="kp-choice__text">{choice.label}</span>
            {note}
        </label>
        {call}
    }
    .into_any()
}

/// Legend, help and fault around the boxes of a group.
#[component]
fn ChoiceFrame(
    id: String,
    label: String,
    required: bool,
    support: String,
    error: Option<String>,
    /// `radiogroup` where one of the boxes is chosen.
    #[prop(optional_no_strip)]
    role: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let described = described_by(&id, &support, error.as_deref());
    // A set of boxes has no `aria-invalid` of its own: each of them says it.
    let invalid = role.and(error.as_ref()).map(|_| "true");
    let class = if error.is_some() { "kp-field kp-field--error" } else { "kp-field" };
    view! {
        <fieldset class=class role=role aria-invalid=invalid aria-describedby=described>
            <legend class="kp-field__label">
                {label}
                <Must required />
            </legend>
            <Support id=id.clone() text=support />
            <div class="kp-choices">{children()}</div>
            <FieldFault id error />
        </fieldset>
    }
    .into_any()
}

/// One of a few; every choice is a large target.
#[component]
pub fn RadioGroup(
    /// The field of the form: its name, what is chosen, what is to be fixed.
    #[prop(into)]
    field: Field,
    /// What is asked, as the group's legend.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    options: Vec<Choice>,
    /// Whether an answer is needed.
    #[prop(optional)]
    required: bool,
    /// One sentence of help between legend and choices.
    #[prop(optional, into)]
    support: String,
    /// A signal that follows the choice.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
) -> impl IntoView {
    let (name, id, value, error) = (field.name().to_owned(), field.id().to_owned(), field.value(), field.fault());
    let boxes = Boxes::of(&options);
    if let Some(bind) = bind {
        let (read, write) = (boxes.clone(), boxes.clone());
        follow(
            bind,
            move || read.ticked().map(|ticked| ticked.into_iter().next().unwrap_or_default()),
            move |value| write.tick(std::slice::from_ref(value)),
        );
    }
    let choices = options
        .into_iter()
        .enumerate()
        .map(|(place, choice)| {
            let own = option_id(&id, place);
            let checked = !value.is_empty() && choice.value == value;
            let sent = choice.value.clone();
            let chosen = move |_| {
                if let Some(bind) = bind {
                    bind.set(sent.clone());
                }
            };
            view! {
                <div class="kp-choice">
                    <input
                        class="kp-choice__input kp-choice__input--radio"
                        type="radio"
                        id=own.clone()
                        name=name.clone()
                        value=choice.value.clone()
                        checked=checked
                        node_ref=boxes.node(place)
                        on:change=chosen
                    />
                    {option_label(own, choice)}
                </div>
            }
        })
        .collect_view();
    view! { <ChoiceFrame id label required support error role=Some("radiogroup")>{choices}</ChoiceFrame> }.into_any()
}

/// Some of a few; every choice is a large target.
#[component]
pub fn CheckboxGroup(
    /// The field of the form: its name, what is chosen, what is to be fixed.
    #[prop(into)]
    field: Field,
    /// What is asked, as the group's legend.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    options: Vec<Choice>,
    /// Whether an answer is needed.
    #[prop(optional)]
    required: bool,
    /// One sentence of help between legend and choices.
    #[prop(optional, into)]
    support: String,
    /// A signal that follows the ticked values.
    #[prop(optional)]
    bind: Option<RwSignal<Vec<String>>>,
) -> impl IntoView {
    let (name, id, values, error) = (field.name().to_owned(), field.id().to_owned(), field.values(), field.fault());
    let boxes = Boxes::of(&options);
    if let Some(bind) = bind {
        let (read, write) = (boxes.clone(), boxes.clone());
        follow(bind, move || read.ticked(), move |values| write.tick(values));
    }
    let choices = options
        .into_iter()
        .enumerate()
        .map(|(place, choice)| {
            let own = option_id(&id, place);
            let checked = values.contains(&choice.value);
            let page = boxes.clone();
            let ticked = move |_| {
                if let (Some(bind), Some(values)) = (bind, untrack(|| page.ticked())) {
                    bind.set(values);
                }
            };
            view! {
                <div class="kp-choice">
                    <input
                        class="kp-choice__input"
                        type="checkbox"
                        id=own.clone()
                        name=name.clone()
                        value=choice.value.clone()
                        checked=checked
                        aria-invalid=error.is_some().then_some("true")
                        aria-describedby=error.is_some().then(|| super::error_id(&id))
                        node_ref=boxes.node(place)
                        on:change=ticked
                    />
                    {option_label(own, choice)}
                </div>
            }
        })
        .collect_view();
    view! { <ChoiceFrame id label required support error>{choices}</ChoiceFrame> }.into_any()
}

/// One box to tick, such as 「内容を確認しました」.
#[component]
pub fn Tick(
    /// The field of the form: its name, what is chosen, what is to be fixed.
    #[prop(into)]
    field: Field,
    /// What ticking it says.
    #[prop(into)]
    label: String,
    /// What is sent when ticked.
    #[prop(default = "true".to_owned(), into)]
    value: String,
    /// A signal that follows the box.
    #[prop(optional)]
    bind: Option<RwSignal<bool>>,
) -> impl IntoView {
    let (name, id, checked, error) = (field.name().to_owned(), field.id().to_owned(), field.is_set(), field.fault());
    let class = if error.is_some() { "kp-field kp-field--error" } else { "kp-field" };
    let node = NodeRef::<html::Input>::new();
    if let Some(bind) = bind {
        follow(
            bind,
            move || node.get().map(|shown| shown.checked()),
            move |checked| {
                if let Some(shown) = node.get_untracked() {
                    shown.set_checked(*checked);
                }
            },
        );
    }
    let ticked = move |event| {
        if let Some(bind) = bind {
            bind.set(event_target_checked(&event));
        }
    };
    view! {
        <div class=class>
            <div class="kp-choice">
                <input
                    class="kp-choice__input"
                    type="checkbox"
                    id=id.clone()
                    name=name
                    value=value
                    checked=checked
                    aria-invalid=error.is_some().then_some("true")
                    aria-describedby=described_by(&id, "", error.as_deref())
                    node_ref=node
                    on:change=ticked
                />
                <label class="kp-choice__label" for=id.clone()>
                    <span class="kp-choice__text">{label}</span>
                </label>
            </div>
            <FieldFault id error />
        </div>
    }
    .into_any()
}

/// One of many in a drop-down list.
#[component]
pub fn Select(
    /// The field of the form: its name, what is chosen, what is to be fixed.
    #[prop(into)]
    field: Field,
    /// What is asked.
    #[prop(into)]
    label: String,
    /// What can be chosen.
    options: Vec<Choice>,
    /// The word of the empty choice above the others, such as 「選んでください」; without it there is none.
    #[prop(optional, into)]
    empty: String,
    /// Whether an answer is needed.
    #[prop(optional)]
    required: bool,
    /// One sentence of help between label and control.
    #[prop(optional, into)]
    support: String,
    /// A signal that follows the choice.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
) -> impl IntoView {
    let (name, id, value, error) = (field.name().to_owned(), field.id().to_owned(), field.value(), field.fault());
    let described = described_by(&id, &support, error.as_deref());
    let invalid = error.is_some().then_some("true");
    let first = (!empty.is_empty()).then(|| Choice::new("", empty));
    let choices = first
        .into_iter()
        .chain(options)
        .map(|choice| {
            let selected = choice.value == value;
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect_view();
    let node = NodeRef::<html::Select>::new();
    if let Some(bind) = bind {
        follow(
            bind,
            move || node.get().map(|shown| shown.value()),
            move |value| {
                if let Some(shown) = node.get_untracked() {
                    shown.set_value(value);
                }
            },
        );
    }
    let chosen = move |event| {
        if let Some(bind) = bind {
            bind.set(event_target_value(&event));
        }
    };
    let control = view! {
        <select
            class="kp-input kp-input--select"
            id=id.clone()
            name=name
            aria-invalid=invalid
            aria-describedby=described
            node_ref=node
            on:change=chosen
        >
            {choices}
        </select>
    };
    view! { <FieldFrame id label required support error>{control}</FieldFrame> }.into_any()
}
