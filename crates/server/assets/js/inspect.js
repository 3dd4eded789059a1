// The charts of an inspection, again every few seconds while it is under way; and pictures that can be looked at closely.
"use strict";
(() => {
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const ink = css("--ink") || "#1c2430", line = "#1f5f8b", alarm = css("--bad") || "#a3211b";
  const base = { animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily } };
  const tip = { renderMode: "richText", confine: true, backgroundColor: "#fff", borderColor: "#888", textStyle: { color: ink, fontSize: 13 } };
  const digits = value => Number(value.toPrecision(5));

  function control(chart, words) {
    const at = new Map(chart.frames.map((frame, i) => [frame, i]));
    const limit = data => ({ type: "line", data, showSymbol: false, silent: true, lineStyle: { color: alarm, type: "dashed", width: 1 } });
    return {
      ...base,
      grid: { left: 64, right: 16, top: 28, bottom: 28 },
      title: { text: chart.name, textStyle: { fontSize: 13, fontWeight: "normal", color: ink }, left: 4, top: 2 },
      tooltip: { ...tip, trigger: "axis", formatter: p => `${words.frame} ${p[0].axisValue}\n${digits(p[0].data)}` },
      xAxis: { type: "category", data: chart.frames, axisLabel: { color: ink } },
      // A share ends at 100, wherever its upper limit lies.
      yAxis: {
        type: "value", scale: true, axisLabel: { color: ink, formatter: digits },
        max: value => (["yield", "ewma"].includes(chart.part) && value.max > 100 ? 100 : null),
      },
      series: [
        {
          type: "line", data: chart.values, symbolSize: 4, lineStyle: { color: line, width: 1.5 }, itemStyle: { color: line },
          markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: "#667", width: 1 }, data: [{ yAxis: chart.centre }] },
        },
        limit(chart.high), limit(chart.low),
        {
          type: "scatter", symbol: "diamond", symbolSize: 11, itemStyle: { color: alarm }, tooltip: { show: false },
          data: [...new Set(chart.marks.map(mark => mark.frame))].filter(frame => at.has(frame)).map(frame => [at.get(frame), chart.values[at.get(frame)]]),
        },
      ],
    };
  }

  function pareto(rows, words) {
    const total = rows.reduce((sum, row) => sum + row.count, 0);
    let sum = 0;
    const share = rows.map(row => digits(100 * (sum += row.count) / total));
    return {
      ...base,
      grid: { left: 52, right: 52, top: 20, bottom: 48 },
      tooltip: { ...tip, trigger: "axis" },
      xAxis: { type: "category", data: rows.map(row => row.name), axisLabel: { color: ink, interval: 0, rotate: rows.length > 5 ? 30 : 0 } },
      yAxis: [{ type: "value", axisLabel: { color: ink } }, { type: "value", min: 0, max: 100, axisLabel: { color: ink, formatter: "{value}%" }, splitLine: { show: false } }],
      series: [
        { name: words.defects, type: "bar", data: rows.map(row => row.count), itemStyle: { color: line }, barMaxWidth: 48 },
        { name: words.share, type: "line", yAxisIndex: 1, data: share, lineStyle: { color: "#d99000" }, itemStyle: { color: "#d99000" } },
      ],
    };
  }

  function spots(map, words) {
    const data = map.counts.map((count, i) => [i % map.columns, Math.floor(i / map.columns), count]);
    const name = at => map.step > 1 ? `${at * map.step}…` : `${at}`;
    return {
      ...base,
      grid: { left: 44, right: 12, top: 12, bottom: 56 },
      tooltip: { ...tip, formatter: p => `${words.row} ${name(p.data[1])}, ${words.column} ${name(p.data[0])}: ${p.data[2]}` },
      xAxis: { type: "category", data: Array.from({ length: map.columns }, (_, i) => name(i)), axisLabel: { color: ink } },
      yAxis: { type: "category", inverse: true, data: Array.from({ length: map.rows }, (_, i) => name(i)), axisLabel: { color: ink } },
      visualMap: { min: 0, max: Math.max(1, ...map.counts), calculable: false, orient: "horizontal", left: "center", bottom: 4, itemHeight: 120, itemWidth: 12, inRange: { color: ["#eef2f5", "#8fb8d4", "#1f5f8b", "#0b2a42"] } },
      series: [{ type: "heatmap", data }],
    };
  }

  const boxes = section => [...section.querySelectorAll("[data-part]")];
  const fit = section => boxes(section).forEach(box => echarts.getInstanceByDom(box)?.resize());

  function draw(section, data) {
    const options = new Map((data.charts || []).map(chart => [chart.part, control(chart, data.words)]));
    if (data.pareto.length) options.set("pareto", pareto(data.pareto, data.words));
    if (data.spots && data.spots.counts.some(count => count > 0)) options.set("spots", spots(data.spots, data.words));
    const shown = boxes(section).filter(box => options.has(box.dataset.part));
    // All of them take their places before the first is drawn: each is as wide as the others leave it.
    for (const box of shown) box.closest("figure").hidden = false;
    for (const box of shown) {
      const chart = echarts.getInstanceByDom(box) || echarts.init(box, null, { renderer: "canvas" });
      chart.setOption(options.get(box.dataset.part), true);
    }
    fit(section);
  }

  for (const section of document.querySelectorAll("[data-inspection]")) {
    const again = () => fetch(section.dataset.inspection, { credentials: "same-origin", headers: { accept: "application/json" } })
      .then(answer => answer.ok ? answer.json() : Promise.reject(answer.status))
      .then(data => {
        draw(section, data);
        section.dataset.drawn = "true";
        if (data.running) setTimeout(again, 2000);
        else if (section.dataset.running) location.reload();
        if (data.running) section.dataset.running = "true";
      })
      .catch(() => { section.classList.add("failed"); setTimeout(again, 10000); });
    again();
    addEventListener("resize", () => fit(section));
  }

  // A picture in a window: its place and scale, changed by wheel, fingers, mouse and keys.
  for (const frame of document.querySelectorAll("[data-zoom]")) {
    const picture = frame.querySelector("img");
    let scale = 1, x = 0, y = 0;
    const fingers = new Map();
    const place = () => {
      const [w, h] = [frame.clientWidth, frame.clientHeight];
      scale = Math.min(24, Math.max(1, scale));
      x = Math.min(0, Math.max(w - w * scale, x));
      y = Math.min(0, Math.max(Math.min(0, h - picture.clientHeight * scale), y));
      picture.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
      picture.style.imageRendering = scale > 3 ? "pixelated" : "auto";
    };
    const zoom = (factor, cx, cy) => {
      const next = Math.min(24, Math.max(1, scale * factor));
      x = cx - (cx - x) * next / scale;
      y = cy - (cy - y) * next / scale;
      scale = next;
      place();
    };
    const at = event => {
      const box = frame.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    frame.addEventListener("wheel", event => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 400), ...at(event));
    }, { passive: false });
    frame.addEventListener("pointerdown", event => {
      frame.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, at(event));
    });
    frame.addEventListener("pointermove", event => {
      if (!fingers.has(event.pointerId)) return;
      const before = [...fingers.values()];
      const old = fingers.get(event.pointerId);
      fingers.set(event.pointerId, at(event));
      const now = [...fingers.values()];
      if (now.length === 1) {
        x += now[0][0] - old[0];
        y += now[0][1] - old[1];
        place();
      } else if (now.length === 2) {
        const apart = ([a, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;
        zoom(apart(now) / apart(before), (now[0][0] + now[1][0]) / 2, (now[0][1] + now[1][1]) / 2);
      }
    });
    for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, event => fingers.delete(event.pointerId));
    picture.addEventListener("dragstart", event => event.preventDefault());
    frame.addEventListener("keydown", event => {
      const [w, h] = [frame.clientWidth / 2, frame.clientHeight / 2], step = 40;
      const keys = {
        "+": () => zoom(1.5, w, h), "=": () => zoom(1.5, w, h), "-": () => zoom(1 / 1.5, w, h),
        "0": () => { scale = 1; x = y = 0; place(); },
        ArrowLeft: () => { x += step; place(); }, ArrowRight: () => { x -= step; place(); },
        ArrowUp: () => { y += step; place(); }, ArrowDown: () => { y -= step; place(); },
      };
      if (!keys[event.key] || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      keys[event.key]();
    });
  }
})();
