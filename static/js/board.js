// Keeps a page of the floor alive: when news come, it asks for itself and takes over the parts marked data-part.
// Between two readings it counts ages (data-age, epoch ms of real time) and running cycles (data-elapsed, plant s).
(() => {
  const SETTLE = 300, FALLBACK = 15_000, OLD = 10;
  const root = document.querySelector("[data-board]");
  if (!root) return;
  const speed = Number(root.dataset.speed || 1);
  let readAt = performance.now(), pending = 0, failed = false;

  const words = (s) => {
    for (const [size, unit] of [[86400, "days"], [3600, "h"], [60, "min"]])
      if (s >= 2 * size || (size === 60 && s >= 60)) return `${Math.floor(s / size)} ${unit} ago`;
    return `${s} s ago`;
  };
  const two = (n) => String(n).padStart(2, "0");
  const stopwatch = (s) =>
    s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;

  function tick() {
    for (const place of document.querySelectorAll("[data-age]")) {
      const seconds = Math.max(0, Math.floor((Date.now() - Number(place.dataset.age)) / 1000));
      place.textContent = words(seconds);
      place.classList.toggle("is-old", seconds > OLD + FALLBACK / 1000);
    }
    const passed = ((performance.now() - readAt) / 1000) * speed;
    for (const place of document.querySelectorAll("[data-elapsed]")) {
      const seconds = Math.floor(Number(place.dataset.elapsed) + passed), planned = Number(place.dataset.planned) || 1;
      place.textContent = stopwatch(seconds);
      const bar = place.parentElement.querySelector("[data-share]");
      if (bar) bar.style.setProperty("--share", `${Math.min(100, (100 * seconds) / planned)}%`);
      place.closest(".cell")?.classList.toggle("over", seconds > planned);
    }
  }

  async function refresh() {
    pending = 0;
    try {
      const answer = await fetch(location.href, { headers: { "X-Requested-With": "board" } });
      if (answer.redirected) return location.reload();
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-part]")) {
        const next = fresh.getElementById(part.id);
        const busy = part.contains(document.activeElement) && part.querySelector("form");
        if (next && !busy && next.outerHTML !== part.outerHTML) part.replaceWith(document.adoptNode(next));
      }
      readAt = performance.now();
      failed = false;
    } catch {
      failed = true; // the ages go on counting, which is how the wall says that the server is silent
    }
    document.body.classList.toggle("is-silent", failed);
    tick();
  }
  const soon = () => (pending ||= setTimeout(refresh, SETTLE));

  // A key leads to its button; Enter presses it: a stray key must not decide anything.
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`)?.focus();
  });

  if (root.dataset.live) new EventSource(root.dataset.live).addEventListener("message", soon);
  setInterval(soon, FALLBACK);
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", () => document.hidden || soon());
  tick();
})();
