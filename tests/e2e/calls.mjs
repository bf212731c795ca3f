// Meetings on the product's own pages, with people in Chromium and Firefox. Prints "ok NAME" or "FAILED NAME why" for
// each case.
//
// usage: node calls.mjs PROGRAM ADDRESS [long] [NAME...]    PROGRAM is conf-server, ADDRESS where other machines reach
//                                                           this one; long: those that take their time, too
import {Stage, require} from './stage.mjs';

const themes = ['meetings', 'doors', 'devices', 'paths', 'crowds', 'by_ear', 'sizes'];
const [program, address, ...words] = process.argv.slice(2);
const is_long = words[0] === 'long';
const wanted = words.slice(is_long ? 1 : 0);

const cases = [];
for (const theme of themes) cases.push(...(await import(`./cases/${theme}.mjs`)).cases);
const stage = await Stage.open(program, address);

let failed = 0;
for (const [name, body, how = {}] of cases) {
  if (wanted.length > 0 ? !wanted.some(one => name.includes(one)) : how.long && !is_long) continue;
  const began = Date.now();
  try {
    const note = await body(stage);
    const faults = await stage.faults();
    require(faults.length === 0, faults.join('; '));
    console.log(`ok ${name}${note ? `: ${note}` : ''} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    ++failed;
    console.log(`FAILED ${name}: ${String(error.message ?? error).replaceAll('\n', ' ').slice(0, 1800)}`);
  }
  await stage.end_case();
}
await stage.end();
process.exit(failed === 0 ? 0 : 1);
