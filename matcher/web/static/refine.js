// What HTML and htmx alone do not give a list that is refined in place: what is open stays open, whoever pressed a button
// that is gone goes on from what changed, and an answer that is no list is gone to. Without this file all else works.
const FOLDS = ["refine"];
let open = [];
let last = "";
let isList = false;
document.addEventListener("htmx:beforeSwap", (event) => {
  isList = event.detail.target.id === "list";
  open = FOLDS.filter((id) => document.getElementById(id)?.open);
  last = document.activeElement?.id ?? "";
});
document.addEventListener("htmx:afterSettle", () => {
  if (!isList) return;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  const errors = document.getElementById("errors");
  const gone = document.activeElement === document.body;
  const next = errors ?? (gone ? document.getElementById(last) ?? document.getElementById("changed-title") : null);
  next?.focus({ preventScroll: true });
  // What stands above may have become longer or shorter.
  document.activeElement.scrollIntoView({ block: "nearest" });
});
// Sent once more as a page of its own, the form says what was wrong, or asks to sign in and goes on after that.
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.elt.id !== "refine-counter") event.detail.elt.closest("form")?.submit();
});
