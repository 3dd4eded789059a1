// How smoothly the graph of a trace moves with ten thousand lots: `node frames.js` prints one JSON object. The program serves a demo
// cluster; a made-up plant of 28 stages is captured into it, each event turning three lots of the stage before into three.

import { launch, windowOf } from './lib/browser.js';
import { ACCOUNTS } from './lib/accounts.js';
import { startDemo } from './lib/program.js';

const STAGES = 28;
const EVENTS = 150;
const LOTS = 3;
const FRAMES = 120;

const lot = (stage, number) => `urn:epc:class:lgtin:9527001.000001.S${stage}N${number}`;
const quantity = (id) => ({ epcClass: id, quantity: 1, uom: 'KGM' });

function document() {
  const eventList = [];
  for (let stage = 0; stage < STAGES; stage += 1) {
    for (let event = 0; event < EVENTS; event += 1) {
      // Each lot is used once, and everything goes into everything after five stages.
      const third = Math.floor((3 * event) / EVENTS);
      const before = [0, 1, 2].map((i) => ((3 * event + i) % EVENTS) * LOTS + ((i + third) % LOTS));
      eventList.push({
        type: 'TransformationEvent',
        eventTime: `2026-10-${String(1 + stage).padStart(2, '0')}T0${event % 10}:${String(Math.floor(event / 10)).padStart(2, '0')}:00+08:00`,
        eventTimeZoneOffset: '+08:00',
        bizStep: 'commissioning',
        inputQuantityList: before.map((number) => quantity(lot(stage, number))),
        outputQuantityList: [0, 1, 2].map((i) => quantity(lot(stage + 1, event * LOTS + i))),
      });
    }
  }
  return {
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-11-01T00:00:00+08:00',
    epcisBody: { eventList },
  };
}

/** Captures a document as the secretariat's program would: with a token. */
async function capture(events) {
  const post = async (path, body, headers) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
    const answer = await fetch(server.base + path, init);
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${await answer.text()}`);
    return answer;
  };
  const session = await post('/api/v1/session', ACCOUNTS.secretariat);
  const cookie = session.headers.get('set-cookie').split(';')[0];
  const { csrf } = await session.json();
  const token = await post('/api/v1/me/tokens', { name: 'frames', may_write: true, days: 1 }, { cookie, 'x-csrf': csrf });
  const { secret } = await token.json();
  await post('/epcis/2.0/capture', events, { authorization: `Bearer ${secret}` });
}

const server = await startDemo();
const browser = await launch();
try {
  const context = await windowOf(browser, server, ACCOUNTS.secretariat);
  const page = await context.newPage();
  await capture(document());
  const last = lot(STAGES, 0);
  const path = `/ledger/trace?direction=up&lot=${encodeURIComponent(last)}`;
  // The capture is a job: the page answers once it is through.
  for (let tries = 0; (await page.goto(path)).status() !== 200; tries += 1) {
    if (tries > 60) throw new Error('the captured lots were not found within a minute');
    await page.waitForTimeout(1000);
  }
  await page.locator('.trace-graph[data-frame-ms]').waitFor();
  const lots = await page.evaluate(async () => (await (await fetch(location.href.replace('/trace?', '/trace/data?'))).json()).nodes?.length);
  const found = { lots };
  const canvas = page.locator('.trace-graph canvas');
  for (const [name, zoom] of [['all in sight', 1], ['near by', 40]]) {
    found[name] = await canvas.evaluate(
      async (canvas, { frames, zoom }) => {
        const box = canvas.closest('.trace-graph');
        const rect = canvas.getBoundingClientRect();
        const at = { clientX: rect.left + rect.width / 2, clientY: rect.top + rect.height / 2, bubbles: true, pointerId: 1, button: 0 };
        for (let factor = 1; factor < zoom; factor *= 1.15) canvas.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY: -100, cancelable: true }));
        const [drawn, between] = [[], []];
        let before = await new Promise(requestAnimationFrame);
        canvas.dispatchEvent(new PointerEvent('pointerdown', at));
        for (let frame = 0; frame < frames; frame += 1) {
          canvas.dispatchEvent(new PointerEvent('pointermove', { ...at, clientX: at.clientX + (frame % 40) * 3, clientY: at.clientY + (frame % 30) * 2 }));
          const now = await new Promise(requestAnimationFrame);
          between.push(now - before);
          before = now;
          drawn.push(Number(box.dataset.frameMs));
        }
        canvas.dispatchEvent(new PointerEvent('pointerup', at));
        const sorted = (list) => list.sort((a, b) => a - b);
        const quantile = (list, q) => Math.round(100 * sorted(list)[Math.floor(q * (list.length - 1))]) / 100;
        return { drawn_ms: quantile(drawn, 0.5), drawn_p95_ms: quantile(drawn, 0.95), between_ms: quantile(between, 0.5), between_p95_ms: quantile(between, 0.95) };
      },
      { frames: FRAMES, zoom },
    );
  }
  console.log(JSON.stringify({ work: 'frames of a trace', ...found }));
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
} finally {
  await browser.close();
  await server.stop();
}
