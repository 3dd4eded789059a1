// The graph of a trace: lots in columns, drawn on a canvas. Places come from the server; here they are only moved, enlarged and chosen.
"use strict";
(() => {
  const box = document.querySelector(".trace-graph");
  if (!box) return;
  const canvas = box.querySelector("canvas"), said = box.querySelector(".selected"), pen = canvas.getContext("2d");
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const ink = css("--ink") || "#1c2430", brand = css("--brand") || "#0b5cad";
  const COLUMN = 170, ROW = 22, WIDTH = 12, HEIGHT = 12;
  let nodes = [], edges = [], near = [], byPlace = new Map();
  let scale = 1, left = 0, top = 0, chosen = 0, waiting = false, lines = null;

  const number = node => node[2].slice(node[2].lastIndexOf("/") + 1);
  const x = node => node[0] * COLUMN, y = node => node[1] * ROW;

  function place() {
    const ratio = devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
  }

  function fit() {
    let right = 1, bottom = 1;
    for (const node of nodes) { right = Math.max(right, x(node) + 90); bottom = Math.max(bottom, y(node) + ROW); }
    scale = Math.min(canvas.clientWidth / right, canvas.clientHeight / bottom, 1.2);
    left = (canvas.clientWidth - right * scale) / 2 + 8;
    top = (canvas.clientHeight - bottom * scale) / 2 + 8;
    redraw();
  }

  function redraw() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(draw);
  }

  function draw() {
    waiting = false;
    const ratio = devicePixelRatio || 1, from = performance.now();
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
    pen.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * left, ratio * top);
    const west = -left / scale - COLUMN, east = (canvas.clientWidth - left) / scale + COLUMN;
    const north = -top / scale - ROW, south = (canvas.clientHeight - top) / scale + ROW;
    pen.lineWidth = 0.8 / Math.max(scale, 0.4);
    pen.strokeStyle = "#9aa7b5";
    pen.globalAlpha = edges.length > 3000 ? 0.35 : 0.6;
    if (scale > 0.5) {
      // Near by: only the lines that are in sight.
      pen.beginPath();
      for (const [a, b] of edges) {
        const from = nodes[a], to = nodes[b];
        const [x1, y1, x2, y2] = [x(from) + WIDTH, y(from) + HEIGHT / 2, x(to), y(to) + HEIGHT / 2];
        if (Math.max(x1, x2) < west || Math.min(x1, x2) > east || Math.max(y1, y2) < north || Math.min(y1, y2) > south) continue;
        pen.moveTo(x1, y1);
        pen.lineTo(x2, y2);
      }
      pen.stroke();
    } else {
      pen.stroke(lines);
    }
    pen.globalAlpha = 1;
    pen.fillStyle = brand;
    for (const node of nodes) {
      const [px, py] = [x(node), y(node)];
      if (px < west || px > east || py < north || py > south) continue;
      pen.globalAlpha = 0.25 + 0.75 * Math.min(1, node[3]);
      pen.fillRect(px, py, WIDTH, HEIGHT);
    }
    pen.globalAlpha = 1;
    if (scale > 0.55) {
      pen.fillStyle = ink;
      pen.font = "11px sans-serif";
      for (const node of nodes) {
        const [px, py] = [x(node), y(node)];
        if (px < west || px > east || py < north || py > south) continue;
        pen.fillText(number(node), px + WIDTH + 4, py + HEIGHT - 2);
      }
    }
    if (nodes[chosen]) {
      pen.strokeStyle = "#a3211b";
      pen.lineWidth = 2.5 / scale;
      pen.beginPath();
      for (const other of near[chosen]) {
        const [a, b] = x(nodes[other]) < x(nodes[chosen]) ? [other, chosen] : [chosen, other];
        pen.moveTo(x(nodes[a]) + WIDTH, y(nodes[a]) + HEIGHT / 2);
        pen.lineTo(x(nodes[b]), y(nodes[b]) + HEIGHT / 2);
      }
      pen.stroke();
      pen.strokeRect(x(nodes[chosen]) - 2, y(nodes[chosen]) - 2, WIDTH + 4, HEIGHT + 4);
    }
    box.dataset.frameMs = (performance.now() - from).toFixed(2);
  }

  function choose(index) {
    if (!nodes[index]) return;
    chosen = index;
    const node = nodes[index];
    said.textContent = `${number(node)} · ${(100 * node[3]).toFixed(2)}%`;
    const px = left + x(node) * scale, py = top + y(node) * scale;
    if (px < 20 || px > canvas.clientWidth - 90) left += canvas.clientWidth / 2 - px;
    if (py < 20 || py > canvas.clientHeight - 20) top += canvas.clientHeight / 2 - py;
    redraw();
  }

  function zoom(factor, cx, cy) {
    const to = Math.min(6, Math.max(0.005, scale * factor));
    left = cx - (cx - left) * to / scale;
    top = cy - (cy - top) * to / scale;
    scale = to;
    redraw();
  }

  function at(event) {
    const rect = canvas.getBoundingClientRect();
    const px = (event.clientX - rect.left - left) / scale, py = (event.clientY - rect.top - top) / scale;
    const column = Math.round((px - WIDTH / 2) / COLUMN), row = Math.round((py - HEIGHT / 2) / ROW);
    const found = byPlace.get(`${column}:${row}`);
    return found !== undefined && Math.abs(px - x(nodes[found]) - WIDTH / 2) < WIDTH * 4 ? found : undefined;
  }

  const open = () => { if (nodes[chosen]) location.href = box.dataset.lot + encodeURIComponent(nodes[chosen][2]); };

  // The nearest lot in a column beside, or the next one in the same column.
  function step(columns, rows) {
    const node = nodes[chosen];
    let best, least = Infinity;
    if (rows) {
      nodes.forEach((other, index) => {
        const distance = (other[1] - node[1]) * rows;
        if (other[0] === node[0] && distance > 0 && distance < least) { least = distance; best = index; }
      });
    } else {
      for (const index of near[chosen]) {
        const other = nodes[index];
        const distance = Math.abs(other[1] - node[1]);
        if ((other[0] - node[0]) * columns > 0 && distance < least) { least = distance; best = index; }
      }
    }
    if (best !== undefined) choose(best);
  }

  canvas.addEventListener("keydown", event => {
    const middle = [canvas.clientWidth / 2, canvas.clientHeight / 2];
    const keys = {
      ArrowLeft: () => step(-1, 0), ArrowRight: () => step(1, 0), ArrowUp: () => step(0, -1), ArrowDown: () => step(0, 1),
      "+": () => zoom(1.25, ...middle), "=": () => zoom(1.25, ...middle), "-": () => zoom(0.8, ...middle), 0: fit, Enter: open,
    };
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  canvas.addEventListener("wheel", event => {
    event.preventDefault();
    const rect = canvas.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY / 400), event.clientX - rect.left, event.clientY - rect.top);
  }, { passive: false });
  let held = null;
  canvas.addEventListener("pointerdown", event => {
    held = { x: event.clientX, y: event.clientY, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", event => {
    if (!held) return;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moved && Math.hypot(dx, dy) < 4) return;
    Object.assign(held, { x: event.clientX, y: event.clientY, moved: true });
    left += dx;
    top += dy;
    redraw();
  });
  canvas.addEventListener("pointerup", event => {
    if (held && !held.moved) {
      const found = at(event);
      if (found !== undefined) choose(found);
    }
    held = null;
  });
  canvas.addEventListener("dblclick", event => { const found = at(event); if (found !== undefined) { choose(found); open(); } });
  addEventListener("resize", () => { place(); redraw(); });

  fetch(box.dataset.url, { credentials: "same-origin", headers: { accept: "application/json" } })
    .then(answer => answer.ok ? answer.json() : Promise.reject(answer.status))
    .then(data => {
      ({ nodes, edges } = data);
      near = nodes.map(() => []);
      lines = new Path2D();
      for (const [a, b] of edges) {
        near[a].push(b);
        near[b].push(a);
        lines.moveTo(x(nodes[a]) + WIDTH, y(nodes[a]) + HEIGHT / 2);
        lines.lineTo(x(nodes[b]), y(nodes[b]) + HEIGHT / 2);
      }
      byPlace = new Map(nodes.map((node, index) => [`${node[0]}:${node[1]}`, index]));
      place();
      fit();
      said.textContent = nodes[0] ? `${number(nodes[0])} · 100%` : "";
      box.dataset.nodes = nodes.length;
    })
    .catch(() => { box.classList.add("failed"); });
})();
