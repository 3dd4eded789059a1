// What the first page and the sign-in page cost over the wire, everything compressed; charts only where they are used.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNTS } from '../lib/accounts.js';
import { windowOf } from '../lib/browser.js';
import { suite } from '../lib/suite.js';

const BUDGET_BYTES = 100 * 1024;

const it = suite();

/** Opens a page with an empty cache: bytes on the wire (heads included) of each request. */
async function transfer(account, path) {
  const context = await windowOf(it.browser, it.server, account);
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  const urls = new Map();
  const bytes = new Map();
  network.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, request.url));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => bytes.set(urls.get(requestId), encodedDataLength));
  await network.send('Network.enable');
  await network.send('Network.setCacheDisabled', { cacheDisabled: true });
  await page.goto(path, { waitUntil: 'networkidle' });
  await context.close();
  return new Map([...bytes].filter(([url]) => !url.startsWith('data:')));
}

const isChart = ([url]) => /echarts|charts/.test(url);
const sum = (transfers) => transfers.reduce((all, [, bytes]) => all + bytes, 0);

for (const [name, person, path] of [
  ['sign-in', null, '/sign-in'],
  ['overview of a member', 'buyer', '/'],
  ['overview of the secretariat', 'secretariat', '/'],
  ['needs', 'buyer', '/needs'],
]) {
  test(`${name} stays below 100 KB`, async (t) => {
    const all = [...(await transfer(person && ACCOUNTS[person], path))];
    const plain = all.filter((entry) => !isChart(entry));
    t.diagnostic(`${(sum(plain) / 1024).toFixed(1)} KB without charts, ${(sum(all) / 1024).toFixed(1)} KB with them, ${all.length} requests`);
    assert.ok(sum(plain) < BUDGET_BYTES, plain.map(([url, bytes]) => `${bytes} ${url}`).join('\n'));
  });
}

test('charts are loaded where they are drawn, and only there', async () => {
  for (const [path, charts] of [['/needs', false], ['/offers', false], ['/lists', false], ['/enterprises', false], ['/gaps', true]]) {
    const all = [...(await transfer(ACCOUNTS.secretariat, path))];
    assert.equal(all.some(isChart), charts, path);
  }
});
