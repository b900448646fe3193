// What forms need of the browser so that nothing typed is lost: letters that grow in place, and a question before leaving.

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
    const forms = [...document.querySelectorAll("main form[method=post]:not([role=search])")];
    if (!calling && forms.some((form) => form !== sent && isChanged(form))) {
      event.preventDefault();
    }
  });
}

/** A form with a password is filled in by the browser itself and quickly typed again. */
function isChanged(form) {
  return !form.querySelector("[type=password]") && [...form.elements].some(differs);
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
