// Threads: what others write announces itself, and the key n goes to the next new message (WCAG 2.1.4: only while
// the thread holds the focus, and it can be switched off for good).

if (document.querySelector("markdown-toolbar")) import("./vendor/markdown-toolbar-element/index.js");

const thread = document.getElementById("comments");
const EVERY = 30_000;
const title = document.title;

// ── Announcements: asked for while the page is visible; the browser's own cache turns "nothing new" into an empty 304.

async function ask() {
  const place = document.querySelector("[data-live]");
  if (!place || document.visibilityState !== "visible") return;
  try {
    const answer = await fetch(place.dataset.live, { headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok || answer.redirected) return;
    const words = await answer.text();
    const said = place.querySelector("[role=status]");
    if (said.dataset.held === words || said.contains(document.activeElement)) return;
    said.dataset.held = words;
    said.innerHTML = words;
    htmx.process(said);
    const count = said.textContent.match(/\d+/);
    document.title = count ? `(${count[0]}) ${title}` : title;
  } catch {
    // the network is away: the next turn asks again
  }
}
if (document.querySelector("[data-live]")) {
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt?.id === "news" || event.detail.target?.id === "news") document.title = title;
  });
}

// ── The key n.

const choice = thread?.querySelector("[data-keys-switch]");
const box = choice?.querySelector("input");
const STORED = "thread-keys";

function stored() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null; // private mode
  }
}

if (box) {
  choice.hidden = false;
  box.checked = stored() !== "off";
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(STORED, box.checked ? "on" : "off");
    } catch {
      // private mode: the choice lasts as long as the page
    }
  });
}

thread?.addEventListener("keydown", (event) => {
  const off = box ? !box.checked : stored() === "off";
  if (off || event.key !== "n" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
  const unread = [...thread.querySelectorAll(".comment--new")];
  const here = document.activeElement.closest(".comment");
  const next = unread.find(
    (one) => one !== here && (!here || here.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING),
  );
  const found = next || unread[0];
  if (!found) return;
  event.preventDefault();
  for (let fold = found.closest("details:not([open])"); fold; fold = found.closest("details:not([open])")) fold.open = true;
  found.focus();
  found.scrollIntoView({ block: "center" });
});

// ── Quoting: what is selected in a message, when something is.

document.addEventListener("htmx:configRequest", (event) => {
  const link = event.detail.elt.closest?.("[data-quote]");
  const selected = getSelection();
  const comment = link?.closest(".comment");
  if (!comment || selected.isCollapsed || !comment.querySelector(".text")?.contains(selected.anchorNode)) return;
  event.detail.parameters.passage = selected.toString().slice(0, 500);
});

// ── Mentions: an @ and two letters offer names (combobox of ARIA); arrows choose, Enter writes, Escape leaves.

let list = null;
let said = null;
let asked = 0;

function typed(field) {
  const before = field.value.slice(0, field.selectionStart);
  return before.match(/(?:^|\s)@([\p{L}\p{M}’'-]{2,}(?: [\p{L}\p{M}’'-]+){0,4})$/u)?.[1] ?? null;
}

function close(field) {
  asked += 1;
  list?.remove();
  list = null;
  for (const name of ["role", "aria-controls", "aria-expanded", "aria-activedescendant", "aria-autocomplete"]) field?.removeAttribute(name);
}

function choose(field, option) {
  for (const one of list.children) one.setAttribute("aria-selected", one === option ? "true" : "false");
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function write(field, option) {
  const words = typed(field);
  const end = field.selectionStart;
  const name = option.dataset.name.replace(/[\[\]]/g, "");
  field.setRangeText(`[@${name}](/members/${option.dataset.number}) `, end - words.length - 1, end, "end");
  close(field);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

async function offer(field) {
  const words = typed(field);
  if (!words) return close(field);
  const turn = ++asked;
  let found;
  try {
    const answer = await fetch(`${field.dataset.mention}?q=${encodeURIComponent(words)}`);
    found = answer.ok && !answer.redirected ? await answer.text() : "";
  } catch {
    found = "";
  }
  if (turn !== asked) return;
  if (!found.trim()) return close(field);
  list?.remove();
  list = document.createElement("ul");
  list.className = "offered-names";
  list.id = "offered-names";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.dataset.offered.replace("{n}", ""));
  list.innerHTML = found;
  field.after(list);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) write(field, option);
  });
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "true");
  choose(field, list.firstElementChild);
  said ??= document.body.appendChild(Object.assign(document.createElement("p"), { className: "visually-hidden" }));
  said.setAttribute("role", "status");
  said.textContent = field.dataset.offered.replace("{n}", list.children.length);
}

let waiting = 0;
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("textarea[data-mention]")) return;
  clearTimeout(waiting);
  waiting = setTimeout(offer, 200, target);
});
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!list || !field.matches?.("textarea[data-mention]")) return;
  const options = [...list.children];
  const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) choose(field, options[(at + step + options.length) % options.length]);
  else if (event.key === "Enter" || event.key === "Tab") write(field, options[at]);
  else if (event.key === "Escape") close(field);
  else return;
  event.preventDefault();
});
document.addEventListener("focusout", ({ target }) => list && target.matches?.("textarea[data-mention]") && close(target));
