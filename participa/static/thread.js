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
