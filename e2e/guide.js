// Makes the pictures of docs/guide from the demo cluster, in both languages.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNTS } from './lib/accounts.js';
import { launch, windowOf } from './lib/browser.js';
import { ROOT, startDemo } from './lib/program.js';
import { goto } from './pages.js';
import { claim, enrol, importWorkbook, invite, openDesk, proposeIntroduction, uscc } from './lib/steps.js';

const TITLE = 'Mini LED显示模组面罩（高精度）';
/** A spool of bonding wire of the demo's ledger. */
const SPOOL = 'urn:epc:class:lgtin:9526001.000105.W261103-01';
const found = (path, words) => `${path}?q=${encodeURIComponent(words)}`;

/** Pictures by name: who looks, at what; `tall` gives the window another height, `act` does something first. */
const SCENES = [
  { name: 'overview-secretariat', as: 'secretariat', path: '/' },
  { name: 'import', as: 'secretariat', act: (page) => importWorkbook(page, 'bad/虚构示例_错误样例.xlsx') },
  { name: 'duplicates', as: 'secretariat', path: '/duplicates' },
  { name: 'desk', as: 'secretariat', tall: 900, act: openDesk },
  { name: 'list', as: 'secretariat', path: '/lists/1' },
  { name: 'claims', as: 'secretariat', path: '/claims' },
  { name: 'need-new-phone', as: 'buyer', size: 'phone', tall: 1500, act: typeNeed },
  { name: 'need', as: 'buyer', tall: 1000, under: found('/needs', TITLE), link: /^\/needs\/\d+$/ },
  { name: 'nearby', as: 'buyer', path: found('/nearby', '面罩 P1.25 PC') },
  { name: 'introductions-buyer', as: 'buyer', size: 'phone', path: '/introductions' },
  { name: 'offer-new', as: 'seller', path: '/offers/new' },
  { name: 'offer', as: 'seller', tall: 1000, under: found('/offers', '面罩') + '&mine=true', link: /^\/offers\/\d+$/ },
  { name: 'introductions-seller', as: 'seller', path: '/introductions', before: true },
  { name: 'enterprise-phone', as: 'commissioner', size: 'phone', tall: 1200, under: '/enterprises?mine=true', link: /^\/enterprises\/\d+$/ },
  { name: 'need-new-commissioner', as: 'commissioner', act: needForEnterprise },
  { name: 'inspections', as: 'inspector', path: '/inspections' },
  { name: 'inspection', as: 'inspector', tall: 1500, path: '/inspections/2' },
  { name: 'inspection-live', as: 'inspector', tall: 1000, path: '/inspections/3' },
  { name: 'inspection-compare', as: 'inspector', path: '/inspections/compare?a=1&b=2' },
  { name: 'ledger-trace', as: 'secretariat', tall: 900, path: `/ledger/trace?direction=up&lot=${encodeURIComponent(SPOOL)}` },
  { name: 'ledger-balance', as: 'secretariat', path: '/balances?period=2026-06' },
  { name: 'ledger-passport', as: null, size: 'phone', tall: 1200, path: '/01/09526001001057/10/W261103-01' },
  { name: 'overview-bureau', as: 'bureau', tall: 1000, path: '/' },
  { name: 'lights', as: 'bureau', path: '/lights' },
  { name: 'gaps', as: 'bureau', tall: 1000, path: '/gaps' },
  { name: 'list-verify', as: 'bureau', path: '/lists/1/verify' },
  { name: 'audit', as: 'auditor', path: '/audit' },
  { name: 'audit-verify', as: 'auditor', path: '/audit/verify' },
  { name: 'people', as: 'administrator', path: '/people' },
  { name: 'hooks', as: 'administrator', path: '/settings/hooks' },
  { name: 'keep', as: 'administrator', path: '/settings/keep' },
];

async function typeNeed(page) {
  await page.goto('/needs/new');
  await page.locator('[name=title]').fill('Mini LED显示模组面罩');
  await page.locator('[name=detail]').fill('点间距P1.25，尺寸公差±0.05mm，聚碳酸酯，阻燃UL94V-0');
  await page.locator('[name=quantity]').fill('2万片/月');
  await page.locator('#preview .match').first().waitFor();
}

async function needForEnterprise(page) {
  await goto(page, { under: '/enterprises?mine=true', link: /^\/enterprises\/\d+$/ });
  await page.locator('main a[href^="/needs/new"]').first().click();
  await page.locator('[name=title]').fill('键合金丝');
  await page.locator('[name=detail]').fill('线径20μm，纯度99.99%');
  await page.locator('#preview h2').nth(1).waitFor();
}

const server = await startDemo();
const browser = await launch();
try {
  const agree = await prepare();
  // What one side sees before it has agreed is taken first.
  const [early, late] = [SCENES.filter((scene) => scene.before), SCENES.filter((scene) => !scene.before)];
  for (const lang of ['zh', 'en']) for (const scene of early) await take(scene, lang);
  await agree();
  for (const lang of ['zh', 'en']) for (const scene of late) await take(scene, lang);
} finally {
  await browser.close();
  await server.stop();
}
shrink();

/** Something to look at: an introduction that waits, a claim, a group's robot; gives the step that agrees to the introduction. */
async function prepare() {
  const buyer = await (await windowOf(browser, server, ACCOUNTS.buyer)).newPage();
  await proposeIntroduction(buyer);
  await buyer.context().close();
  const secretary = await (await windowOf(browser, server, ACCOUNTS.secretariat)).newPage();
  const link = await invite(secretary, '示例新会员');
  await secretary.context().close();
  const member = await (await windowOf(browser, server, null)).newPage();
  await enrol(member, link, '示例新会员', 'demo-forest-2026');
  await claim(member, uscc('91360899XUGU9ABC0'), '吉安示例新企业有限公司（虚构示例）');
  await member.context().close();
  const administrator = await (await windowOf(browser, server, ACCOUNTS.administrator)).newPage();
  await administrator.goto('/settings/hooks/new?kind=webhook');
  await administrator.locator('main form [name=name]').first().fill('联盟通知群（示例）');
  await administrator.locator('main form [type=url], main form [name=url]').first().fill('https://robot.example.invalid/send?key=example');
  await administrator.locator('main form button[type=submit]').first().click();
  await administrator.waitForLoadState('networkidle');
  await administrator.context().close();
  return async () => {
    const seller = await (await windowOf(browser, server, ACCOUNTS.seller)).newPage();
    await seller.goto('/introductions');
    await seller.getByRole('button', { name: '同意对接' }).first().click();
    await seller.waitForLoadState('networkidle');
    await seller.context().close();
  };
}

async function take(scene, lang) {
  const context = await windowOf(browser, server, scene.as && ACCOUNTS[scene.as], { lang, size: scene.size });
  const page = await context.newPage();
  if (scene.tall) await page.setViewportSize({ width: page.viewportSize().width, height: scene.tall });
  if (scene.act) await scene.act(page);
  else await goto(page, scene);
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => scrollTo(0, 0));
  const folder = join(ROOT, 'docs/guide/img', lang);
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${scene.name}.png`), animations: 'disabled' });
  await context.close();
}

/** Pages have few colours: a palette keeps the pictures small. Pictures of scenes that are no more go. */
function shrink() {
  const names = new Set(SCENES.map((scene) => `${scene.name}.png`));
  let bytes = 0;
  for (const lang of ['zh', 'en']) {
    const folder = join(ROOT, 'docs/guide/img', lang);
    for (const file of readdirSync(folder)) if (!names.has(file)) rmSync(join(folder, file));
    const files = readdirSync(folder).map((file) => join(folder, file));
    const done = spawnSync('pngquant', ['--force', '--ext', '.png', '--speed', '1', '64', ...files], { stdio: 'inherit' });
    if (done.status !== 0) throw new Error('pngquant failed (Debian: pngquant)');
    for (const file of files) bytes += statSync(file).size;
  }
  console.log(`${names.size} pictures in two languages, ${(bytes / 1024 / 1024).toFixed(1)} MB`);
}
