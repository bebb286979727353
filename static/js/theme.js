// Sets the stored theme before the first paint, so that no page flashes in the wrong one. Loaded without defer.
(() => {
  const KEY = "linewright-theme";
  const ORDER = ["system", "light", "dark"];
  const root = document.documentElement;

  function stored() {
    try {
      return ORDER.includes(localStorage.getItem(KEY)) ? localStorage.getItem(KEY) : "system";
    } catch {
      return "system"; // storage is switched off: the system decides
    }
  }

  function show(theme) {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const toggle of document.querySelectorAll("[data-theme-toggle]")) {
      toggle.setAttribute("aria-label", toggle.dataset[`label${theme[0].toUpperCase()}${theme.slice(1)}`] ?? theme);
    }
    document.dispatchEvent(new CustomEvent("themechange", { detail: theme }));
  }

  if (!root.hasAttribute("data-theme-fixed")) {
    show(stored());
    document.addEventListener("DOMContentLoaded", () => show(stored()));
    addEventListener("storage", (event) => event.key === KEY && show(stored()));
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    const next = ORDER[(ORDER.indexOf(stored()) + 1) % ORDER.length];
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // not kept, but shown
    }
    show(next);
  });
})();
