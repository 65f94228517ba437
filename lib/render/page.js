"use strict";
// Draws the chart that stands as JSON in the element "chart" and answers to the mouse. Needs nothing
// from outside the page.
(() => {
  const chart = JSON.parse(document.getElementById("chart").textContent);
  const picture = document.getElementById("picture");
  const tip = document.getElementById("tip");
  const controls = document.getElementById("controls");
  const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f"];
  const color = (i) => COLORS[i % COLORS.length];
  const shown = (chart.curves || []).map(() => true);
  let zoom = null; // {x: [low, high], y: [low, high]} in the axes' own terms
  let svg = null;

  // ---- elements

  function make(name, attributes, parent, text) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    parent.appendChild(element);
    return element;
  }
  function html(name, parent, text) {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    parent.appendChild(element);
    return element;
  }

  // ---- axes

  function places(axis) {
    return (value) =>
      value === null || !isFinite(value) || (axis.scale === "logarithmic" && value <= 0)
        ? null
        : axis.scale === "logarithmic" ? Math.log10(value) : value;
  }
  function extent(axis, values, margin) {
    if (axis.scale === "category") {
      const last = Math.max(axis.categories.length - 1, 1);
      return [-margin * last, last + margin * last];
    }
    const at = places(axis);
    let low = Infinity, high = -Infinity;
    for (const value of values) {
      const place = at(value);
      if (place === null) continue;
      if (place < low) low = place;
      if (place > high) high = place;
    }
    if (low > high) [low, high] = [0, 1];
    if (low === high) [low, high] = [low - (Math.abs(low) * 0.05 || 0.5), high + (Math.abs(high) * 0.05 || 0.5)];
    const room = (high - low) * margin;
    return [low - room, high + room];
  }
  function niceStep(least) {
    const power = Math.pow(10, Math.floor(Math.log10(least)));
    for (const factor of [1, 2, 5]) if (factor * power >= least * (1 - 1e-9)) return factor * power;
    return 10 * power;
  }
  const CLOCK = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  function duration(seconds) {
    const sign = seconds < 0 ? "-" : "";
    let rest = Math.abs(seconds);
    if (rest < 10 && rest % 1 !== 0) return sign + +rest.toPrecision(4) + "s";
    rest = Math.round(rest);
    if (rest === 0) return "0";
    let text = "";
    for (const [unit, letter] of [[86400, "d"], [3600, "h"], [60, "m"], [1, "s"]]) {
      if (rest >= unit) text += Math.floor(rest / unit) + letter;
      rest %= unit;
    }
    return sign + text;
  }
  function label(axis, value) {
    if (value === null || value === undefined) return "–";
    if (axis.scale === "category") return axis.categories[Math.round(value)] || "";
    if (axis.unit === "seconds") return duration(value);
    return String(+value.toPrecision(6));
  }
  function ticks(axis, [low, high], most) {
    if (axis.scale === "category") {
      return axis.categories.map((name, i) => [i, name]).filter(([i]) => i >= low && i <= high);
    }
    if (axis.scale === "logarithmic" && high - low >= 1) {
      const every = Math.max(1, Math.ceil((high - low) / most));
      const out = [];
      for (let i = Math.ceil(low); i <= high; i += every) {
        out.push([i, label(axis, Math.pow(10, i))]);
        if (high - low < 3) for (const k of [2, 5]) {
          const at = i + Math.log10(k);
          if (at <= high) out.push([at, label(axis, k * Math.pow(10, i))]);
        }
      }
      return out;
    }
    const log = axis.scale === "logarithmic";
    const [a, b] = log ? [Math.pow(10, low), Math.pow(10, high)] : [low, high];
    const least = (b - a) / most;
    let step = niceStep(least);
    if (axis.unit === "seconds" && least > 1) step = CLOCK.find((s) => s >= least) || 86400 * niceStep(least / 86400);
    const out = [];
    for (let i = Math.ceil(a / step - 1e-9); i * step <= b + 1e-9 * step; i++) {
      const value = i * step;
      if (log && value <= 0) continue;
      out.push([log ? Math.log10(value) : value, label(axis, value)]);
    }
    return out;
  }

  // ---- curves and points

  function visible() {
    return chart.curves.map((curve, i) => ({ curve, i })).filter(({ i }) => shown[i]);
  }
  function* values(which) {
    for (const { curve } of visible()) {
      for (const part of [curve.samples, curve.raw]) {
        if (part) for (const key of which) yield* part[key];
      }
    }
  }
  let frame = null; // of the last drawing: how places become pixels
  function drawPlot(width, height) {
    const margin = chart.form === "points" ? 0.04 : 0;
    const x = zoom ? zoom.x : extent(chart.x, values(["x"]), margin);
    const y = zoom && zoom.y ? zoom.y : extent(chart.y, values(["low", "high"]), 0.03);
    const rows = ticks(chart.y, y, height / 45);
    const left = 16 + 7 * Math.max(4, ...rows.map(([, text]) => text.length));
    const box = { left, top: chart.y.title ? 26 : 10, right: width - 14, bottom: height - 44 };
    const px = (at) => box.left + (at - x[0]) / (x[1] - x[0]) * (box.right - box.left);
    const py = (at) => box.bottom - (at - y[0]) / (y[1] - y[0]) * (box.bottom - box.top);
    const clip = make("clipPath", { id: "clip" }, svg);
    make("rect", { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }, clip);
    for (const [at, text] of rows) {
      make("line", { class: "grid", x1: box.left, x2: box.right, y1: py(at), y2: py(at) }, svg);
      make("text", { x: box.left - 8, y: py(at) + 4, "text-anchor": "end" }, svg, text);
    }
    for (const [at, text] of ticks(chart.x, x, width / 90)) {
      make("line", { class: "grid", x1: px(at), x2: px(at), y1: box.top, y2: box.bottom }, svg);
      make("text", { x: px(at), y: box.bottom + 18, "text-anchor": "middle" }, svg, text);
    }
    make("path", { class: "axis", fill: "none", d: `M${box.left} ${box.top}V${box.bottom}H${box.right}` }, svg);
    make("text", { x: 4, y: 14 }, svg, chart.y.title);
    make("text", { x: (box.left + box.right) / 2, y: height - 8, "text-anchor": "middle" }, svg, chart.x.title);
    const area = make("g", { "clip-path": "url(#clip)" }, svg);
    const ax = places(chart.x), ay = places(chart.y);
    frame = { box, x, y, px, py, ax, ay };
    for (const { curve, i } of visible()) {
      if (chart.form === "points") drawPoints(area, curve, i);
      else drawCurve(area, curve, i);
    }
  }
  function path(part, key) {
    let data = "", down = false;
    for (let k = 0; k < part.x.length; k++) {
      const x = frame.ax(part.x[k]), y = frame.ay(part[key][k]);
      if (x === null || y === null) { down = false; continue; }
      data += (down ? "L" : "M") + frame.px(x).toFixed(1) + " " + frame.py(y).toFixed(1);
      down = true;
    }
    return data;
  }
  function drawCurve(area, curve, i) {
    const wide = curve.raw || curve.samples;
    if (wide.low.some((low, k) => low < wide.high[k])) {
      const points = [];
      for (const [key, turned] of [["high", false], ["low", true]]) {
        const side = [];
        for (let k = 0; k < wide.x.length; k++) {
          const x = frame.ax(wide.x[k]), y = frame.ay(wide[key][k]);
          if (x !== null && y !== null) side.push(frame.px(x).toFixed(1) + " " + frame.py(y).toFixed(1));
        }
        points.push(...(turned ? side.reverse() : side));
      }
      make("path", { class: "band", fill: color(i), d: "M" + points.join("L") + "Z" }, area);
    }
    if (curve.raw) make("path", { class: "raw", stroke: color(i), d: path(curve.raw, "y") }, area);
    make("path", { class: "curve", stroke: color(i), d: path(curve.samples, "y") }, area);
  }
  function drawPoints(area, curve, i) {
    for (let k = 0; k < curve.samples.x.length; k++) {
      const x = frame.ax(curve.samples.x[k]), y = frame.ay(curve.samples.y[k]);
      if (x === null || y === null) continue;
      make("circle", { cx: frame.px(x), cy: frame.py(y), r: 5, fill: color(i), "fill-opacity": 0.75, stroke: "#fff" }, area);
    }
  }

  // ---- parallel coordinates and bars

  function shade(place) {
    const stops = [[0, 114, 178], [170, 170, 170], [213, 94, 0]];
    const at = Math.min(Math.max(place, 0), 1) * 2, below = at < 1 ? 0 : 1;
    return "rgb(" + stops[below].map((v, k) => Math.round(v + (at - below) * (stops[below + 1][k] - v))).join() + ")";
  }
  function drawParallel(width, height) {
    const box = { left: 60, top: 40, right: width - 60, bottom: height - 16 };
    const last = chart.axes.length - 1;
    const px = (axis) => box.left + axis / last * (box.right - box.left);
    const rulers = chart.axes.map((axis, k) => {
      const [low, high] = extent(axis, chart.lines.map((line) => line.values[k]), 0);
      const at = places(axis);
      const part = (place) => (place - low) / (high - low);
      return {
        low, high, part,
        place: (value) => { const place = at(value); return place === null ? null : part(place); },
      };
    });
    const py = (part) => box.bottom - part * (box.bottom - box.top);
    const order = chart.lines.map((line, i) => [rulers[last].place(line.values[last]), i]);
    order.sort((a, b) => (a[0] === null ? -1 : a[0]) - (b[0] === null ? -1 : b[0]));
    for (const [end, i] of order) {
      let data = "", down = false;
      chart.lines[i].values.forEach((value, k) => {
        const part = rulers[k].place(value);
        if (part !== null) data += (down ? "L" : "M") + px(k).toFixed(1) + " " + py(part).toFixed(1);
        down = part !== null;
      });
      const line = make("path", { class: "line", stroke: end === null ? "#bbb" : shade(end), d: data }, svg);
      line.dataset.number = i;
    }
    chart.axes.forEach((axis, k) => {
      const x = px(k), side = k === last ? -1 : 1;
      make("line", { class: "axis", x1: x, x2: x, y1: box.top, y2: box.bottom }, svg);
      make("text", { class: "title", x, y: box.top - 14, "text-anchor": "middle" }, svg, axis.title);
      for (const [at, text] of ticks(axis, [rulers[k].low, rulers[k].high], height / 45)) {
        const y = py(rulers[k].part(at));
        make("line", { class: "axis", x1: x, x2: x + 4 * side, y1: y, y2: y }, svg);
        make("text", { class: "halo", x: x + 7 * side, y: y + 4, "text-anchor": side > 0 ? "start" : "end" }, svg, text);
      }
    });
  }
  function drawBars(width, height) {
    const names = 12 + 7 * Math.max(4, ...chart.bars.map((bar) => bar.name.length));
    const most = Math.max(0, ...chart.bars.map((bar) => Math.max(bar.value, bar.high)));
    const left = Math.min(names, width / 2), scale = most > 0 ? (width - left - 80) / most : 0;
    make("text", { class: "title", x: 4, y: 14 }, svg, chart.label);
    const step = Math.min((height - 30) / Math.max(chart.bars.length, 1), 34);
    chart.bars.forEach((bar, i) => {
      const y = 26 + i * step, middle = y + step / 2;
      make("text", { x: left - 8, y: middle + 4, "text-anchor": "end" }, svg, bar.name);
      const area = make("rect", { x: left, y: y + step * 0.15, width: Math.max(bar.value, 0) * scale, height: step * 0.7, fill: color(0) }, svg);
      area.dataset.bar = i;
      const low = left + Math.max(bar.low, 0) * scale, high = left + Math.max(bar.high, 0) * scale;
      if (bar.low < bar.high) {
        const a = middle - step * 0.2, b = middle + step * 0.2;
        make("path", { stroke: "#111", "stroke-width": 1.5, d: `M${low} ${middle}H${high}M${low} ${a}V${b}M${high} ${a}V${b}` }, svg);
      }
      make("text", { x: Math.max(left + bar.value * scale, high) + 6, y: middle + 4 }, svg, String(+bar.value.toPrecision(3)));
    });
  }

  // ---- the whole

  function draw() {
    const width = Math.max(picture.clientWidth, 300);
    const height = Math.max(260, Math.min(width * 0.55, window.innerHeight - 220));
    if (svg) svg.remove();
    svg = make("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img" }, picture);
    if (chart.kind === "plot") drawPlot(width, height);
    else if (chart.kind === "parallel") drawParallel(width, height);
    else drawBars(width, height);
    listen();
  }

  // ---- the mouse

  function say(event, title, rows) {
    tip.textContent = "";
    html("b", tip, title);
    const table = html("table", tip);
    for (const [ink, name, value] of rows) {
      const row = html("tr", table);
      const first = html("td", row);
      if (ink) html("i", first).style.background = ink;
      html("td", row, name);
      html("td", row, value);
    }
    tip.hidden = false;
    const box = picture.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    tip.style.left = (x > box.width / 2 ? x - tip.offsetWidth - 14 : x + 14) + "px";
    tip.style.top = Math.max(0, Math.min(y + 10, box.height - tip.offsetHeight)) + "px";
  }
  function nearest(xs, wanted) {
    let best = -1, distance = Infinity;
    for (let k = 0; k < xs.length; k++) {
      const at = frame.ax(xs[k]);
      if (at !== null && Math.abs(at - wanted) < distance) [best, distance] = [k, Math.abs(at - wanted)];
    }
    return best;
  }
  function hoverCurves(event, x) {
    const wanted = frame.x[0] + (x - frame.box.left) / (frame.box.right - frame.box.left) * (frame.x[1] - frame.x[0]);
    let title = null;
    const rows = [], marks = [];
    for (const { curve, i } of visible()) {
      const k = nearest(curve.samples.x, wanted);
      if (k < 0) continue;
      if (title === null) title = k;
      rows.push([color(i), curve.name || chart.y.title, label(chart.y, curve.samples.y[k]), curve.samples.x[k]]);
      const px = frame.ax(curve.samples.x[k]), py = frame.ay(curve.samples.y[k]);
      if (py !== null) marks.push([frame.px(px), frame.py(py), color(i)]);
    }
    svg.querySelectorAll(".hover").forEach((element) => element.remove());
    if (!rows.length) return;
    make("line", { class: "cross hover", x1: marks.length ? marks[0][0] : x, x2: marks.length ? marks[0][0] : x, y1: frame.box.top, y2: frame.box.bottom }, svg);
    for (const [cx, cy, fill] of marks) make("circle", { class: "hover", cx, cy, r: 4, fill, stroke: "#fff" }, svg);
    say(event, `${chart.x.title} ${label(chart.x, rows[0][3])}`, rows);
  }
  function hoverPoints(event, x, y) {
    let best = null, distance = 20;
    for (const { curve, i } of visible()) {
      for (let k = 0; k < curve.samples.x.length; k++) {
        const ax = frame.ax(curve.samples.x[k]), ay = frame.ay(curve.samples.y[k]);
        if (ax === null || ay === null) continue;
        const away = Math.hypot(frame.px(ax) - x, frame.py(ay) - y);
        if (away < distance) [best, distance] = [{ curve, i, k }, away];
      }
    }
    if (!best) { tip.hidden = true; return; }
    const { samples, names } = best.curve;
    say(event, (names && names[best.k]) || best.curve.name, [
      [null, chart.x.title, label(chart.x, samples.x[best.k])],
      [null, chart.y.title, label(chart.y, samples.y[best.k])]]);
  }
  function hoverLine(event) {
    const number = event.target.dataset ? event.target.dataset.number : undefined;
    svg.querySelectorAll(".line").forEach((line) => {
      line.classList.toggle("chosen", line.dataset.number === number);
      line.classList.toggle("faded", number !== undefined && line.dataset.number !== number);
    });
    if (number === undefined) { tip.hidden = true; return; }
    const line = chart.lines[number];
    say(event, line.name, chart.axes.map((axis, k) => [null, axis.title, label(axis, line.values[k])]));
  }
  function hoverBar(event) {
    const bar = chart.bars[event.target.dataset ? event.target.dataset.bar : undefined];
    if (!bar) { tip.hidden = true; return; }
    const rows = [[null, chart.label || "value", String(+bar.value.toPrecision(6))]];
    if (bar.low < bar.high) rows.push([null, "interval", `${+bar.low.toPrecision(4)} – ${+bar.high.toPrecision(4)}`]);
    say(event, bar.name, rows);
  }
  function listen() {
    let from = null, box = null;
    const where = (event) => {
      const rect = svg.getBoundingClientRect();
      return [event.clientX - rect.left, event.clientY - rect.top];
    };
    const back = (x, y) => [
      frame.x[0] + (x - frame.box.left) / (frame.box.right - frame.box.left) * (frame.x[1] - frame.x[0]),
      frame.y[0] + (frame.box.bottom - y) / (frame.box.bottom - frame.box.top) * (frame.y[1] - frame.y[0])];
    svg.addEventListener("mousemove", (event) => {
      const [x, y] = where(event);
      if (chart.kind === "parallel") return hoverLine(event);
      if (chart.kind === "bars") return hoverBar(event);
      if (from) {
        if (!box) box = make("rect", { class: "box" }, svg);
        const area = { x: Math.min(from[0], x), y: Math.min(from[1], y), width: Math.abs(x - from[0]), height: Math.abs(y - from[1]) };
        for (const key in area) box.setAttribute(key, area[key]);
        return;
      }
      if (chart.form === "points") hoverPoints(event, x, y);
      else hoverCurves(event, x);
    });
    svg.addEventListener("mouseleave", () => {
      tip.hidden = true;
      svg.querySelectorAll(".hover").forEach((element) => element.remove());
    });
    if (chart.kind !== "plot") return;
    svg.addEventListener("mousedown", (event) => { from = where(event); tip.hidden = true; });
    svg.addEventListener("mouseup", (event) => {
      if (!from) return;
      const to = where(event), start = from;
      from = null;
      if (Math.abs(to[0] - start[0]) < 6) { if (box) draw(); return; }
      const [a, b] = [back(...start), back(...to)];
      const sorted = (p, q) => [Math.min(p, q), Math.max(p, q)];
      // A flat box means: these steps, whatever the values.
      zoom = { x: sorted(a[0], b[0]), y: Math.abs(to[1] - start[1]) < 12 ? null : sorted(a[1], b[1]) };
      draw();
    });
    svg.addEventListener("dblclick", () => { zoom = null; draw(); });
  }

  function addControls() {
    if (chart.kind !== "plot") return;
    const add = (text, act) => html("button", controls, text).addEventListener("click", act);
    add("whole picture", () => { zoom = null; draw(); });
    if (chart.y.scale !== "category") {
      const box = html("label", controls);
      const check = html("input", box);
      check.type = "checkbox";
      check.checked = chart.y.scale === "logarithmic";
      box.append(" logarithmic");
      check.addEventListener("change", () => {
        chart.y.scale = check.checked ? "logarithmic" : "linear";
        zoom = null;
        draw();
      });
    }
    html("span", controls, "drag to zoom, double click for the whole, click a name to hide it");
    const legend = document.getElementById("legend");
    chart.curves.forEach((curve, i) => {
      const entry = html("button", legend);
      entry.setAttribute("aria-pressed", "true");
      html("i", entry).style.background = color(i);
      html("span", entry, curve.name || chart.y.title);
      entry.addEventListener("click", () => {
        shown[i] = !shown[i];
        entry.setAttribute("aria-pressed", String(shown[i]));
        draw();
      });
    });
  }

  addControls();
  draw();
  window.addEventListener("resize", draw);
})();
