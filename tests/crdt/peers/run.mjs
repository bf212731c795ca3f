// Documents of ours beside documents of yjs: both edit at random, every update goes to everybody in a random order, and
// all must show the same in the end; without formats, whose clean-up depends on the order, their bytes are equal, too.
//
// usage: node run.mjs PROGRAM FIRST LAST     seeds
import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import * as Y from 'yjs';

const [program, first, last] = process.argv.slice(2);
const OURS = 2, THEIRS = 2, TURNS = 40;
const WORDS = ['a', 'bc', 'déf', 'g h', '😀', 'ij€k', 'lmnopqrstuvw', '\n'];

const child = spawn(program, {stdio: ['pipe', 'pipe', 'inherit']});
const answers = createInterface({input: child.stdout})[Symbol.asyncIterator]();
async function ask(...words) {
  child.stdin.write(`${words.join(' ')}\n`);
  const {value, done} = await answers.next();
  if (done) throw new Error('the program has ended');
  return value;
}

const hex = bytes => Buffer.from(bytes).toString('hex');

/** A small generator of random numbers, so that a seed repeats a run. */
function generator(seed) {
  let state = seed >>> 0;
  return end => {
    state = (state + 0x6D2B79F5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return end ? ((mixed ^ (mixed >>> 14)) >>> 0) % end : 0;
  };
}

/** Whether the index is between the halves of a character; an embedded object is one unit. */
function divides(text, index) {
  const units = text.toDelta().map(({insert}) => typeof insert === 'string' ? insert : ' ').join('');
  const code = units.charCodeAt(index);
  return code >= 0xDC00 && code <= 0xDFFF;
}

function edit_text(text, below, formats) {
  const length = text.length, index = below(length + 1);
  const some = Math.min(length - index, 1 + below(5));
  const attributes = [{bold: true}, {italic: null}, {link: {href: 'y'}}, {bold: null}][below(4)];
  // A divided character is U+FFFD for those who divided it and whole for the others: yjs does not agree with itself.
  if (divides(text, index) || divides(text, index + some)) return;
  switch (below(formats ? 5 : 3)) {
    case 0: case 1: text.insert(index, WORDS[below(WORDS.length)]); break;
    case 2: text.delete(index, some); break;
    case 3: text.format(index, some, attributes); break;
    default: text.insertEmbed(index, {image: 1}, {width: 2});
  }
}

function edit_map(map, below) {
  const key = 'klmn'[below(4)];
  if (below(4) === 0) map.delete(key);
  else if (below(4) === 0) map.set(key, new Y.Text('in a map'));
  else map.set(key, below(100));
}

function edit_array(array, below) {
  const index = below(array.length + 1);
  if (below(3) === 0) array.delete(index, Math.min(array.length - index, 1 + below(3)));
  else if (below(4) === 0) array.insert(index, [new Y.Map([['k', 1]])]);
  else array.insert(index, [1, 'two', null, {three: [3]}].slice(0, 1 + below(4)));
}

function edit_xml(xml, below, formats) {
  const index = below(xml.length + 1);
  const children = xml.toArray();
  switch (below(5)) {
    case 0: {
      const made = new Y.XmlElement('p');
      made.setAttribute('level', below(3));
      made.insert(0, [new Y.XmlText('text')]);
      xml.insert(index, [made]);
      break;
    }
    case 1: if (index < xml.length) xml.delete(index, 1); break;
    default: {
      if (!children.length) break;
      const child = children[below(children.length)];
      if (child instanceof Y.XmlText) edit_text(child, below, formats);
      else edit_xml(child, below, formats);
    }
  }
}

function edit(document, below, formats) {
  let update = null;
  const listen = bytes => { update = update ? Y.mergeUpdates([update, bytes]) : bytes; };
  document.on('update', listen);
  document.transact(() => {
    switch (below(6)) {
      case 0: edit_map(document.getMap('m'), below); break;
      case 1: edit_array(document.getArray('a'), below); break;
      case 2: edit_xml(document.getXmlFragment('x'), below, formats); break;
      default: edit_text(document.getText('t'), below, formats);
    }
  });
  document.off('update', listen);
  return update;
}

/** Neighbours with equal attributes are one. */
function joined(delta) {
  const made = [];
  for (const {insert, attributes} of delta) {
    const step = {insert, ...(attributes && Object.keys(attributes).length ? {attributes} : {})};
    const before = made.at(-1);
    if (typeof insert === 'string' && typeof before?.insert === 'string'
        && canonical(before.attributes ?? {}) === canonical(step.attributes ?? {})) {
      before.insert += insert;
    } else {
      made.push(step);
    }
  }
  return made;
}

/** JSON with sorted members. It knows no bytes: null, as ours writes them. */
function canonical(value) {
  return JSON.stringify(value, (_, each) => {
    if (each instanceof Uint8Array) return null;
    if (!each || typeof each !== 'object' || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => a < b ? -1 : 1));
  });
}

function view(document) {
  return canonical({
    t: joined(document.getText('t').toDelta()),
    m: document.getMap('m').toJSON(),
    a: document.getArray('a').toJSON(),
    x: document.getXmlFragment('x').toString(),
  });
}

function shuffle(list, below) {
  for (let i = list.length - 1; i > 0; i -= 1) {
    const other = below(i + 1);
    [list[i], list[other]] = [list[other], list[i]];
  }
}

async function run(seed) {
  const below = generator(seed);
  const formats = seed % 2 === 0;
  await ask('new', seed, OURS, Number(formats));
  const theirs = Array.from({length: THEIRS}, (_, i) => {
    const document = new Y.Doc();
    document.clientID = 100 + i;
    for (const name of ['Text t', 'Map m', 'Array a', 'XmlFragment x']) {
      const [kind, root] = name.split(' ');
      document[`get${kind}`](root);
    }
    return document;
  });
  const unheard = Array.from({length: OURS + THEIRS}, () => []);
  const deliver = async (to, update) => {
    if (to >= OURS) return void Y.applyUpdate(theirs[to - OURS], update);
    const wide = below(4) === 0;
    const told = wide ? await ask('apply2', to, hex(Y.convertUpdateFormatV1ToV2(update))) : await ask('apply', to, hex(update));
    if (told !== 'ok') throw new Error(`${told}: ${hex(update)}`);
  };
  for (let turn = 0; turn < TURNS; turn += 1) {
    const who = below(OURS + THEIRS);
    const made = who < OURS ? Buffer.from(await ask('edit', who), 'hex') : edit(theirs[who - OURS], below, formats);
    if (made?.length) unheard.forEach((list, to) => { if (to !== who) list.push(new Uint8Array(made)); });
    const to = below(OURS + THEIRS);
    for (let count = below(4); count > 0 && unheard[to].length; count -= 1) {
      await deliver(to, unheard[to].splice(below(unheard[to].length), 1)[0]);
    }
  }
  for (let to = 0; to < OURS + THEIRS; to += 1) {
    shuffle(unheard[to], below);
    for (const update of unheard[to]) await deliver(to, update);
  }
  // What cleaning up formats deleted is told, too.
  for (let round = 0; round < 2; round += 1) {
    const states = [];
    for (let i = 0; i < OURS; i += 1) states.push(new Uint8Array(Buffer.from(await ask('state', i), 'hex')));
    for (const document of theirs) states.push(Y.encodeStateAsUpdate(document));
    for (let to = 0; to < OURS + THEIRS; to += 1) for (const state of states) await deliver(to, state);
  }
  const expected = view(theirs[0]);
  const expected_state = hex(Y.encodeStateAsUpdate(theirs[0]));
  for (let i = 0; i < OURS + THEIRS; i += 1) {
    const shown = i < OURS ? canonical(JSON.parse(await ask('view', i))) : view(theirs[i - OURS]);
    if (shown !== expected) throw new Error(`document ${i} shows ${shown}\n  yjs shows ${expected}`);
    const state = i < OURS ? await ask('state', i) : hex(Y.encodeStateAsUpdate(theirs[i - OURS]));
    if (!formats && state !== expected_state) throw new Error(`document ${i} says ${state}\n  yjs says ${expected_state}`);
  }
}

let failed = 0;
for (let seed = Number(first); seed <= Number(last); seed += 1) {
  try {
    await run(seed);
  } catch (error) {
    failed += 1;
    console.log(`FAILED documents beside yjs, seed ${seed}: ${String(error.message).slice(0, 3000)}`);
    console.log(`    repeat: tests/crdt/peers/run BUILD ${seed}`);
    if (failed === 3) break;
  }
}
if (!failed) console.log(`ok documents beside yjs, seeds ${first} to ${last}: all show and say the same`);
child.stdin.end();
process.exit(failed ? 1 : 0);
