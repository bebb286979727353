// Lets the plant clock tick on the page: <span data-clock="address" data-now="epoch ms" data-speed="n" data-zone="Area/City">.
// The server is asked again at intervals, since somebody may set the clock.
(() => {
  const ASK_AGAIN = 10_000;
  const clock = document.querySelector("[data-clock]");
  if (!clock) return;
  const wall = clock.hasAttribute("data-clock-wall");
  const language = document.documentElement.lang;
  const format = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
    timeZone: clock.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    ...(wall ? {} : { weekday: "short", day: "numeric", month: "short" }),
  });
  let anchor = Number(clock.dataset.now), speed = Number(clock.dataset.speed), read = performance.now();

  const show = () => (clock.textContent = format.format(anchor + speed * (performance.now() - read)));

  async function ask() {
    try {
      const answer = await fetch(clock.dataset.clock, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const told = await answer.json();
      [anchor, speed, read] = [told.now, told.speed, performance.now()];
      show();
    } catch {
      // the server is away: the clock goes on by itself
    }
  }

  show();
  setInterval(show, 1000);
  setInterval(ask, ASK_AGAIN);
})();
