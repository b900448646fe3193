// The calendar beside a date field: a dialog with one month, after the ARIA pattern for choosing a date. What a day is —
// holiday, the branch's day off, out of bounds and why — comes from the server (`/days`); this draws it and moves in it.

const WEEK = ["日", "月", "火", "水", "木", "金", "土"];
const years = new Map();

/** Opens the calendar for a field and its button. */
export async function open(field, button) {
  // What is typed in other ways only the server reads; the calendar then begins where most choose.
  const chosen = isDay(field.value) ? field.value : undefined;
  const year = (chosen && (await read(chosen.slice(0, 4)))) ?? (await read());
  if (!year) {
    throw new Error("no days");
  }
  await new Calendar(field, button, year).start(chosen);
}

/** A year's days; without one, those of this year. */
async function read(year) {
  const key = year ?? "";
  if (!years.has(key)) {
    const answer = await fetch(`/days${year ? `?year=${year}` : ""}`, { cache: "no-store" }).catch(() => undefined);
    if (answer?.status !== 200) {
      return undefined;
    }
    const days = await answer.json();
    days.closed = new Set(days.closed);
    years.set(key, days);
    years.set(year ?? days.today.slice(0, 4), days);
  }
  return years.get(key);
}

class Calendar {
  constructor(field, button, year) {
    this.field = field;
    this.button = button;
    this.year = year;
    this.bounds = year.bounds[field.dataset.days];
    this.label = field.labels[0].firstChild.textContent.trim();
  }

  async start(chosen) {
    this.chosen = chosen;
    this.dialog = element("dialog", { class: "kp-calendar", "aria-label": `${this.label}を選ぶ` });
    this.title = element("h2", { class: "kp-calendar__month", "aria-live": "polite" });
    const turn = (word, sign, step) => {
      const turned = element("button", { type: "button", class: "kp-calendar__turn", "aria-label": word }, sign);
      turned.addEventListener("click", () => this.go(step(this.day), false));
      return turned;
    };
    const head = element("div", { class: "kp-calendar__head" });
    head.append(
      turn("前の年", "«", (day) => months(day, -12)),
      turn("前の月", "‹", (day) => months(day, -1)),
      this.title,
      turn("次の月", "›", (day) => months(day, 1)),
      turn("次の年", "»", (day) => months(day, 12)),
    );
    this.grid = element("table", { class: "kp-calendar__days", role: "grid" });
    this.said = element("p", { class: "kp-calendar__said" });
    const close = element("button", { type: "button", class: "kp-button kp-button--secondary" }, "閉じる");
    close.addEventListener("click", () => this.dialog.close());
    this.dialog.append(head, this.grid, this.said);
    const marks = this.year.closed_word && `祝 祝日　休 ${this.year.closed_word}`;
    for (const note of [marks, this.bounds.note].filter(Boolean)) {
      this.dialog.append(element("p", { class: "kp-calendar__note" }, note));
    }
    this.dialog.append(close);
    this.grid.addEventListener("click", (event) => {
      const cell = event.target.closest("td[data-day]");
      if (cell) {
        this.choose(cell.dataset.day);
      }
    });
    this.grid.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("click", (event) => {
      // Beside the calendar: its own ground is covered by its parts.
      if (event.target === this.dialog && !inside(this.dialog, event)) {
        this.dialog.close();
      }
    });
    this.dialog.addEventListener("close", () => {
      this.dialog.remove();
      this.button.focus();
    });
    (document.querySelector(".kp-page") ?? document.body).append(this.dialog);
    const first = this.bounds.first.at(-1)?.[0] ?? this.year.today;
    await this.go(chosen ?? (first > this.year.today ? first : this.year.today), false);
    this.dialog.showModal();
    this.cell().focus();
  }

  /** Shows the month of a day and stands on it; a year that does not come leaves everything as it is. */
  async go(day, focus = true) {
    const year = await read(day.slice(0, 4));
    if (!year) {
      return;
    }
    this.year = year;
    this.day = day;
    this.draw();
    if (focus) {
      this.cell().focus();
    }
  }

  cell() {
    return this.grid.querySelector("td[tabindex='0']");
  }

  draw() {
    const [year, month] = this.day.split("-").map(Number);
    this.title.textContent = `${year}年${month}月`;
    this.grid.setAttribute("aria-label", this.title.textContent);
    const names = element("tr");
    names.append(...WEEK.map((name) => element("th", { scope: "col" }, name)));
    const rows = [names];
    const offset = utc(`${this.day.slice(0, 8)}01`).getUTCDay();
    const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
    for (let at = -offset; at < last; at += 7) {
      const row = element("tr");
      for (let column = 0; column < 7; column++) {
        const date = at + column + 1;
        const day = `${this.day.slice(0, 8)}${String(date).padStart(2, "0")}`;
        row.append(date < 1 || date > last ? element("td") : this.drawDay(day, date, column));
      }
      rows.push(row);
    }
    const [head, body] = [element("thead"), element("tbody")];
    head.append(rows[0]);
    body.append(...rows.slice(1));
    this.grid.replaceChildren(head, body);
    this.said.textContent = this.words(this.day);
  }

  drawDay(day, date, column) {
    const here = day === this.day;
    const holiday = this.year.holidays[day];
    const closed = this.year.closed.has(day);
    return element(
      "td",
      {
        "data-day": day,
        tabindex: here ? "0" : "-1",
        "aria-label": this.words(day),
        "aria-selected": String(day === this.chosen),
        // Drawn by the style sheet: the words say it already, and a name must hold what stands in the cell.
        "data-mark": `${holiday ? "祝" : ""}${closed ? "休" : ""}` || null,
        "aria-disabled": this.why(day) ? "true" : null,
        "aria-current": day === this.year.today ? "date" : null,
        class: holiday || column === 0 ? "kp-calendar__sunday" : column === 6 ? "kp-calendar__saturday" : null,
      },
      String(date),
    );
  }

  /** 「3月20日（水） 春分の日 緑区支部は休み」, and why it cannot be chosen. */
  words(day) {
    const [, month, date] = day.split("-").map(Number);
    const parts = [`${month}月${date}日（${WEEK[utc(day).getUTCDay()]}）`, this.year.holidays[day]];
    if (day === this.year.today) {
      parts.splice(1, 0, "今日");
    }
    if (this.year.closed.has(day)) {
      parts.push(this.year.closed_word);
    }
    parts.push(this.why(day));
    return parts.filter(Boolean).join(" ");
  }

  /** Why a day cannot be chosen, in the server's words. */
  why(day) {
    const { first, last } = this.bounds;
    return (first.find(([bound]) => day < bound) ?? last.find(([bound]) => day > bound))?.[1];
  }

  choose(day) {
    if (this.why(day)) {
      this.go(day);
      return;
    }
    this.field.value = day;
    for (const kind of ["input", "change"]) {
      this.field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
    this.dialog.close();
  }

  key(event) {
    const weekday = utc(this.day).getUTCDay();
    const steps = {
      ArrowLeft: (day) => days(day, -1),
      ArrowRight: (day) => days(day, 1),
      ArrowUp: (day) => days(day, -7),
      ArrowDown: (day) => days(day, 7),
      Home: (day) => days(day, -weekday),
      End: (day) => days(day, 6 - weekday),
      PageUp: (day) => months(day, event.shiftKey ? -12 : -1),
      PageDown: (day) => months(day, event.shiftKey ? 12 : 1),
    };
    if (event.key === "Enter" || event.key === " ") {
      this.choose(this.day);
    } else if (steps[event.key]) {
      this.go(steps[event.key](this.day));
    } else {
      return;
    }
    event.preventDefault();
  }
}

function element(name, attributes = {}, text) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null) {
      made.setAttribute(key, value);
    }
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

function utc(day) {
  return new Date(`${day}T00:00:00Z`);
}

function isDay(text) {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(utc(text).valueOf()) && iso(utc(text)) === text;
}

function iso(date) {
  return date.toISOString().slice(0, 10);
}

function days(day, count) {
  const date = utc(day);
  date.setUTCDate(date.getUTCDate() + count);
  return iso(date);
}

/** The same day so many months on; the last of a month that lacks it. */
function months(day, count) {
  const [year, month, date] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + count, 0)).getUTCDate();
  return iso(new Date(Date.UTC(year, month - 1 + count, Math.min(date, last))));
}

function inside(dialog, { clientX, clientY }) {
  const box = dialog.getBoundingClientRect();
  return clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
}
