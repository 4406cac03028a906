// What HTML alone does not give the form of a need: hours painted with the mouse and walked with the arrow keys, a word
// when what htmx sent was not answered, and nothing sent after the form itself. Without this file all else works.
const form = document.getElementById("need");
const table = form.querySelector(".hours");
const rows = [...table.tBodies[0].rows].map((row) => [...row.querySelectorAll("input")]);
const boxes = rows.flat();

form.querySelector(".painting").hidden = false;

// One stop for the tab key; the arrow keys go from hour to hour.
const stopAt = (box) => boxes.forEach((other) => { other.tabIndex = other === box ? 0 : -1; });
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
stopAt(boxes.find((box) => box.checked) ?? boxes[0]);
table.addEventListener("focusin", (event) => { if (boxes.includes(event.target)) stopAt(event.target); });
table.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const y = rows.findIndex((row) => row.includes(event.target));
  if (!step || y < 0) return;
  event.preventDefault();
  rows[y + step[0]]?.[rows[y].indexOf(event.target) + step[1]]?.focus();
});

let painting = null;
const boxAt = (event) => event.target.closest("td")?.querySelector("input");
const paint = (box) => { box.checked = painting; };
table.addEventListener("pointerdown", (event) => {
  const box = boxAt(event);
  // A finger scrolls; it ticks one hour at a time.
  if (!box || event.pointerType === "touch" || event.button !== 0) return;
  event.preventDefault();
  painting = !box.checked;
  paint(box);
  box.focus();
});
table.addEventListener("pointerover", (event) => { if (painting !== null && boxAt(event)) paint(boxAt(event)); });
// The click that ends the painting would change its first hour back.
table.addEventListener("click", (event) => { if (event.detail > 0 && event.pointerType !== "touch") event.preventDefault(); });
document.addEventListener("pointerup", () => {
  if (painting === null) return;
  painting = null;
  table.dispatchEvent(new Event("input", { bubbles: true }));
});

// Hours need a time zone, and most often it is that of this clock.
const zone = form.elements.timezone;
table.addEventListener("input", () => {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone.value && [...zone.options].some((option) => option.value === here)) zone.value = here;
});

// The button that accepts all is gone afterwards; whoever pressed it goes on from the goals.
form.addEventListener("htmx:afterSettle", () => {
  if (document.activeElement === document.body) document.getElementById("part-goals").focus();
});

const kept = document.getElementById("kept");
const sayNotKept = () => { kept.textContent = kept.dataset.failed; };
form.addEventListener("htmx:sendError", sayNotKept);
form.addEventListener("htmx:responseError", (event) => {
  // Sent once more as a page of its own, the form says what was wrong, or asks to sign in and goes on after that.
  if (event.detail.elt.matches("button")) form.requestSubmit(event.detail.elt);
  else if (event.detail.elt.id === "keeper") sayNotKept();
});

// What is still to be sent by itself when the form goes is not sent any more: it would be kept as a draft of a need whose
// shortlist is there already. Whoever stays, and types on, has it kept again.
let isGone = false;
form.addEventListener("submit", (event) => { isGone ||= !event.defaultPrevented; });
form.addEventListener("input", () => { isGone = false; });
form.addEventListener("htmx:beforeRequest", (event) => {
  if (isGone && !event.detail.elt.matches("button")) event.preventDefault();
});
window.addEventListener("pageshow", () => { isGone = false; });
