// The document engine against npm's yjs, ywasm and loro-crdt on the same traces in the same run. See README.md.
//
// usage: tests/bench/pad/run [--quick] [--build FOLDER] [--json FILE] [--runs N] [TRACE...]
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {cpus} from 'node:os';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {names} from './traces.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const {values: chosen, positionals} = parseArgs({
  allowPositionals: true,
  options: {
    quick: {type: 'boolean', default: false},
    build: {type: 'string', default: resolve(here, '../../../build/release')},
    json: {type: 'string'},
    runs: {type: 'string'},
  },
});
const traces = positionals.length ? positionals : chosen.quick ? ['sveltecomponent', 'friendsforever'] : names;
const runs = Number(chosen.runs ?? (chosen.quick ? 3 : 5));
const folder = join(chosen.build, 'pad');
const program = join(chosen.build, 'bin/pad_load');

// What the issue of the pad promises.
const PAPER = {apply: 0.3, type: 0.4, load: 0.004, memory: 1.5e6};
const FASTER_THAN = {yjs: 5, ywasm: 2};
const OUT_OF_ORDER_MAX = 2;
const CONCURRENT = new Set(['friendsforever']);

let failed = 0;
function check(holds, name, why) {
  if (!holds) failed += 1;
  console.log(holds ? `ok ${name}` : `FAILED ${name} ${why}`);
}

function ask(command, words) {
  const answer = execFileSync(command, words, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26});
  return JSON.parse(answer.trim().split('\n').at(-1));
}

function measure(peer, task, trace) {
  try {
    return peer === 'libconf'
      ? ask(program, [task, folder, trace, String(runs)])
      : ask(process.execPath, ['--expose-gc', join(here, 'peers.mjs'), peer, task, folder, trace, String(runs)]);
  } catch (error) {
    return {error: String(error.stderr || error).trim().split('\n').at(-1)};
  }
}

const missing = traces.filter(name => !existsSync(join(folder, `${name}.text`)));
if (missing.length) {
  mkdirSync(folder, {recursive: true});
  execFileSync(process.execPath, [join(here, 'prepare.mjs'), folder, ...missing], {stdio: ['ignore', 'ignore', 'inherit']});
}

const peers = chosen.quick ? ['libconf', 'yjs', 'ywasm'] : ['libconf', 'yjs', 'ywasm', 'loro'];
const results = {cpu: cpus()[0]?.model ?? '?', runs, values: []};
const number = ({value, error, wrong}, task) => error ? 'failed'
  : `${task === 'memory' ? `${(value / 1e6).toFixed(2)} MB` : `${(value * 1000).toFixed(1)} ms`}${wrong ? ' *' : ''}`;
console.log(['trace', 'task', ...peers].map(word => word.padEnd(20)).join(''));
for (const trace of traces) {
  const concurrent = CONCURRENT.has(trace);
  const tasks = chosen.quick ? ['apply', 'blocks']
    : ['apply', 'blocks', ...(concurrent ? ['agents'] : ['type']), 'load', 'memory'];
  if (chosen.quick && concurrent) tasks.push('agents');
  const got = {};
  for (const task of tasks) {
    got[task] = {};
    for (const peer of peers) {
      // loro's updates are made of edits in one order; wrong orders are compared with our own right one.
      if (peer === 'loro' && concurrent) continue;
      if (peer !== 'libconf' && (task === 'blocks' || task === 'agents')) continue;
      got[task][peer] = measure(peer, task, trace);
      results.values.push({...got[task][peer], peer, task, trace});
    }
    console.log([trace, task, ...peers.map(peer => got[task][peer] ? number(got[task][peer], task) : '-')]
      .map(word => word.padEnd(20)).join(''));
  }
  const ours = task => got[task].libconf;
  for (const task of tasks) check(!ours(task).error, `pad bench ${trace} ${task}: text and bytes are those of yjs`, ours(task).error);
  for (const [peer, times] of Object.entries(FASTER_THAN)) {
    const theirs = got.apply[peer];
    if (theirs.error) continue;
    check(ours('apply').value * times <= theirs.value, `pad bench ${trace} apply: ${times} times as fast as ${peer}`,
      `${(theirs.value / ours('apply').value).toFixed(1)} times`);
  }
  for (const task of ['blocks', 'agents']) {
    if (!got[task]) continue;
    const ratio = ours(task).value / ours(task).in_order;
    check(ratio <= OUT_OF_ORDER_MAX, `pad bench ${trace} ${task}: at most twice the time of the right order`,
      `${ratio.toFixed(2)} times`);
  }
  if (trace !== 'automerge-paper') continue;
  for (const [task, most] of Object.entries(PAPER)) {
    if (got[task]) check(ours(task).value <= most, `pad bench ${trace} ${task}: at most ${most}`, `${ours(task).value}`);
  }
}
console.log('* its text is another one than that of the trace');
if (chosen.json) writeFileSync(chosen.json, `${JSON.stringify(results, null, 1)}\n`);
process.exit(failed ? 1 : 0);
