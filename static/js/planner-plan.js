// The plan on the stations: vis-timeline, filled window by window, with one order picked at a time.
// Text goes into the page as text nodes only; what an order looks like beside the plan comes from the server.
(() => {
  const chart = document.getElementById("chart");
  if (!chart || !window.vis) return;
  const DAY = 86_400_000, HOUR = 3_600_000, SETTLE = 1000;
  const panel = document.getElementById("panel"), split = panel.parentElement;
  const note = chart.querySelector("[data-note]"), count = document.querySelector("[data-count]");
  const data = chart.dataset, shapes = {
    c: '<circle cx="5" cy="5" r="4"/>', t: '<path d="M5 .8 9.5 9h-9z"/>', k: '<rect x="1" y="1" width="8" height="8"/>',
  };
  const words = { waiting: "waiting", released: "released to the line", running: "running", done: "done", failed: "stopped" };
  const late = data.late ? data.late.split(",") : [];
  const items = new vis.DataSet(), groups = new vis.DataSet();
  const asked = new URLSearchParams(location.search);
  let loaded = null, picked = null, links = [], folded = [], pending = 0;

  // ---------------------------------------------------------------- folded nights: lengths are counted without them
  const seen = (from, to) =>
    folded.reduce((length, [a, b]) => length - Math.max(0, Math.min(b, to) - Math.max(a, from)), to - from);
  function forward(from, length) {
    let at = from;
    for (const [a, b] of folded) {
      if (b <= at) continue;
      if (at + length < a) break;
      if (at < a) length -= a - at;
      at = b;
    }
    return at + length;
  }
  function back(from, length) {
    let at = from;
    for (const [a, b] of [...folded].reverse()) {
      if (a >= at) continue;
      if (at - length > b) break;
      if (at > b) length -= at - b;
      at = a;
    }
    return at - length;
  }

  // ---------------------------------------------------------------- plant time: the plant's zone, the plant's clock
  const zoneParts = new Intl.DateTimeFormat("en-GB", {
    timeZone: data.zone, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", hourCycle: "h23",
  });
  const offsets = new Map();
  function offset(ms) {
    const quarter = Math.floor(ms / 900_000);
    if (!offsets.has(quarter)) {
      const p = Object.fromEntries(zoneParts.formatToParts(quarter * 900_000).map(({ type, value }) => [type, Number(value)]));
      offsets.set(quarter, (Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute) - quarter * 900_000) / 60_000);
    }
    return offsets.get(quarter);
  }
  const zoned = (date) => { const m = vis.moment(date); return m.utcOffset(offset(m.valueOf())); };
  const moment = (ms) => zoned(ms).format("ddd D, HH:mm");
  const read = performance.now();
  const now = () => Number(data.now) + Number(data.speed) * (performance.now() - read);

  // ---------------------------------------------------------------- bars
  function bar(item) {
    if (!item.mark) return "";
    const place = document.createElement("div");
    place.className = "bar-in";
    place.innerHTML = `<svg viewBox="0 0 10 10" aria-hidden="true">${shapes[item.mark]}</svg>`;
    place.append(Object.assign(document.createElement("span"), { textContent: item.label }));
    return place;
  }
  function row(group) {
    const place = document.createElement("div");
    place.className = "row-name";
    place.append(Object.assign(document.createElement("span"), { textContent: group.name }));
    if (group.code) place.append(Object.assign(document.createElement("span"), { className: "code", textContent: group.code }));
    return place;
  }
  const classes = (b) =>
    `fam-${b.mark} is-${b.state}${b.late ? " is-late" : ""}${b.order === picked ? " is-picked" : ""}`;
  const title = (b) => [
    `${b.order}${b.unit ? `, unit ${b.unit}` : ""}`, b.name + (b.family ? `, ${b.family}` : ""),
    `planned ${moment(b.planned[0])} – ${zoned(b.planned[1]).format("HH:mm")}`,
    ...(b.start !== b.planned[0] ? [`really ${moment(b.start)} – ${b.state === "running" ? "now" : zoned(b.end).format("HH:mm")}`] : []),
    words[b.state] + (b.late ? ", order is late" : ""),
  ].map((text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)).join("\n");

  const part = (b) =>
    b.state === "running" ? `--part: ${Math.round((100 * Math.min(1, Math.max(0, now() - b.start) / (b.end - b.start))))}%` : "";

  function show(answer) {
    const rows = answer.lines.flatMap((line, n) => [
      { id: line.id, name: line.name, order: n * 1000, nestedGroups: line.stations.map((s) => s.id), className: "line-row" },
      ...line.stations.map((s, k) => ({ id: s.id, name: s.name, code: s.code, order: n * 1000 + k + 1 })),
    ]);
    if (groups.length !== rows.length) { groups.clear(); groups.add(rows); }
    const fresh = [
      ...answer.closed.map((c) => ({ id: c.id, group: c.station, start: c.start, end: c.end, type: "background", className: "closed" })),
      ...answer.changeovers.map((c) => ({ id: c.id, group: c.station, start: c.start, end: c.end, type: "range", className: "co", selectable: false, title: `changeover ${c.text}` })),
      ...answer.bars.map((b) => ({
        id: b.id, group: b.station, start: b.start, end: b.end, type: "range", className: classes(b), title: title(b),
        mark: b.mark, label: b.label, style: part(b), order: b.order, bar: b,
      })),
    ];
    const kept = new Set(fresh.map((item) => item.id));
    items.remove(items.getIds().filter((id) => !kept.has(id)));
    items.update(fresh);
    note.textContent = answer.bars.length ? "" : "Nothing is planned here.";
    count.textContent = `${answer.bars.length.toLocaleString("en")} operations in view`;
    if (JSON.stringify(answer.seams) !== JSON.stringify(folded)) {
      folded = answer.seams;
      timeline.setOptions({ hiddenDates: answer.seams.map(([start, end]) => ({ start: new Date(start), end: new Date(end) })) });
      goTo(inView()[0]);
    }
  }
  async function load(from, to) {
    const margin = Math.max(to - from, DAY);
    const span = [Math.floor(from - margin), Math.ceil(to + margin)];
    try {
      const answer = await fetch(`${data.bars}&from=${span[0]}&to=${span[1]}`);
      if (!answer.ok) throw new Error(await answer.text());
      show(await answer.json());
      loaded = span;
    } catch (error) {
      note.textContent = `The plan cannot be read: ${error.message}`;
    }
  }
  const inView = () => { const view = timeline.getWindow(); return [view.start.valueOf(), view.end.valueOf()]; };
  async function follow() {
    const [from, to] = inView();
    if (!loaded || from < loaded[0] || to > loaded[1]) await load(from, to);
  }

  // ---------------------------------------------------------------- the chart
  const day = asked.get("day") ? Date.parse(`${asked.get("day")}T04:00:00Z`) : NaN;
  let length = 16 * HOUR;
  const first = Number.isNaN(day) ? Math.max(Number(data.start), Math.min(now(), Number(data.end)) - DAY / 8) - DAY / 48 : day;
  const timeline = new vis.Timeline(chart, items, groups, {
    start: first, end: first + length, height: "100%", stack: false, orientation: { axis: "top", item: "top" },
    margin: { item: { horizontal: 0, vertical: 7 }, axis: 7 }, groupOrder: "order", verticalScroll: true, horizontalScroll: true,
    zoomKey: "ctrlKey", zoomMin: 1_800_000, zoomMax: 110 * DAY, moment: zoned, template: bar, groupTemplate: row,
    showCurrentTime: true, dataAttributes: ["id"], selectable: true, tooltip: { followMouse: false, delay: 250 },
    format: { minorLabels: { hour: "HH", minute: "HH:mm", weekday: "ddd D", day: "D" }, majorLabels: { minute: "ddd D MMM", hour: "ddd D MMM", weekday: "MMMM", day: "MMMM" } },
  });
  // vis stays hidden until it is drawn after its window has changed once. It tells of the change late, perhaps after the
  // last drawing, and not at all when it is given the window that it has.
  function unveil() { timeline.off("rangechanged", unveil); timeline.redraw(); }
  timeline.on("rangechanged", unveil);
  timeline.setWindow(first, first + length + 1000, { animation: false });
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.classList.add("links");
  drawing.setAttribute("aria-hidden", "true");
  chart.append(drawing);

  function draw() {
    drawing.replaceChildren();
    if (!links.length) return;
    const frame = chart.querySelector(".vis-panel.vis-center").getBoundingClientRect(), base = chart.getBoundingClientRect();
    for (const [name, value] of [["left", frame.left - base.left], ["top", frame.top - base.top], ["width", frame.width], ["height", frame.height]])
      drawing.style[name] = `${value}px`;
    const box = (id) => chart.querySelector(`.vis-item.vis-range[data-id="${id}"]`)?.getBoundingClientRect();
    for (const [before, after] of links) {
      const a = box(before), b = box(after);
      if (!a || !b) continue;
      const [x1, y1, x2, y2] = [a.right - frame.left, a.top + 13 - frame.top, b.left - frame.left, b.top + 13 - frame.top];
      const gap = y2 === y1 ? y1 : y1 + (y2 > y1 ? 20 : -20);
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", `M${x1} ${y1}h4V${gap}H${x2 - 7}V${y2}h5m-4 -3l4 3l-4 3`);
      drawing.append(path);
    }
  }

  // ---------------------------------------------------------------- one order picked
  function mark() {
    const changed = items.get({ filter: (item) => item.bar && (item.order === picked) !== item.className.includes("is-picked") });
    items.update(changed.map((item) => ({ id: item.id, className: classes(item.bar) })));
    chart.classList.toggle("has-selection", picked !== null);
  }
  async function pick(number, go = false) {
    picked = number;
    links = [];
    mark();
    if (timeline.customTimes.length) timeline.removeCustomTime("promise");
    split.classList.toggle("no-panel", number === null);
    if (number === null) return panel.replaceChildren();
    const answer = await fetch(data.order.replace("NUMBER", encodeURIComponent(number)));
    if (picked !== number) return;
    if (!answer.ok) { panel.textContent = answer.status === 404 ? `There is no order ${number}.` : "The order cannot be read."; return; }
    panel.innerHTML = await answer.text();
    const order = panel.querySelector("#order").dataset;
    links = order.links ? order.links.split(",").map((pair) => pair.split(">")) : [];
    timeline.addCustomTime(Number(order.due), "promise");
    timeline.setCustomTimeMarker(`${number} promised`, "promise", false);
    timeline.setCustomTimeTitle(`${number} promised ${moment(Number(order.due))}`, "promise");
    chart.querySelector(".vis-custom-time.promise")?.classList.add("promise");
    if (go && order.start) goTo(back(Number(order.start), length / 4));
    requestAnimationFrame(draw);
  }
  timeline.on("select", ({ items: [id] }) => { const item = id === undefined ? null : items.get(id); pick(item?.order ?? null); });
  timeline.on("rangechanged", ({ byUser }) => { if (byUser) length = seen(...inView()); follow(); });
  timeline.on("changed", draw);
  panel.addEventListener("click", (event) => event.target.closest("[data-close-panel]") && pick(null));

  // ---------------------------------------------------------------- tools and keys
  function goTo(from) {
    const start = forward(from, 0); // never into a folded night
    timeline.setWindow(start, forward(start, length), { animation: false });
  }
  const toNow = () => goTo(back(now(), length / 4));
  function zoomTo(button) {
    for (const other of document.querySelectorAll("[data-zoom]")) other.setAttribute("aria-pressed", String(other === button));
    const [from, to] = inView(), shows = now() > from && now() < to;
    length = Number(button.dataset.zoom) * HOUR;
    shows ? toNow() : goTo(from);
  }
  function walk(step) {
    if (late.length) pick(late[(late.indexOf(picked) + step + late.length) % late.length] ?? late[0], true);
  }
  for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => zoomTo(button));
  document.querySelector("[data-zoom-by=in]").addEventListener("click", () => zoomBy(0.6));
  document.querySelector("[data-zoom-by=out]").addEventListener("click", () => zoomBy(1 / 0.6));
  document.querySelector("[data-now-button]").addEventListener("click", toNow);
  document.querySelector("[data-plan]").addEventListener("change", (event) => location.assign(`?plan=${event.target.value}`));
  const find = document.querySelector("[data-find]");
  find.addEventListener("change", () => find.value.trim() && pick(find.value.trim(), true));
  function zoomBy(factor) {
    const [from] = inView(), rest = length * (1 - factor) / 2;
    length *= factor;
    goTo(rest > 0 ? forward(from, rest) : back(from, -rest));
  }
  const slide = (share) => { const [from] = inView(); goTo(share > 0 ? forward(from, share * length) : back(from, -share * length)); };
  const keys = {
    n: toNow, f: () => find.focus(), "+": () => zoomBy(0.6), "-": () => zoomBy(1 / 0.6), j: () => walk(1), k: () => walk(-1),
    arrowleft: () => slide(-0.25), arrowright: () => slide(0.25), escape: () => pick(null), m: () => document.querySelector("[data-key=m]")?.focus(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select")) { if (event.key === "Escape") event.target.blur(); return; }
    const deed = keys[event.key.toLowerCase()];
    if (deed) { event.preventDefault(); deed(); }
  });

  // ---------------------------------------------------------------- alive
  timeline.setCurrentTime(now());
  setInterval(() => timeline.setCurrentTime(now()), 1000);
  async function news() {
    pending = 0;
    if (loaded) { const span = loaded; loaded = null; const third = (span[1] - span[0]) / 3; await load(span[0] + third, span[1] - third); }
  }
  new EventSource(data.live).addEventListener("message", (event) => {
    if (!asked.has("plan") && JSON.parse(event.data).published) return location.reload();
    pending ||= setTimeout(news, SETTLE);
  });
  follow().then(() => (asked.get("order") ? pick(asked.get("order"), true) : goTo(first)));
})();
