// Counts down how long the dates are held. Plant time may run faster than the wall clock; `data-speed` says how much.
(() => {
  const banner = document.querySelector("[data-countdown]");
  if (!banner) return;
  const until = Number(banner.dataset.countdown), speed = Number(banner.dataset.speed) || 1;
  const now = Number(banner.dataset.now), read = performance.now();
  const left = banner.querySelector("[data-left]");
  const timer = setInterval(show, 250);

  function show() {
    const seconds = Math.max(0, Math.round((until - now - speed * (performance.now() - read)) / 1000));
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds > 0) return;
    clearInterval(timer);
    banner.classList.add("banner-warn");
    banner.querySelector("p").textContent = banner.dataset.over;
  }
  show();
})();
