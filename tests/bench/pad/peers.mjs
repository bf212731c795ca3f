// One task of one peer on one trace, in a process of its own: node [--expose-gc] peers.mjs PEER TASK FOLDER NAME RUNS
//
// PEER is yjs, ywasm or loro. Tasks, files and the line of JSON that is printed are those of pad_load (main.cpp); loro
// has a format of its own, so it gets updates and a state that it made of the same edits.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';

const [peer, task, folder, name, runs] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const read = kind => readFileSync(join(folder, `${name}.${kind}`));

function read_updates() {
  const whole = read('updates');
  const made = [];
  for (let at = 0; at < whole.length;) {
    const size = whole.readUInt32LE(at + 1);
    made.push({agent: whole[at], bytes: new Uint8Array(whole.subarray(at + 5, at + 5 + size))});
    at += 5 + size;
  }
  return made;
}

function read_edits() {
  const whole = read('edits');
  const made = [];
  for (let at = 0; at < whole.length;) {
    const [position, deleted, size] = [0, 4, 8].map(offset => whole.readUInt32LE(at + offset));
    made.push([position, deleted, whole.toString('utf8', at + 12, at + 12 + size)]);
    at += 12 + size;
  }
  return made;
}

/** A document of the peer: `apply`, `edit` as one transaction with its update, `text`, `state`. */
const makers = {
  yjs() {
    const Y = require('yjs');
    const document = new Y.Doc();
    document.clientID = 1;
    const text = document.getText('t');
    return {
      apply: bytes => Y.applyUpdate(document, bytes),
      listen: () => document.on('update', () => {}),
      edit: (position, deleted, inserted) => document.transact(() => {
        if (deleted) text.delete(position, deleted);
        if (inserted) text.insert(position, inserted);
      }),
      text: () => text.toString(),
      state: () => Y.encodeStateAsUpdate(document),
    };
  },
  ywasm() {
    const Y = require('ywasm');
    const document = new Y.YDoc({clientID: 1});
    const text = document.getText('t');
    return {
      apply: bytes => Y.applyUpdate(document, bytes),
      listen: () => {},
      edit: (position, deleted, inserted) => {
        const change = document.beginTransaction();
        if (deleted) text.delete(position, deleted, change);
        if (inserted) text.insert(position, inserted, undefined, change);
        change.commit();
        change.free();
      },
      text: () => text.toString(),
      state: () => Y.encodeStateAsUpdate(document),
    };
  },
  loro() {
    const {LoroDoc} = require('loro-crdt');
    const document = new LoroDoc();
    document.setPeerId('1');
    const text = document.getText('t');
    return {
      document,
      apply: bytes => document.import(bytes),
      listen: () => document.subscribeLocalUpdates(() => {}),
      edit: (position, deleted, inserted) => {
        if (deleted) text.delete(position, deleted);
        if (inserted) text.insert(position, inserted);
        document.commit();
      },
      text: () => text.toString(),
      state: () => document.export({mode: 'snapshot'}),
    };
  },
};

/** What loro makes of the edits of a sequential trace. */
function loro_material() {
  const typed = makers.loro();
  const updates = [];
  typed.document.subscribeLocalUpdates(bytes => { updates.push({agent: 0, bytes}); });
  for (const each of read_edits()) typed.edit(...each);
  return {updates, state: typed.state()};
}

// A peer that takes minutes is not waited for again and again: then the median is that of fewer runs.
const patience_s = 5;

function measure(fill, text, times) {
  const seconds = [];
  const spent = () => seconds.reduce((sum, each) => sum + each, 0);
  for (let i = 0; i < times && spent() < patience_s; i += 1) {
    const made = makers[peer]();
    const began = process.cpuUsage();
    fill(made);
    const {user, system} = process.cpuUsage(began);
    seconds.push((user + system) / 1e6);
    if (text !== null && made.text() !== text) return {wrong: true, value: seconds.sort((a, b) => a - b)[0]};
  }
  return {value: seconds.sort((a, b) => a - b)[seconds.length >> 1]};
}

function run() {
  const text = read('text').toString();
  const own = peer === 'loro' && task !== 'type' ? loro_material() : null;
  const state = own?.state ?? new Uint8Array(read('state'));
  const times = Number(runs);
  if (task === 'load') return measure(made => made.apply(state), text, times * 5);
  if (task === 'memory') {
    globalThis.gc();
    const before = process.memoryUsage();
    const kept = makers[peer]();
    kept.apply(state);
    globalThis.gc();
    const after = process.memoryUsage();
    // A WebAssembly peer's memory grows by pages and is outside of the heap.
    const value = after.heapUsed + after.external - before.heapUsed - before.external;
    return {value, text: kept.text().length};
  }
  if (task === 'type') {
    const edits = read_edits();
    return measure(made => {
      made.listen();
      for (const each of edits) made.edit(...each);
    }, text, times);
  }
  const updates = own?.updates ?? read_updates();
  if (task === 'agents') updates.sort((a, b) => a.agent - b.agent);
  const ordered = task === 'blocks'
    ? Array.from({length: Math.ceil(updates.length / 1000)}, (_, i) => updates.slice(1000 * i, 1000 * i + 1000).reverse()).flat()
    : updates;
  return measure(made => { for (const {bytes} of ordered) made.apply(bytes); }, text, times);
}

console.log(JSON.stringify({peer, task, trace: name, ...run()}));
