// The blocks of a front page, dragged into their order; the buttons do the same without this script.
const list = document.querySelector("[data-blocks]");
const blocks = () => [...list.querySelectorAll("[data-block]")];
let held = null;

for (const block of blocks()) {
  block.draggable = true;
  block.addEventListener("dragstart", (event) => {
    held = block;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", block.dataset.block);
  });
  block.addEventListener("dragend", () => { held = null; });
  block.addEventListener("dragover", (event) => {
    if (!held || held === block) return;
    event.preventDefault();
    const { top, height } = block.getBoundingClientRect();
    block[event.clientY < top + height / 2 ? "before" : "after"](held);
  });
}

list.addEventListener("dragover", (event) => { if (held) event.preventDefault(); });
list.addEventListener("drop", (event) => {
  if (!held) return;
  event.preventDefault();
  const form = document.createElement("form");
  form.method = "post";
  form.action = list.dataset.blocks;
  const sent = { csrf_token: list.dataset.token, act: "order", order: blocks().map((block) => block.dataset.block).join(",") };
  for (const [name, value] of Object.entries(sent)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
});
