// Toasts leave after six seconds, on Esc, and when their button is pressed; while the pointer or the focus is on one, it stays.
// The server sends one after an htmx answer with the header HX-Trigger: {"toast": {"text": "..."}}.
(() => {
  const STAY = 6000;
  const box = document.querySelector(".toasts");
  if (!box) return;

  function watch(toast) {
    let timer;
    const leave = () => toast.remove();
    const start = () => (timer = setTimeout(leave, STAY));
    const hold = () => clearTimeout(timer);
    toast.addEventListener("pointerenter", hold);
    toast.addEventListener("pointerleave", start);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("focusout", start);
    toast.querySelector("[data-close]")?.addEventListener("click", leave);
    start();
  }

  function add(text) {
    const toast = document.getElementById("toast-template").content.firstElementChild.cloneNode(true);
    toast.querySelector("p").textContent = text;
    box.append(toast);
  }

  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.classList?.contains("toast")) watch(node);
  }).observe(box, { childList: true });
  for (const toast of box.querySelectorAll(".toast")) watch(toast);

  document.addEventListener("keydown", (event) => event.key === "Escape" && box.lastElementChild?.remove());
  document.addEventListener("toast", (event) => event.detail?.text && add(event.detail.text));
  document.addEventListener("htmx:responseError", () => add(box.dataset.failed));
  document.addEventListener("htmx:sendError", () => add(box.dataset.offline));
})();
