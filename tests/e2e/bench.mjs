// How long a guest waits: from the link to his own picture, and from the click on Join to the first picture of another
// person. Prints the median of both and, for each promise of the project, a line "ok" or "FAILED".
//
// usage: tests/e2e/run [BUILD] bench [ROUNDS]     20 rounds if none are given
import {Stage} from './stage.mjs';
import {guest_times, median} from './times.mjs';

const [program, address, rounds = '20'] = process.argv.slice(2);
const stage = await Stage.open(program, address);
let failed = 0;
const judge = (what, numbers, limit_ms) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const is_good = median(numbers) <= limit_ms;
  if (!is_good) ++failed;
  console.log(`${is_good ? 'ok' : 'FAILED'} ${what}: ${Math.round(median(numbers))} ms at the median of ${numbers.length} ` +
    `(${Math.round(sorted[0])} to ${Math.round(sorted.at(-1))}), at most ${limit_ms}`);
};
const times = await guest_times(stage, Number(rounds));
judge('own picture after opening the link', times.map(one => one.own_ms), 1000);
judge('first picture of another person after the click on Join', times.map(one => one.other_ms), 700);
await stage.end_case();
await stage.end();
process.exit(failed === 0 ? 0 : 1);
