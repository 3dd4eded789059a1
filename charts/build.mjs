// Writes crates/server/assets/vendor/echarts.js and its licence texts. Run by `npm ci && npm run build` in this folder.
import { build } from 'esbuild';
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const vendor = join(here, '../crates/server/assets/vendor');
const require = createRequire(import.meta.url);
const package_of = (name) => {
  const folder = join(here, 'node_modules', name);
  return { folder, version: require(join(folder, 'package.json')).version };
};
const echarts = package_of('echarts');
const zrender = package_of('zrender');
const tslib = package_of('tslib');

mkdirSync(vendor, { recursive: true });
await build({
  entryPoints: [join(here, 'entry.js')],
  outfile: join(vendor, 'echarts.js'),
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'echarts',
  target: ['es2018'],
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: {
    js: `/* Apache ECharts ${echarts.version} (Apache-2.0), zrender ${zrender.version} (BSD-3-Clause), tslib ${tslib.version} (0BSD): minified, built by charts/build.mjs; licences in echarts.LICENSE.txt */`,
  },
});

const texts = [
  ['Apache ECharts ' + echarts.version, join(echarts.folder, 'LICENSE')],
  ['Apache ECharts: NOTICE', join(echarts.folder, 'NOTICE')],
  ['zrender ' + zrender.version, join(zrender.folder, 'LICENSE')],
  ['tslib ' + tslib.version, join(tslib.folder, 'LICENSE.txt')],
];
writeFileSync(
  join(vendor, 'echarts.LICENSE.txt'),
  texts.map(([name, file]) => `==== ${name} ====\n\n${readFileSync(file, 'utf8').trim()}\n`).join('\n'),
);
