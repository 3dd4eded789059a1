// Every page, and who opens it; `differs` where it shows each of them something else. `under` and `link` stand for a record: the first
// link on the page `under` that fits. `act` opens what no link leads to.

import { importWorkbook, openDesk } from './lib/steps.js';

const ALL = ['administrator', 'secretariat', 'buyer', 'commissioner', 'bureau'];
const OFFICE = ['administrator', 'secretariat'];

export const PAGES = [
  { name: 'sign-in', path: '/sign-in', as: [null] },
  { name: 'overview', path: '/', as: ALL, differs: true },
  { name: 'needs', path: '/needs', as: ['secretariat', 'buyer', 'commissioner', 'bureau', 'administrator'] },
  { name: 'needs-found', path: '/needs?q=%E9%9D%A2%E7%BD%A9', as: ['bureau'] },
  { name: 'needs-none', path: '/needs?q=zzzzzz', as: ['buyer'] },
  { name: 'need', under: '/needs?q=%E9%9D%A2%E7%BD%A9', link: /^\/needs\/\d+$/, as: ['buyer', 'secretariat', 'seller', 'commissioner', 'bureau', 'administrator'] },
  { name: 'need-new', path: '/needs/new', as: ['secretariat', 'buyer', 'commissioner'] },
  { name: 'need-edit', under: '/needs?mine=true', link: /^\/needs\/\d+$/, then: '/edit', as: ['buyer'] },
  { name: 'offers', path: '/offers', as: ['secretariat', 'seller', 'commissioner', 'bureau'] },
  { name: 'offer', under: '/offers', link: /^\/offers\/\d+$/, as: ['buyer', 'secretariat', 'seller'] },
  { name: 'offer-new', path: '/offers/new', as: ['buyer'] },
  { name: 'nearby', path: '/nearby', as: ['buyer'] },
  { name: 'nearby-found', path: '/nearby?q=%E9%9D%A2%E7%BD%A9', as: ['buyer', 'bureau'] },
  { name: 'enterprises', path: '/enterprises', as: ['secretariat', 'commissioner'] },
  { name: 'enterprise', under: '/enterprises', link: /^\/enterprises\/\d+$/, as: ['secretariat', 'bureau'] },
  { name: 'enterprise-new', path: '/enterprises/new', as: ['secretariat'] },
  { name: 'markets', path: '/markets', as: ['secretariat', 'buyer', 'bureau'] },
  { name: 'market', path: '/markets/finance', as: ['buyer', 'secretariat'] },
  { name: 'market-offers', path: '/markets/jobs?side=offers', as: ['buyer', 'secretariat'], differs: true },
  { name: 'market-need', under: '/markets/capacity', link: /^\/needs\/\d+$/, as: ['buyer', 'secretariat'] },
  { name: 'market-need-new', path: '/needs/new?market=land', as: ['buyer'] },
  { name: 'lights', path: '/lights', as: ['bureau', 'secretariat'] },
  { name: 'introductions', path: '/introductions', as: ['secretariat', 'buyer', 'commissioner'] },
  { name: 'events', path: '/events', as: ['secretariat', 'buyer', 'bureau', 'commissioner'], differs: true },
  { name: 'event-new', path: '/events/new', as: ['secretariat'] },
  { name: 'event-past', path: '/events/2', as: ['secretariat', 'bureau'] },
  { name: 'event-coming', path: '/events/3', as: ['secretariat', 'buyer', 'bureau'] },
  { name: 'event-invite', path: '/events/3/invite', as: ['secretariat'] },
  { name: 'event-seats', path: '/events/3/seats', as: ['secretariat'] },
  { name: 'event-door', path: '/events/3/door', as: ['secretariat'] },
  { name: 'event-mine', path: '/events/3/mine', as: ['buyer', 'seller'] },
  { name: 'event-print', path: '/events/2/print/firm', as: ['secretariat'] },
  { name: 'event-figures', path: '/events/figures', as: ['secretariat', 'bureau'] },
  { name: 'event-signings', path: '/events/signings', as: ['secretariat', 'bureau'] },
  { name: 'event-follow-up', path: '/events/follow-up', as: ['secretariat', 'buyer'] },
  { name: 'lists', path: '/lists', as: ['secretariat', 'buyer'] },
  { name: 'list', path: '/lists/1', as: ['secretariat', 'bureau'] },
  { name: 'list-need', path: '/lists/1/needs/1', as: ['buyer'] },
  { name: 'list-verify', path: '/lists/1/verify', as: ['bureau'] },
  { name: 'gaps', path: '/gaps', as: ['secretariat', 'bureau'] },
  { name: 'standings', path: '/gaps/nodes', as: ['bureau'] },
  { name: 'newcomers', path: '/gaps/newcomers', as: ['bureau'] },
  { name: 'desk', path: '/desk', as: ['secretariat'] },
  { name: 'desk-need', act: openDesk, as: ['secretariat'] },
  { name: 'ledger', path: '/ledger', as: ['secretariat', 'administrator'] },
  { name: 'ledger-found', path: '/ledger?q=W2611', as: ['secretariat'] },
  { name: 'ledger-idle', path: '/ledger?idle=1', as: ['secretariat'] },
  { name: 'ledger-none', path: '/ledger?q=zzzzzz', as: ['secretariat'] },
  { name: 'ledger-lot', path: '/ledger/lot?lot=urn%3Aepc%3Aclass%3Algtin%3A9526001.000105.W261103-01', as: ['secretariat'] },
  { name: 'ledger-trace', path: '/ledger/trace?direction=up&lot=urn%3Aepc%3Aclass%3Algtin%3A9526001.000105.W261103-01', as: ['secretariat'] },
  { name: 'ledger-recall', path: '/ledger/recall?lot=urn%3Aepc%3Aclass%3Algtin%3A9526017.000201.E260601', as: ['secretariat'] },
  { name: 'flows', path: '/flows', as: ['secretariat', 'bureau'] },
  { name: 'flows-site', path: '/flows?site=https%3A%2F%2Fid.gs1.org%2F414%2F9526002000011&substance=Cu&period=2026', as: ['bureau'] },
  { name: 'balances', path: '/balances?period=2026-06', as: ['secretariat', 'bureau'] },
  { name: 'footprints', path: '/footprints', as: ['secretariat', 'bureau'] },
  { name: 'footprint', under: '/footprints', link: /^\/footprints\?of=/, as: ['secretariat'] },
  { name: 'footprint-report', path: '/footprints/report?of=urn%3Aepc%3Aclass%3Algtin%3A9526001.000105.W261103-01', as: ['secretariat'] },
  { name: 'circular', path: '/circular', as: ['secretariat', 'bureau'] },
  { name: 'circular-postings', under: '/circular', link: /^\/circular\/postings/, as: ['secretariat'] },
  { name: 'etchant', path: '/ledger/etchant', as: ['secretariat'] },
  { name: 'passport', path: '/01/09526001001057/10/W261103-01', as: [null, 'bureau'] },
  { name: 'passport-label', path: '/passport/label?lot=urn%3Aepc%3Aclass%3Algtin%3A9526001.000105.W261103-01', as: [null] },
  { name: 'import', path: '/import', as: ['secretariat'] },
  { name: 'import-preview', act: (page) => importWorkbook(page, 'bad/虚构示例_错误样例.xlsx'), as: ['secretariat'] },
  { name: 'people', path: '/people', as: OFFICE },
  { name: 'person-new', path: '/people/new', as: ['administrator'] },
  { name: 'person', under: '/people', link: /^\/people\/\d+$/, as: OFFICE },
  { name: 'invitations', path: '/invitations', as: OFFICE },
  { name: 'invitation-new', path: '/invitations/new', as: ['secretariat'] },
  { name: 'invitation-workbook', path: '/invitations/workbook', as: ['secretariat'] },
  { name: 'claims', path: '/claims', as: ['secretariat'] },
  { name: 'claim', path: '/claim', as: ['buyer'] },
  { name: 'duplicates', path: '/duplicates', as: ['secretariat'] },
  { name: 'twins', path: '/duplicates/records', as: ['secretariat', 'buyer', 'commissioner'] },
  { name: 'twins-decided', path: '/duplicates/records?view=decided', as: ['secretariat'] },
  { name: 'learn', path: '/learn', as: ['secretariat'] },
  { name: 'stale', path: '/stale', as: ['secretariat', 'buyer', 'commissioner'] },
  { name: 'inbox', path: '/inbox', as: ['secretariat', 'buyer', 'auditor'] },
  { name: 'me', path: '/me', as: ['buyer', 'auditor'] },
  { name: 'visibility', path: '/visibility', as: ['buyer', 'bureau'] },
  { name: 'audit', path: '/audit', as: ['administrator', 'auditor'] },
  { name: 'audit-verify', path: '/audit/verify', as: ['auditor'] },
  { name: 'settings', path: '/settings', as: ['administrator'] },
  { name: 'hooks', path: '/settings/hooks', as: ['administrator'] },
  { name: 'hook-new-mail', path: '/settings/hooks/new?kind=smtp', as: ['administrator'] },
  { name: 'hook-new-robot', path: '/settings/hooks/new?kind=webhook', as: ['administrator'] },
  { name: 'hook-new-partner', path: '/settings/hooks/new?kind=partner', as: ['administrator'] },
  { name: 'outbox', path: '/settings/outbox', as: ['administrator'] },
  { name: 'keep', path: '/settings/keep', as: ['administrator'] },
  { name: 'inspections', path: '/inspections', as: ['inspector', 'secretariat', 'bureau'], differs: true },
  { name: 'inspection', under: '/inspections', link: /^\/inspections\/2$/, as: ['inspector'] },
  { name: 'inspection-live', under: '/inspections', link: /^\/inspections\/3$/, as: ['inspector'] },
  { name: 'inspection-compare', path: '/inspections/compare?a=1&b=2', as: ['inspector'] },
  { name: 'inspection-new', path: '/inspections/new', as: ['inspector'] },
  { name: 'recipes', path: '/inspections/recipes', as: ['inspector'] },
  { name: 'recipe', under: '/inspections/recipes', link: /^\/inspections\/recipes\/\d+$/, as: ['inspector'] },
  { name: 'recipe-new', path: '/inspections/recipes/new', as: ['inspector'] },
  { name: 'evidence', path: '/inspections/evidence', as: ['inspector', 'secretariat'] },
  { name: 'api-docs', path: '/api/docs', as: ['buyer'] },
  { name: 'missing', path: '/no-such-page', as: ['buyer'], status: 404 },
];

/** Opens a page of the list in a window; the answer's status. */
export async function goto(page, entry) {
  if (entry.act) {
    await entry.act(page);
    return 200;
  }
  if (entry.path) return (await page.goto(entry.path))?.status();
  await page.goto(entry.under);
  const paths = await page.locator('main a[href]').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  const path = paths.find((path) => entry.link.test(path));
  if (!path) throw new Error(`${entry.under} has no link to a ${entry.name}`);
  return (await page.goto(path + (entry.then ?? '')))?.status();
}
