// What every page must keep to.

import axe from 'axe-core';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { OUT } from './program.js';

const SCREENS = join(OUT, 'screens');
mkdirSync(SCREENS, { recursive: true });

/** Rows after these repeat the markup of those before; the rules would read a list of four hundred needs for half a minute. */
const REPEATED = 40;

/** Violations of the accessibility rules; `grave` are those that fail a test. Shortens the page: look at it before. */
export async function accessibility(page) {
  await page.evaluate(axe.source);
  await page.evaluate((most) => {
    for (const parent of document.querySelectorAll('main, main *')) {
      const counts = new Map();
      for (const child of [...parent.children]) {
        const count = (counts.get(child.tagName) ?? 0) + 1;
        counts.set(child.tagName, count);
        // What the page points to by id stays.
        if (count > most && !child.id && !child.querySelector('[id]')) child.remove();
      }
    }
  }, REPEATED);
  const violations = await page.evaluate(async () => {
    const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await window.axe.run(document, {
      runOnly: { type: 'tag', values: rules },
      resultTypes: ['violations'],
    });
    return violations.map(({ id, impact, help, nodes }) => ({
      id,
      impact,
      help,
      count: nodes.length,
      where: nodes.slice(0, 3).map((node) => node.target.join(' ')),
    }));
  });
  const words = (v) => `axe ${v.impact}: ${v.id}, ${v.help} (${v.count}x: ${v.where.join(' | ')})`;
  const grave = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
  return { grave: grave.map(words), slight: violations.filter((v) => !grave.includes(v)).map(words) };
}

/** Faults of a page's build: width, headings, labels of anchors. Words, none where all is well. */
export function faults(page) {
  return page.evaluate(() => {
    const out = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) {
      const wide = [...document.body.querySelectorAll('*')]
        .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1)
        .filter((e) => !e.closest('.scroll, [data-scroll]'))
        .slice(0, 3)
        .map((e) => e.tagName.toLowerCase() + (e.className && typeof e.className === 'string' ? `.${e.className}` : ''));
      out.push(`wider than the window: ${root.scrollWidth} > ${root.clientWidth} px (${wide.join(', ')})`);
    }
    for (const canvas of document.querySelectorAll('canvas')) {
      const box = canvas.closest('[data-part], .chart, figure') ?? canvas.parentElement;
      const scrolls = /auto|scroll/.test(getComputedStyle(box).overflowX);
      if (!scrolls && canvas.clientWidth > box.clientWidth + 1) out.push(`a drawing of ${canvas.clientWidth} px in a box of ${box.clientWidth} px`);
    }
    const h1 = document.querySelectorAll('h1').length;
    if (h1 !== 1) out.push(`${h1} h1`);
    if (!document.title.trim()) out.push('no title');
    for (const link of document.querySelectorAll('a[href]')) {
      const url = new URL(link.href, location.href);
      if (url.hash.length > 1 && url.pathname === location.pathname && url.search === location.search) {
        const id = decodeURIComponent(url.hash.slice(1));
        if (!document.getElementById(id)) out.push(`anchor leads nowhere: ${url.hash}`);
      }
    }
    const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
    const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
    if (twice.length) out.push(`ids stand twice: ${[...new Set(twice)].slice(0, 5).join(', ')}`);
    return out;
  });
}

/** Chinese that was left on an English page: menu, column heads, labels, buttons. Data stay as they were typed: names of accounts,
 * of products, of a workbook's columns. */
export function untranslated(page) {
  return page.evaluate(() => {
    const han = /\p{Script=Han}/u;
    const parts = document.querySelectorAll('nav a, thead th:not([data-candidate]), form.card label, form.filter label, form.record label, .toolbar a, .actions button, dt');
    const left = [...parts]
      .filter((e) => !e.closest('[lang^=zh], [data-words]'))
      .map((e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.textContent.trim()).join(' '))
      .filter((text) => han.test(text));
    return [...new Set(left)].slice(0, 10).map((text) => `not in English: ${text.slice(0, 40)}`);
  });
}

/** Height in pixels from which a picture is cut off. */
const PICTURE_MAX = 6000;

/** Keeps a picture of the page under target/e2e/screens. */
export async function screenshot(page, name) {
  const [width, height] = await page.evaluate(() => [document.documentElement.clientWidth, document.documentElement.scrollHeight]);
  const clip = { x: 0, y: 0, width, height: Math.min(height, PICTURE_MAX) };
  await page.screenshot({ path: join(SCREENS, `${name}.png`), fullPage: true, clip, animations: 'disabled' });
}
