// Writes the traces as pad_load reads them: node prepare.mjs FOLDER NAME...
//
// NAME.updates  for each transaction its agent (1 byte), a length (4 bytes, little endian) and yjs's update
// NAME.state    yjs's update of the final state
// NAME.edits    for each patch position, deleted and inserted bytes (4 bytes each), and what is inserted, as UTF-8
// NAME.text     the final text
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {read_trace, type_with_yjs} from './traces.mjs';

const [folder, ...names] = process.argv.slice(2);
mkdirSync(folder, {recursive: true});
for (const name of names) {
  const trace = read_trace(name);
  const {updates, state, text} = type_with_yjs(trace);
  const write = (kind, parts) => writeFileSync(join(folder, `${name}.${kind}`), Buffer.concat(parts));
  const number = value => { const made = Buffer.alloc(4); made.writeUInt32LE(value); return made; };
  write('updates', updates.flatMap(({agent, bytes}) => [Buffer.from([agent]), number(bytes.length), bytes]));
  write('state', [state]);
  write('text', [Buffer.from(text)]);
  write('edits', trace.agents > 1 ? [] : trace.transactions.flatMap(({patches}) => patches.flatMap(
    ([position, deleted, inserted]) => {
      const added = Buffer.from(inserted);
      return [number(position), number(deleted), number(added.length), added];
    })));
  console.log(`${name}: ${updates.length} updates, ${state.length} bytes`);
}
