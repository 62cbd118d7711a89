// What JavaScript adds. Every page works without it: menus are <details>, acts are links and forms.

const root = document.documentElement;
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

// ── Menus: opening is native; Escape, a click outside and focus leaving close them.

const openMenus = () => $$("details.menu[open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }
});
for (const type of ["click", "focusin"]) {
  document.addEventListener(type, (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
}

// ── Theme: a choice of this device, in a cookie that the server reads to write data-bs-theme.

const isDark = () =>
  root.dataset.bsTheme ? root.dataset.bsTheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

for (const button of $$("[data-theme-toggle]")) {
  const name = () => (button.textContent = isDark() ? button.dataset.light : button.dataset.dark);
  button.parentElement.hidden = false;
  name();
  button.addEventListener("click", () => {
    root.dataset.bsTheme = isDark() ? "light" : "dark";
    document.cookie = `theme=${root.dataset.bsTheme}; path=/; max-age=31536000; samesite=lax`;
    name();
  });
}

// ── Small conveniences, delegated so that they also serve what htmx brings in.

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-copy]");
  if (!link || !navigator.clipboard) return;
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(link.href);
    link.textContent = link.dataset.copy;
  } catch {
    location.href = link.href;
  }
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
});

const format = (n) => n.toLocaleString(root.lang);

function count(field) {
  const counter = document.querySelector(`[data-counter="${field.id}"]`);
  if (!counter) return;
  const length = field.value.length;
  const short = length > 0 && length < Number(counter.dataset.min || 0);
  counter.textContent = (short ? counter.dataset.short : counter.dataset.words).replace("{n}", format(length));
}
document.addEventListener("input", (event) => {
  if (event.target.id) count(event.target);
});

// ── Acts sent by htmx: busy, failed, and the focus kept on the control that was used.

const buttonOf = (form) => form.querySelector("button[type=submit]");

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (form.dataset.saving) form.textContent = form.dataset.saving; // the status line of a draft
  const button = form.matches("form") && buttonOf(form);
  if (!button) return;
  form.parentElement.querySelector(":scope > .support-note--error")?.remove();
  button.setAttribute("aria-busy", "true");
  if (form.dataset.busy) {
    button.querySelector(".label").textContent = form.dataset.busy;
  }
});

function failed(event) {
  const form = event.detail.elt;
  if (form.dataset?.quiet !== undefined) return; // a help that failed is no news
  if (form.dataset?.saving) {
    form.textContent = form.dataset.failed;
    setTimeout(() => htmx.trigger(form, "retry"), 10_000);
    return;
  }
  const button = form.matches?.("form") && buttonOf(form);
  if (!button) return;
  button.removeAttribute("aria-busy");
  if (form.dataset.retry) button.querySelector(".label").textContent = form.dataset.retry;
  const note = document.createElement("p");
  note.className = "support-note support-note--error";
  note.setAttribute("role", "alert");
  note.textContent = form.dataset.failed || document.body.dataset.lost;
  form.after(note);
}
for (const type of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(type, failed);

// The server answers with a whole page (signed out, refused, failed …): show that page instead of a part.
function showPage(xhr, requested) {
  const arrived = xhr.responseURL && new URL(xhr.responseURL);
  if (arrived && arrived.pathname !== new URL(requested, location.href).pathname) {
    location.href = arrived.href;
    return;
  }
  document.open();
  document.write(xhr.responseText);
  document.close();
}

const isPage = (xhr) => /^\s*<!doctype/i.test(xhr.responseText);

document.addEventListener("htmx:responseError", (event) => {
  const { xhr, elt, pathInfo } = event.detail;
  if (elt.dataset.saving || elt.dataset.quiet !== undefined || !isPage(xhr)) failed(event);
  else showPage(xhr, pathInfo.requestPath);
});

let held = null;
let sending = false;

document.addEventListener("htmx:beforeSwap", (event) => {
  held = document.activeElement?.id || null;
  const { xhr, pathInfo, requestConfig } = event.detail;
  if (!event.detail.shouldSwap || !isPage(xhr)) return;
  const part = requestConfig?.elt?.getAttribute("data-hx-select");
  if (requestConfig?.elt?.dataset.quiet !== undefined) {
    event.detail.shouldSwap = false;
    return;
  }
  if (part && new DOMParser().parseFromString(xhr.responseText, "text/html").querySelector(part)) return;
  event.detail.shouldSwap = false;
  sending = true;
  showPage(xhr, pathInfo.requestPath);
});
document.addEventListener("htmx:afterSettle", (event) => {
  const target = document.getElementById(event.detail.target?.id) || event.detail.target;
  const wanted = (held && document.getElementById(held)) || target?.querySelector?.("[data-focus], button, a");
  if (document.activeElement === document.body || !document.contains(document.activeElement)) wanted?.focus();
});

// ── Unsent text: leaving a page with words in a composer asks first.

const keepers = () => $$("form[data-keep], form[data-warn]");
const unsent = (form) =>
  $$("textarea, input[type=text]", form).some((field) => field.value !== field.defaultValue);

document.addEventListener("submit", () => (sending = true));
window.addEventListener("pageshow", () => (sending = false));
window.addEventListener("beforeunload", (event) => {
  if (!sending && keepers().some(unsent)) event.preventDefault();
});

// ── Copies of texts in this browser (writing.js): the server says which one it has taken, or all on signing out.

const taken = document.cookie.match(/(?:^|; )participa_sent=(\w+)/)?.[1];
if (taken) {
  document.cookie = "participa_sent=; path=/; max-age=0; samesite=lax";
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("participa:text:") && (taken === "all" || name.endsWith(`:${taken}`))) localStorage.removeItem(name);
  }
}

// ── The page shown while the database is away tries again by itself.

for (const notice of $$("[data-reload]")) {
  notice.hidden = false;
  setTimeout(() => location.reload(), 1000 * Number(notice.dataset.reload));
}

// ── On arrival: errors first, then what the address points to.

for (const tab of $$(".subnav [aria-current]")) {
  const bar = tab.closest(".subnav");
  bar.scrollLeft += tab.getBoundingClientRect().right + 24 - bar.getBoundingClientRect().right;
}
const errors = document.querySelector("[data-focus]");
if (errors) errors.focus();
for (const counter of $$("[data-counter]")) {
  const field = document.getElementById(counter.dataset.counter);
  if (field) count(field);
}
