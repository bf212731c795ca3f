// Whole calls in browsers: meetings on the product's own pages, and media by WHIP and WHEP. Two cases at a time, each
// with a server, browsers and people of its own; what is `alone` comes after that. Prints "ok NAME" or "FAILED NAME why"
// for each case.
//
// usage: node run.mjs PROGRAM ADDRESS [long] [NAME...]    PROGRAM is conf-server, ADDRESS where other machines reach
//                                                         this one; long: those that take their time, too
import {Stage, require} from './stage.mjs';

// Those that take long come first, so that nobody waits for one of them in the end.
const themes = [
  'kills', 'paths', 'sizes', 'by_ear', 'board', 'screens', 'whip', 'meetings', 'notes', 'pictures', 'crowds', 'doors', 'devices',
  'times',
];
const hands = 2;
const [program, address, ...words] = process.argv.slice(2);
const is_long = words[0] === 'long';
const wanted = words.slice(is_long ? 1 : 0);

const cases = [];
for (const theme of themes) cases.push(...(await import(`./cases/${theme}.mjs`)).cases);
const chosen = cases.filter(([name, , how = {}]) =>
  wanted.length > 0 ? wanted.some(one => name.includes(one)) : is_long || !how.long);

let failed = 0;

async function run(stage, [name, body]) {
  const began = Date.now();
  const seconds = () => ((Date.now() - began) / 1000).toFixed(1);
  try {
    const note = await body(stage);
    const faults = await stage.faults();
    require(faults.length === 0, faults.join('; '));
    console.log(`ok ${name}${note ? `: ${note}` : ''} (${seconds()} s)`);
  } catch (error) {
    ++failed;
    const after = seconds();
    const why = `${String(error.message ?? error).slice(0, 1800)}; ${await stage.screens()}`;
    console.log(`FAILED ${name} (${after} s): ${why.replaceAll('\n', ' ')}`);
  }
  await stage.end_case();
}

/** Takes one case after the other until there are none left. */
async function work(cases) {
  const stage = await Stage.open(program, address);
  while (cases.length > 0) await run(stage, cases.shift());
  await stage.end();
}

if (chosen.length === 0) {
  console.log(`FAILED e2e: no case is called ${wanted.join(' or ')}`);
  ++failed;
}
// Those that measure have the machine to themselves, in the end.
const [alone, together] = [true, false].map(is_alone => chosen.filter(([, , how]) => Boolean(how?.alone) === is_alone));
await Promise.all(Array.from({length: Math.min(hands, together.length)}, () => work(together)));
if (alone.length > 0) await work(alone);
process.exit(failed === 0 ? 0 : 1);
