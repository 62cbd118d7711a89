// What JavaScript adds where people write at length: layout buttons, hints, files dropped or pasted, and copies in this
// browser of what the server does not have yet. Every form works without it.

import "./vendor/markdown-toolbar-element/index.js";

const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const status = document.getElementById("draft-status");
const form = status && document.getElementById(status.dataset.form);

for (const part of $$("[data-scripted]")) part.hidden = false;
for (const part of $$("[data-unscripted]")) part.hidden = true;

// ── Hints while one types: the faults that `contributions/etiquette.py` refuses on publishing, said once one pauses.

const notProse = /```[\s\S]*?(?:```|$)|`[^`\n]*`|\bhttps?:\/\/\S+|\]\([^)\s]*\)/g;

export function faults(source) {
  const prose = source.replace(notProse, " ");
  const letters = prose.match(/\p{L}/gu) || [];
  const capitals = letters.filter((c) => /\p{Lu}/u.test(c)).length;
  const first = /^(https?:\/\/|`)/.test(source) ? null : source.match(/^[\s>*_~#«»“”"'‘’([\u00a0\u202f-]*(\p{L})/u);
  return [
    letters.length >= 4 && 2 * capitals >= letters.length && "capitals",
    /[!?¡¿][ \u00a0\u202f]?[!?¡¿]/.test(prose) && "marks",
    first && /\p{Ll}/u.test(first[1]) && "lower",
  ].filter(Boolean);
}

function advise(field) {
  const advice = document.querySelector(`[data-advice="${field.id}"]`);
  if (!advice) return;
  const said = faults(field.value).map((key) => advice.dataset[key]).join(" ");
  if (advice.textContent !== said) advice.textContent = said;
}

const pauses = new Map();
document.addEventListener("input", ({ target }) => {
  clearTimeout(pauses.get(target));
  pauses.set(target, setTimeout(advise, 1200, target));
});
document.addEventListener("focusout", ({ target }) => target.value && advise(target));

document.addEventListener("click", ({ target }) => {
  const name = target.closest?.("[data-close]")?.dataset.close;
  if (!name) return;
  document.getElementById(name).textContent = "";
  document.querySelector(`[aria-controls="${name}"]`)?.focus();
});

// ── What a button inserts stands where the cursor is, on lines of its own at the beginning or end of one.

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-insert]");
  const field = button && document.getElementById(button.dataset.into);
  if (!field) return;
  event.preventDefault();
  const { selectionStart: at, selectionEnd: end, value } = field;
  const before = value.slice(0, at).trimEnd();
  const after = value.slice(end).trimStart();
  const inside = /[^\n]$/.test(value.slice(0, at)) && /^[^\n]/.test(value.slice(end));
  const words = inside ? button.dataset.insert : `${before && "\n\n"}${button.dataset.insert}\n\n`;
  if (inside) field.setRangeText(words, at, end, "end");
  else field.setRangeText(words, before.length, value.length - after.length, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// ── Copies in this browser. One is written as one types, and removed once the server has the same words: what is
// found on coming back is what was never saved. Its key says whose it is, and the page; the end is of this tab alone.

const SHORTEST = 3;
const OLDEST = 30 * 24 * 3600 * 1000;

if (form) {
  const prefix = `participa:text:${status.dataset.copies}`;
  const tab = Date.now().toString(36) + Math.random().toString(36).slice(2, 10);
  const key = prefix + tab;
  form.elements.draft_copy.value = tab;

  const isWritten = (name) => !/^(csrf_token|revision|act|uploads|draft_.*|files.*)$/.test(name);
  const words = () => Object.fromEntries([...new FormData(form)].filter(([name, value]) => isWritten(name) && typeof value === "string"));
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const store = (name, value) => {
    try {
      if (value === null) localStorage.removeItem(name);
      else localStorage.setItem(name, JSON.stringify(value));
    } catch {
      // full, or refused by the browser: the server alone keeps drafts
    }
  };
  const read = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name));
    } catch {
      return null;
    }
  };

  // While one types: a copy at once; to the server after a pause (htmx), and every ten seconds without one.
  let sent = null;
  let askedAt = Date.now();
  let waiting = false;
  const keep = () => {
    store(key, { at: Date.now(), draft: form.elements.draft_id.value, fields: words() });
    waiting = true;
  };
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  setInterval(() => {
    if (waiting && Date.now() - askedAt > 10_000) htmx.trigger(status, "retry");
  }, 2_000);
  status.addEventListener("htmx:beforeRequest", () => {
    askedAt = Date.now();
    sent = words();
  });
  status.addEventListener("htmx:afterSwap", () => {
    if (!status.querySelector("[data-saved]") || !same(sent, words())) return;
    store(key, null);
    waiting = false;
  });
  window.addEventListener("online", () => waiting && htmx.trigger(status, "retry"));

  // On arrival: what an earlier visit left, to be taken up or thrown away; never put in by itself.
  const place = document.getElementById("draft-found");
  const found = Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  for (const name of found) {
    const copy = read(name);
    if (!copy || Date.now() - copy.at > OLDEST || same(copy.fields, words()) || text(copy).length < SHORTEST) store(name, null);
    else offer(name, copy);
  }

  function text({ fields }) {
    return [fields.title, fields.body].filter(Boolean).join(" ").trim();
  }

  function offer(name, copy) {
    const when = new Date(copy.at).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
    const start = text(copy).slice(0, 80);
    const notice = document.createElement("div");
    notice.className = "notice mb-4";
    const said = document.createElement("p");
    said.textContent = place.dataset.words.replace("{when}", when).replace("{words}", start);
    const row = document.createElement("div");
    row.className = "btn-row";
    for (const [label, act] of [
      [place.dataset.take, () => take(copy)],
      [place.dataset.drop, () => {}],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-secondary btn-sm";
      button.textContent = label;
      button.addEventListener("click", () => {
        act();
        store(name, null);
        notice.remove();
        form.querySelector("input:not([type=hidden]), textarea").focus();
      });
      row.append(button);
    }
    const body = document.createElement("div");
    body.append(said, row);
    notice.append(body);
    place.append(notice);
  }

  function take(copy) {
    const other = words();
    if (copy.draft !== form.elements.draft_id.value && text({ fields: other })) {
      form.elements.draft_id.value = form.elements.draft_revision.value = ""; // what the form held stays a draft of its own
    }
    for (const [name, value] of Object.entries(copy.fields)) {
      const field = form.elements[name];
      if (!field) continue;
      field.value = value;
      field.dispatchEvent?.(new Event("input", { bubbles: true }));
    }
  }
}

// ── Files: chosen, dropped on the form or pasted, they are sent at once; too large ones are told before.

const chooser = document.querySelector("input[type=file][name=uploads]");

if (chooser && form) {
  const line = document.getElementById("files-status");

  const send = (files) => {
    const most = Number(chooser.dataset.most);
    const good = new DataTransfer();
    const refused = [];
    for (const file of files) {
      if (file.size > most) refused.push(chooser.dataset.tooLarge.replace("{name}", file.name));
      else good.items.add(file);
    }
    chooser.files = good.files;
    line.textContent = refused.join(" ");
    if (good.files.length) htmx.trigger(chooser, "send");
  };

  chooser.addEventListener("change", () => send([...chooser.files]));
  chooser.addEventListener("htmx:beforeRequest", () => (line.textContent = `${line.textContent} ${chooser.dataset.busy}`.trim()));
  chooser.addEventListener("htmx:afterRequest", ({ detail }) => {
    chooser.value = "";
    line.textContent = detail.successful ? line.textContent.replace(chooser.dataset.busy, "").trim() : chooser.dataset.failed;
  });
  document.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.target?.id === "files-chosen") form.dispatchEvent(new Event("change", { bubbles: true }));
  });

  const holdsFiles = (transfer) => transfer && [...transfer.types].includes("Files");
  form.addEventListener("dragover", (event) => {
    if (!holdsFiles(event.dataTransfer)) return;
    event.preventDefault();
    form.classList.add("is-dropping");
  });
  for (const type of ["dragleave", "drop"]) form.addEventListener(type, () => form.classList.remove("is-dropping"));
  form.addEventListener("drop", (event) => {
    if (!holdsFiles(event.dataTransfer)) return;
    event.preventDefault();
    send([...event.dataTransfer.files]);
  });
  form.addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    send([...event.clipboardData.files]);
  });
}
