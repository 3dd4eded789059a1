// Charts of the pages that have some. Each stands in an element with `data-chart` and takes its figures from `data-url`;
// tips are drawn on the canvas, because the policy forbids styles in markup.
"use strict";
(() => {
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const font = () => getComputedStyle(document.body).fontFamily;

  // States differ by shape as well as by colour.
  const looks = () => ({
    missing: { symbol: "diamond", color: css("--bad") || "#a3211b" },
    weak: { symbol: "triangle", color: "#d99000" },
    outside: { symbol: "rect", color: "#7a5cc0" },
    strong: { symbol: "circle", color: css("--good") || "#10683c" },
    idle: { symbol: "circle", color: "#b8c1cc" },
  });

  const kinds = {
    chain(box, data) {
      const look = looks(), ink = css("--ink") || "#1c2430";
      // The drawing is laid out in the very pixels that it gets, so that marks keep their shape; a narrow screen scrolls it.
      const row = 24, pad = { left: 24, right: 130, top: 24, bottom: 24 };
      const width = Math.max(box.clientWidth - 2, data.columns * 124 + pad.right);
      const height = Math.max(420, data.rows * row + pad.top + pad.bottom);
      const canvas = document.createElement("div");
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      box.replaceChildren(canvas);
      const xs = data.nodes.map(n => n.x), ys = data.nodes.map(n => n.y);
      const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
      const scale = (value, from, to, length) => to > from ? (value - from) / (to - from) * length : length / 2;
      const x = n => scale(n.x, left, right, width - pad.left - pad.right);
      const y = n => scale(n.y, top, bottom, height - pad.top - pad.bottom);
      const option = {
        textStyle: { fontFamily: font() },
        animation: false,
        tooltip: { renderMode: "richText", confine: true, backgroundColor: "#fff", borderColor: "#888", textStyle: { color: ink, fontSize: 13 }, formatter: p => p.dataType === "node" ? p.data.tip : "" },
        series: [{
          type: "graph", layout: "none", roam: true, scaleLimit: { min: 0.3, max: 6 }, nodeScaleRatio: 0.5,
          ...pad,
          edgeSymbol: ["none", "arrow"], edgeSymbolSize: 5,
          emphasis: { focus: "adjacency", label: { show: true } },
          labelLayout: { hideOverlap: true },
          data: data.nodes.map(n => ({
            id: n.id, name: n.name, tip: n.tip, x: x(n), y: y(n),
            symbol: look[n.state].symbol, symbolSize: n.size,
            itemStyle: { color: look[n.state].color, borderColor: "#fff", borderWidth: 1 },
            label: { show: true, position: "right", formatter: "{b}", fontSize: n.state === "idle" ? 10 : 12, color: n.state === "idle" ? "#5a6675" : ink, fontWeight: n.state === "missing" ? "bold" : "normal" },
          })),
          links: data.links.map(l => ({
            source: l.source, target: l.target,
            lineStyle: { color: "#9aa7b5", opacity: 0.45, width: 1, curveness: l.recycled ? 0.15 : 0.08, type: l.recycled ? "dashed" : "solid" },
          })),
        }],
      };
      const chart = draw(canvas, option);
      // Where it is larger than its box, what is missing comes into view first.
      const missing = data.nodes.filter(n => n.state === "missing");
      const seen = missing.length ? missing : data.nodes;
      const middle = (place, size) => seen.reduce((sum, n) => sum + place(n), 0) / Math.max(1, seen.length) - size / 2;
      box.scrollLeft = middle(x, box.clientWidth);
      box.scrollTop = middle(y, box.clientHeight);
      chart.on("click", event => {
        if (event.dataType !== "node") return;
        const to = box.dataset.drill + encodeURIComponent(event.data.id);
        const target = document.querySelector(box.dataset.target);
        if (!target) { location.href = to; return; }
        fetch(to, { headers: { "hx-request": "true" }, credentials: "same-origin" })
          .then(answer => answer.ok ? answer.text() : Promise.reject(answer.status))
          .then(text => {
            target.innerHTML = text;
            if (matchMedia("(max-width: 1080px)").matches) target.scrollIntoView({ behavior: "smooth" });
          })
          .catch(() => { location.href = to; });
      });
    },
    sankey(box, data) {
      const ink = css("--ink") || "#1c2430";
      const colors = { process: "#2b6cb0", in: "#2f855a", out: "#6b46c1", waste: "#a3211b", return: "#b7791f" };
      const names = new Map(data.nodes.map(n => [n.key, n.name]));
      const canvas = document.createElement("div");
      canvas.style.width = `${Math.max(box.clientWidth - 2, 760)}px`;
      canvas.style.height = `${Math.max(420, data.nodes.length * 24)}px`;
      box.replaceChildren(canvas);
      const number = value => value.toLocaleString(undefined, { maximumFractionDigits: 3 });
      draw(canvas, {
        textStyle: { fontFamily: font() }, animation: false,
        tooltip: { renderMode: "richText", confine: true, formatter: p => p.dataType === "edge"
          ? `${names.get(p.data.source)} → ${names.get(p.data.target)}\n${p.data.product}: ${number(p.data.value)} ${data.unit}`
          : `${names.get(p.name)}: ${number(p.value)} ${data.unit}` },
        series: [{
          type: "sankey", left: 10, right: 170, top: 10, bottom: 10, nodeGap: 10, layoutIterations: 64, draggable: false,
          emphasis: { focus: "adjacency" },
          label: { formatter: p => names.get(p.name), color: ink, fontSize: 12 },
          lineStyle: { color: "gradient", opacity: 0.35 },
          data: data.nodes.map(n => ({ name: n.key, itemStyle: { color: colors[n.class] } })),
          links: data.links.map(l => ({ source: l.from, target: l.to, value: l.kg, product: l.product })),
        }],
      });
    },

    // One small chart below the other, on one axis of time: the lines have different units.
    lines(box, data) {
      const ink = css("--ink") || "#1c2430", height = 110, gap = 46;
      const canvas = document.createElement("div");
      canvas.style.width = `${Math.max(box.clientWidth - 2, 320)}px`;
      canvas.style.height = `${data.lines.length * (height + gap) + 30}px`;
      box.replaceChildren(canvas);
      const top = index => index * (height + gap) + 28;
      draw(canvas, {
        textStyle: { fontFamily: font() }, animation: false,
        axisPointer: { link: [{ xAxisIndex: "all" }] },
        tooltip: { trigger: "axis", renderMode: "richText", confine: true },
        title: data.lines.map((line, index) => ({ text: line.unit ? `${line.name} (${line.unit})` : line.name, top: top(index) - 24, left: 4, textStyle: { fontSize: 12, fontWeight: "normal", color: ink } })),
        grid: data.lines.map((_, index) => ({ left: 64, right: 16, top: top(index), height })),
        xAxis: data.lines.map((_, index) => ({ type: "value", gridIndex: index, min: "dataMin", max: "dataMax", axisLabel: { showMaxLabel: false }, name: index === data.lines.length - 1 ? data.x : "", nameLocation: "middle", nameGap: 18 })),
        yAxis: data.lines.map((_, index) => ({ type: "value", gridIndex: index, scale: true, splitNumber: 3 })),
        series: data.lines.map((line, index) => ({ type: "line", name: line.name, xAxisIndex: index, yAxisIndex: index, showSymbol: false, data: line.points, lineStyle: { width: 1.5 } })),
      });
    },
  };

  function draw(box, option) {
    const chart = echarts.init(box, null, { renderer: "canvas" });
    chart.setOption(option);
    return chart;
  }

  for (const box of document.querySelectorAll("[data-chart]")) {
    fetch(box.dataset.url, { credentials: "same-origin", headers: { accept: "application/json" } })
      .then(answer => answer.ok ? answer.json() : Promise.reject(answer.status))
      .then(data => kinds[box.dataset.chart](box, data))
      .catch(() => { box.classList.add("failed"); });
  }
})();
