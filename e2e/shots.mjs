// shots: node shots.mjs base out lang size account path...
import { launch, windowOf } from './lib/browser.js';
import { ACCOUNTS } from './lib/accounts.js';
import { mkdirSync } from 'node:fs';
const [,, base, out, langs, sizes, who, ...paths] = process.argv;
mkdirSync(out, { recursive: true });
const browser = await launch(); const server = { base };
for (const lang of langs.split(',')) for (const size of sizes.split(',')) {
  const ctx = await windowOf(browser, server, ACCOUNTS[who] ?? null, { lang, size });
  ctx.setDefaultTimeout(120000); 
  const page = await ctx.newPage();
  for (const p of paths) { const [path, name] = p.split('=>'); await page.goto(path, {timeout:120000}); const h = await page.evaluate(()=>document.documentElement.scrollHeight);
    await page.screenshot({ path: `${out}/${name ?? path.replace(/\W+/g,'_')}.${lang}.${size}.png`, fullPage: true, clip: {x:0,y:0,width: size==='phone'?390:1280,height: Math.min(h, size==='phone'?1800:1500)} }); console.log(path, h); }
  await ctx.close();
}
await browser.close();
