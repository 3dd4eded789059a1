// Every page, in both languages, on a desk and on a phone: it answers, nothing fails on it, it fits, it is accessible.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SIZES } from '../lib/browser.js';
import { accessibility, faults, screenshot, untranslated } from '../lib/checks.js';
import { suite } from '../lib/suite.js';
import { PAGES, goto } from '../pages.js';

const it = suite();

const people = [...new Set(PAGES.flatMap((entry) => entry.as))];
for (const lang of ['zh', 'en']) {
  for (const size of Object.keys(SIZES)) {
    for (const person of people) {
      test(`${person ?? 'nobody'}, ${lang}, ${size}`, async (t) => {
        const page = await it.page(person, { lang, size });
        for (const entry of PAGES.filter((entry) => entry.as.includes(person))) {
          await t.test(entry.name, async (t) => {
            page.complaints();
            const status = entry.status ?? 200;
            assert.equal(await goto(page, entry), status, `${page.url()} answers`);
            const heard = page.complaints().filter((words) => !(status >= 400 && words.startsWith(`${status}: `)));
            await page.waitForLoadState('networkidle');
            const { grave, slight } = await accessibility(page);
            slight.forEach((words) => t.diagnostic(words));
            await screenshot(page, `${entry.name}.${person ?? 'nobody'}.${lang}.${size}`);
            const words = lang === 'en' ? await untranslated(page) : [];
            assert.deepEqual([...heard, ...page.complaints(), ...(await faults(page)), ...words, ...grave], []);
          });
        }
        await page.context().close();
      });
    }
  }
}
