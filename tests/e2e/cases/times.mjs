// Gross claims on how long things take, on a machine that has other things to do; `tests/e2e/run bench` measures.
import {require} from '../stage.mjs';
import {guest_times, median} from '../times.mjs';

export const cases = [];

const [own_max_ms, other_max_ms] = [15_000, 10_000];

cases.push(['a guest soon sees himself, and after one click the others', async stage => {
  const times = await guest_times(stage, 3);
  const [own, other] = ['own_ms', 'other_ms'].map(name => median(times.map(one => one[name])));
  require(own < own_max_ms, `own picture after ${own} ms`);
  require(other < other_max_ms, `picture of another person ${other} ms after the click`);
  return `own picture after ${Math.round(own)} ms, another person's ${Math.round(other)} ms after the click`;
}]);
