// One-key decisions (WCAG 2.1.4): keys act only while the queue holds the focus, and can be switched off for good.

const queue = document.querySelector("[data-queue]");
const choice = document.querySelector("[data-keys-switch]");
const box = choice?.querySelector("input");
const STORED = "moderation-keys";

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

queue?.addEventListener("keydown", (event) => {
  const off = box ? !box.checked : stored() === "off";
  if (off || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  const key = event.key.toLowerCase();
  const button = queue.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (button) {
    event.preventDefault();
    button.click();
    return;
  }
  const step = { j: 1, k: -1 }[key];
  if (!step) return;
  const links = [...queue.querySelectorAll(".queue-list a")];
  const at = links.indexOf(document.activeElement);
  const from = at < 0 ? links.findIndex((link) => link.hasAttribute("aria-current")) - (step > 0 ? 1 : -1) : at;
  links[Math.max(0, Math.min(links.length - 1, from + step))]?.focus();
});

// After a decision the next case is on the page: keep the focus in the queue, so that the next key acts.
if (new URLSearchParams(location.search).has("done")) {
  (queue?.querySelector(".queue-list [aria-current]") ?? queue?.querySelector("[data-key]"))?.focus();
}
