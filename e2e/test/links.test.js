// Every link, for every office, from the overview on: no answer of 400 and above, no anchor that leads nowhere. One page of each kind is
// also opened in the browser, by the first office that comes to it: no error on its console, no breach of the content policy. Of a kind
// of page (such as all needs) three are asked for; E2E_EACH=100000 asks for all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACCOUNTS } from '../lib/accounts.js';
import { crawl, shape } from '../lib/crawl.js';
import { suite } from '../lib/suite.js';

const it = suite();

/** Kinds that were opened in the browser. */
const opened = new Set();

for (const person of Object.keys(ACCOUNTS)) {
  for (const lang of person === 'secretariat' ? ['zh', 'en'] : ['zh']) {
    test(`${person}, ${lang}`, async (t) => {
      const page = await it.page(person, { lang });
      const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
      const found = await crawl(it.server.base, cookie, { each: Number(process.env.E2E_EACH ?? 3) });
      t.diagnostic(`${found.kinds.size} kinds of address, ${found.opened} opened, ${found.left} more of the same kinds left out`);
      const complaints = [];
      const kinds = new Map([...found.kinds.values()].map(([path]) => [shape(new URL(path.split('?')[0], it.server.base)), path]));
      const paths = [...kinds].filter(([kind]) => !opened.has(`${lang} ${kind}`));
      for (const [kind, path] of paths) {
        opened.add(`${lang} ${kind}`);
        // Files are downloads, and what is not a page was asked for above.
        const { headers, body } = await fetch(it.server.base + path, { headers: { cookie } });
        await body?.cancel();
        if (!headers.get('content-type')?.startsWith('text/html') || headers.has('content-disposition')) continue;
        await page.goto(path);
        complaints.push(...page.complaints().map((words) => `${path}: ${words}`));
      }
      t.diagnostic(`${paths.length} of them in the browser`);
      await page.context().close();
      assert.deepEqual([...found.broken, ...complaints], []);
    });
  }
}
