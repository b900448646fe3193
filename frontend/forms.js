// What forms need of the browser so that nothing typed is lost: letters that grow in place, a question before leaving,
// and what was typed again after Back.

const FORMS = "main form[method=post]:not([role=search])";

/** A field for a password, also while it is shown. */
const PASSWORD = "[autocomplete$=-password]";

/** 「文字を大きくする」 changes the page in place; where that does not get through, the form goes its way as a document. */
export function resizeInPlace() {
  const page = document.querySelector(".kp-page");
  const forms = [...document.querySelectorAll(".kp-size form")];
  for (const form of forms) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = new URLSearchParams(new FormData(form));
      const headers = { accept: "application/json" };
      const answer = await fetch(form.action, { method: "POST", body, headers }).catch(() => undefined);
      if (!answer?.ok) {
        form.submit();
        return;
      }
      page.classList.toggle("kp-page--large", body.get("text_size") === "large");
      // The button just pressed is gone; the one that takes it back is where the keyboard stays.
      forms.find((other) => other !== form)?.querySelector("button").focus();
    });
  }
}

/** Asks before a page with a changed form is left by anything but that form's own buttons. */
export function guardTyped() {
  let sent;
  let calling = false;
  // A click comes before what it does: it ends what an earlier one began. A call leaves the page where it is.
  const begin = (event) => {
    sent = undefined;
    calling = event.type === "click" && Boolean(event.target.closest("a[href^='tel:'], a[href^='mailto:'], a[download]"));
  };
  for (const kind of ["click", "keydown", "input"]) {
    document.addEventListener(kind, begin, true);
  }
  document.addEventListener("submit", (event) => {
    sent = event.defaultPrevented ? undefined : event.target;
  });
  window.addEventListener("beforeunload", (event) => {
    const forms = [...document.querySelectorAll(FORMS)];
    if (!calling && forms.some((form) => form !== sent && isChanged(form))) {
      event.preventDefault();
    }
  });
}

/**
 * Brings back what was typed when a page is opened again by Back: kept in the page's own place in the history, for its
 * writer alone. Browsers do it themselves only for pages they may store, and never for a field with `autocomplete="off"`,
 * which is therefore said here and not in the document.
 */
export function bringBackTyped() {
  for (const field of document.querySelectorAll("[data-own]")) {
    field.autocomplete = "off";
  }
  const who = document.querySelector(".kp-menu__person")?.textContent ?? "";
  const kept = history.state?.typed;
  if (kept && kept.who !== who) {
    // Somebody else signed in meanwhile: what the browser itself brings back, which it does later, goes too.
    const reset = () => {
      for (const form of document.querySelectorAll(FORMS)) {
        form.reset();
      }
    };
    window.addEventListener("pageshow", reset, { once: true });
    history.replaceState({ ...history.state, typed: undefined }, "");
  } else if (kept) {
    const all = new Map(typedFields());
    for (const [key, value] of kept.fields) {
      const field = all.get(key);
      if (field) {
        put(field, value);
      }
    }
  }
  const keep = () => {
    const fields = typedFields().filter(([, field]) => differs(field));
    const typed = { who, fields: fields.map(([key, field]) => [key, held(field)]) };
    if (fields.length > 0 || history.state?.typed) {
      history.replaceState({ ...history.state, typed }, "");
    }
  };
  document.addEventListener("change", keep);
  document.addEventListener("submit", keep, true);
  document.addEventListener("visibilitychange", keep);
  window.addEventListener("beforeunload", keep);
}

/** Every field that a person fills in, by a name that is the same when the page comes again. */
function typedFields() {
  const seen = new Map();
  const named = (text) => {
    seen.set(text, (seen.get(text) ?? 0) + 1);
    return `${text} ${seen.get(text)}`;
  };
  const forms = [...document.querySelectorAll(FORMS)].filter((form) => !form.querySelector(PASSWORD));
  return forms.flatMap((form) => {
    const place = named(form.getAttribute("action") ?? "");
    const fields = [...form.elements].filter((field) => field.name && field.type !== "hidden");
    return fields.map((field) => [named(`${place} ${field.name} ${isTick(field) ? field.value : ""}`), field]);
  });
}

function isTick(field) {
  return field.type === "checkbox" || field.type === "radio";
}

function held(field) {
  return isTick(field) ? field.checked : field.value;
}

function put(field, value) {
  if (held(field) === value) {
    return;
  }
  if (isTick(field)) {
    field.checked = value;
  } else {
    field.value = value;
  }
  for (const kind of ["input", "change"]) {
    field.dispatchEvent(new Event(kind, { bubbles: true }));
  }
}

/** A form with a password is filled in by the browser itself and quickly typed again. */
export function isChanged(form) {
  return !form.querySelector(PASSWORD) && [...form.elements].some(differs);
}

/** Whether a field holds something else than the page came with. */
function differs(field) {
  switch (field.type) {
    case "checkbox":
    case "radio":
      return field.checked !== field.defaultChecked;
    case "select-one":
      return field.selectedIndex !== Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
    case "text":
    case "tel":
    case "textarea":
      return field.value !== field.defaultValue;
    default:
      return false;
  }
}
