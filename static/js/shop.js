// The configuration page: sliders, the section one is in, and the focus around the repair panel.
// Everything works without this file; it only makes it quicker.
(() => {
  // --- numbers: the slider appears with the script, and stops where the rules do
  function dress(form) {
    const number = form.querySelector("input[type=number]");
    const range = form.querySelector(".range");
    const { minimum, maximum, lowest, highest } = Object.fromEntries(Object.entries(form.dataset).map(([key, text]) => [key, Number(text)]));
    const share = (value) => (maximum === minimum ? 0 : (value - minimum) / (maximum - minimum));
    const place = () => {
      range.style.setProperty("--at", share(Number(range.value)));
      range.style.setProperty("--lo", share(lowest));
      range.style.setProperty("--hi", share(highest));
    };
    form.style.setProperty("--lo", share(lowest));
    form.style.setProperty("--hi", share(highest));
    for (const hidden of form.querySelectorAll("[hidden]:not([type=hidden])")) hidden.hidden = false;
    form.querySelector(".no.lo").hidden = lowest === minimum;
    form.querySelector(".no.hi").hidden = highest === maximum;
    range.addEventListener("input", () => {
      range.value = Math.min(highest, Math.max(lowest, Number(range.value)));
      number.value = range.value;
      place();
    });
    number.addEventListener("input", () => {
      range.value = number.value;
      place();
    });
    place();
  }
  const dressAll = (root) => root.querySelectorAll("form[data-number]:not([data-dressed])").forEach((form) => {
    form.dataset.dressed = "";
    dress(form);
  });
  dressAll(document);

  // --- what holds without having been chosen can be chosen: the browser sees no change in that, so we say it
  document.addEventListener("click", (event) => {
    const held = event.target.closest?.(".opt.is-default, .opt.is-implied");
    if (held && event.target.matches("input[type=radio]")) event.target.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // --- the picture: a part leads to its section
  document.addEventListener("click", (event) => {
    const part = event.target.closest?.("#stage [data-section]");
    if (part) location.hash = part.dataset.section;
  });

  // --- sections: the one being read is marked
  function markSection() {
    const links = [...document.querySelectorAll(".steps a")];
    if (!links.length) return;
    const here = links.findLast((link) => document.querySelector(link.hash)?.getBoundingClientRect().top < innerHeight * 0.5) ?? links[0];
    for (const link of links) link === here ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    const list = here.closest("ol");
    list.scrollLeft = here.offsetLeft - list.offsetLeft - 24;
  }
  addEventListener("scroll", markSection, { passive: true });
  markSection();

  // --- the repair panel: focus moves into it, and back when nothing is changed
  function keep(panel) {
    const wanted = panel.dataset.wanted;
    const question = document.getElementById(panel.dataset.question);
    panel.remove();
    for (const form of question.querySelectorAll("form")) form.reset();
    for (const range of question.querySelectorAll(".range")) range.dispatchEvent(new Event("input"));
    (document.getElementById(wanted) ?? question.querySelector("input:not([type=hidden])"))?.focus();
  }
  document.addEventListener("click", (event) => {
    const panel = event.target.closest?.("[data-keep]")?.closest(".repair");
    if (!panel) return;
    event.preventDefault();
    keep(panel);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const panel = document.getElementById("repair");
    if (panel) return keep(panel);
    document.querySelector(".breakdown[open]")?.removeAttribute("open");
  });
  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll(".breakdown[open]")) if (!open.contains(event.target)) open.removeAttribute("open");
  });

  // --- htmx: what arrived is dressed; an answer makes older panels and offers to undo untrue, so only the newest stay
  function settle() {
    const panels = [...document.querySelectorAll(".repair")];
    for (const panel of panels) if (panel.dataset.shown) panel.remove();
    for (const toast of document.querySelectorAll(".toast[data-undo]")) {
      if (toast.dataset.shown) toast.remove();
      else toast.dataset.shown = "true";
    }
    const panel = panels.find((each) => each.isConnected);
    if (panel) {
      panel.dataset.shown = "true";
      panel.focus({ preventScroll: true });
      panel.scrollIntoView({ block: "nearest" });
    }
  }
  settle();
  // Dates take their time: when the customer clicked meanwhile, they are about something that is no more.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const about = event.detail.xhr.getResponseHeader("X-Revision");
    if (about !== null && about !== document.getElementById("revision").value) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    // what is only asked for after a click leaves the panel that the click opened
    if (!event.detail.successful || event.detail.requestConfig.verb !== "post") return;
    dressAll(document);
    markSection();
    settle();
    document.querySelector("#notice .banner")?.scrollIntoView({ block: "center" });
  });
})();
