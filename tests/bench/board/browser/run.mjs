// What the board costs the main thread of Chromium. Prints a line for each figure, and FAILED where a goal is missed.
//
// usage: run [--quick]        builds the page first; needs chromium, and the packages of apps/web and tests/e2e
import {createServer} from 'node:http';
import {readFile} from 'node:fs/promises';
import {extname, join} from 'node:path';
import {chromium} from '../../../e2e/node_modules/playwright-core/index.mjs';

const [folder, ...words] = process.argv.slice(2);
const rounds = words.includes('--quick') ? 3 : 9;
const few = 50, many = 5000;
const goals = {frame_ms: 4, frame_ratio: 1.2, join_ratio: 3};

const types = {'.js': 'text/javascript', '.css': 'text/css', '.html': 'text/html'};
const server = createServer(async (request, response) => {
  const name = request.url === '/' ? '/index.html' : request.url;
  const body = await readFile(join(folder, name)).catch(() => null);
  response.writeHead(body ? 200 : 404, {'content-type': types[extname(name)] ?? 'application/octet-stream'});
  response.end(body);
});
await new Promise(done => server.listen(0, 'localhost', done));
const browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--js-flags=--expose-gc']});

const middle = all => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
const at = (all, part) => [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * part))];

async function open(count) {
  const page = await browser.newPage({viewport: {width: 1280, height: 800}});
  await page.goto(`http://localhost:${server.address().port}/`);
  await page.waitForFunction(() => window.measured);
  await page.evaluate(shapes => window.measured.prepare(shapes), count);
  return page;
}

/** Milliseconds of the main thread for what `work` does. */
async function task_ms(page, work) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const read = async () => {
    const {metrics} = await session.send('Performance.getMetrics');
    return metrics.find(one => one.name === 'TaskDuration').value * 1000;
  };
  const before = await read();
  await work();
  const spent = await read() - before;
  await session.detach();
  return spent;
}

/** The main thread's CPU time in each frame while a stroke is drawn: its tasks from one frame's to the next one's. */
async function frames_ms(page) {
  const box = await page.locator('.board-surface').boundingBox();
  const move = n => page.mouse.move(box.x + 80 + (n * 7) % (box.width - 160), box.y + 200 + 120 * Math.sin(n / 9));
  await move(0);
  await page.mouse.down();
  for (let n = 1; n < 10; ++n) await move(n);
  await browser.startTracing(page, {
    categories: ['devtools.timeline', 'toplevel', '__metadata'],
  });
  for (let n = 10; n < 190; ++n) await move(n);
  const trace = JSON.parse(await browser.stopTracing());
  await page.mouse.up();
  const {traceEvents} = trace;
  const threads = traceEvents.filter(one => one.name === 'thread_name' && one.args.name === 'CrRendererMain');
  const of = ({pid, tid}) => traceEvents.filter(one => one.pid === pid && one.tid === tid);
  const busiest = threads.map(of).sort((a, b) => b.length - a.length)[0];
  // Each frame of the main thread divides what is painted into layers once, near its end.
  const ends = busiest.filter(one => one.name === 'Layerize').map(one => one.ts).sort((a, b) => a - b);
  const tasks = busiest.filter(one => one.name.endsWith('RunTask'));
  return ends.slice(1).map((end, i) => tasks
    .filter(one => one.ts > ends[i] && one.ts <= end)
    .reduce((sum, one) => sum + (one.tdur ?? 0), 0) / 1000);
}

let failed = 0;
function tell(what, value, goal, unit = '') {
  const holds = value <= goal;
  if (!holds) ++failed;
  console.log(`${holds ? 'ok' : 'FAILED'} ${what}: ${value.toFixed(2)}${unit}, at most ${goal}${unit}`);
}

const p95 = {};
for (const count of [few, many]) {
  const all = [];
  for (let round = 0; round < rounds; ++round) {
    const page = await open(count);
    await page.evaluate(() => window.measured.join());
    // What joining left behind is not what drawing costs: garbage, and the list for screen readers, made bit by bit.
    await page.evaluate(() => window.measured.rest());
    const frames = await frames_ms(page);
    if (frames.length < 20) throw new Error(`${frames.length} frames were seen: what is measured here?`);
    all.push(at(frames, 0.95));
    await page.close();
  }
  p95[count] = middle(all);
  console.log(`   drawing on a page of ${count} shapes: p95 ${all.map(one => one.toFixed(2)).join(' ')} ms a frame`);
}
tell(`drawing on a page of ${many} shapes, p95 a frame`, p95[many], goals.frame_ms, ' ms');
tell(`of that at ${few} shapes`, p95[many] / p95[few], goals.frame_ratio);

const joins = [], stills = [];
for (let round = 0; round < rounds; ++round) {
  const page = await open(many);
  joins.push(await task_ms(page, () => page.evaluate(() => window.measured.join())));
  const svg = await page.evaluate(() => window.measured.still());
  const other = await open(1);
  stills.push(await task_ms(other, () => other.evaluate(text => window.measured.show(text), svg)));
  await page.close();
  await other.close();
}
console.log(`   joining ${joins.map(one => one.toFixed(0)).join(' ')} ms, a still picture ${stills.map(one => one.toFixed(0)).join(' ')} ms`);
tell(`painting a joined page of ${many} shapes, of a static SVG of the same`, middle(joins) / middle(stills), goals.join_ratio);
await browser.close();
server.close();
process.exit(failed === 0 ? 0 : 1);
