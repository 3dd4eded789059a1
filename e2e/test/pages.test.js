// Every page, in both languages, on a desk and on a phone: it answers, nothing fails on it, it fits, it is accessible.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SIZES } from '../lib/browser.js';
import { accessibility, faults, screenshot, untranslated } from '../lib/checks.js';
import { suite } from '../lib/suite.js';
import { PAGES, goto } from '../pages.js';

const it = suite();

/** Pictures are for people; the gate looks at none. */
const PICTURES = process.env.CI !== 'true';

/** Each person's pages; in English and on a phone a page that looks alike for all is visited by one of them. */
function visited(person, lang, size) {
  const all = lang === 'zh' && size === 'desktop';
  return PAGES.filter((entry) => (all || entry.differs ? entry.as.includes(person) : entry.as[0] === person));
}

const people = [...new Set(PAGES.flatMap((entry) => entry.as))];
for (const lang of ['zh', 'en']) {
  for (const size of Object.keys(SIZES)) {
    for (const person of people) {
      test(`${person ?? 'nobody'}, ${lang}, ${size}`, async (t) => {
        const page = await it.page(person, { lang, size });
        for (const entry of visited(person, lang, size)) {
          await t.test(entry.name, async (t) => {
            page.complaints();
            const status = entry.status ?? 200;
            assert.equal(await goto(page, entry), status, `${page.url()} answers`);
            const heard = page.complaints().filter((words) => !(status >= 400 && words.startsWith(`${status}: `)));
            await page.waitForLoadState('networkidle');
            const wrong = await faults(page);
            if (lang === 'en') wrong.push(...(await untranslated(page)));
            if (PICTURES) await screenshot(page, `${entry.name}.${person ?? 'nobody'}.${lang}.${size}`);
            const { grave, slight } = await accessibility(page);
            slight.forEach((words) => t.diagnostic(words));
            assert.deepEqual([...heard, ...page.complaints(), ...wrong, ...grave], []);
          });
        }
        await page.context().close();
      });
    }
  }
}
