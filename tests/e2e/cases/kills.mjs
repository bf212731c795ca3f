// The server is killed again and again, with ten native callers and two browsers in a meeting.
import {dirname, join} from 'node:path';
import {Callers} from '../callers.mjs';
import {require} from '../stage.mjs';

export const cases = [];

const [callers_count, median_max_s, ninety_fifth_max_s] = [10, 5, 10];
/** A room keeps the newest 10 000 messages. */
const checked = 5000;
const patience_ms = 60_000;

const sorted = numbers => [...numbers].sort((a, b) => a - b);
const median = numbers => sorted(numbers)[Math.floor(numbers.length / 2)];
const ninety_fifth = numbers => sorted(numbers)[Math.ceil(0.95 * numbers.length) - 1];
const monotonic_s = () => Number(process.hrtime.bigint()) / 1e9;

/** All that is kept, oldest first, as a guest reads it. */
async function history(guest, link) {
  const reader = await guest(link, 'reader');
  let page = reader.inside.chat;
  let kept = page.messages;
  while (page.more && kept.length < checked) {
    page = await reader.ask('chat.history', {before: kept[0].id, limit: 200}).catch(async error => {
      require(String(error).includes(' rate: '), error);
      await new Promise(done => setTimeout(done, 500));
      return {more: true, messages: []};
    });
    kept = [...page.messages, ...kept];
  }
  await reader.ask('leave');
  return kept;
}

/** Everything acknowledged is kept once, and everybody was told of it once. */
async function check_chat({guest}, link, callers) {
  const people = await callers.quiet();
  const kept = await history(guest, link);
  const texts = new Set(kept.map(one => one.text));
  const lost = callers.acknowledged.slice(-checked / 2).filter(text => !texts.has(text));
  require(lost.length === 0, `${lost.length} acknowledged messages are lost: ${lost.slice(0, 3)}`);
  require(texts.size === kept.length, 'messages are there twice');
  const ids = kept.slice(-1000).map(one => one.id);
  for (const one of people) {
    require(one.told_twice === 0, `${one.name} was told of ${one.told_twice} messages twice`);
    const read = new Set(one.read);
    const missing = ids.filter(id => !read.has(id));
    require(missing.length === 0, `${one.name} was never told of ${missing.length} messages`);
  }
}

/** Runs in the page: whether somebody's picture moves, within a second. */
const moves = name => new Promise(done => {
  const video = document.querySelector(`.tile[data-person="${name}"] video`);
  let frames = 0;
  const count = () => ++frames > 3 ? done(true) : video.requestVideoFrameCallback(count);
  video?.requestVideoFrameCallback(count);
  setTimeout(done, 1000, false);
});

/**
 * When new pictures of the other browser come again, in seconds. The picture itself is asked: statistics of a dozen people
 * ten times a second keep Firefox from answering at all.
 */
async function flows_again(peer, other) {
  const end = Date.now() + patience_ms;
  while (!await peer.page.evaluate(moves, other)) {
    if (Date.now() > end) throw new Error(`${peer.name} sees nothing of ${other}: ${(await peer.look()).text.slice(0, 400)}`);
  }
  return monotonic_s();
}

/** Who was away for more messages than a page of them has the newest, and finds what is older behind its button. */
async function sees_once(peer, text) {
  await peer.page.evaluate(() => { const log = document.querySelector('[role=log]'); log.scrollTop = log.scrollHeight; });
  for (;;) {
    const {messages} = await peer.look();
    const found = messages.filter(one => one === text).length;
    if (found === 1) return;
    require(found === 0, `${peer.name} reads "${text}" ${found} times`);
    await peer.press_button('Show older');
    await peer.until('older messages', seen => seen.messages.length > messages.length);
  }
}

/**
 * @param held_s how long a line has held before it is cut. Where that is less than the three seconds of a good one, the
 *        client waits longer with each attempt: a few rounds are then more luck than anything, and many are worth it.
 */
async function kill_rounds(stage, rounds, held_s) {
  const {meet, more_servers, at_end, program} = stage;
  const server = await more_servers({'rooms.open': true, 'media.listen': 'localhost:0'});
  const room = 'rounds';
  const callers = await Callers.come(join(dirname(program), 'call_load'), new URL(server.http).port, callers_count, room);
  at_end(() => callers.end());
  const link = `${server.http}/r/${room}`;
  const [ana, bo] = (await meet(['chromium', 'firefox'], ['Ana', 'Bo'], {link})).peers;
  await ana.until('Bo', seen => seen.people.Bo?.picture);
  await bo.until('Ana', seen => seen.people.Ana?.picture);
  for (const peer of [ana, bo]) {
    await peer.press_button('Chat');
    await peer.see('.composer textarea');
  }
  const back = [];
  const hear = [];
  let settled = monotonic_s();
  for (let round = 1; round <= rounds; ++round) {
    callers.say('chat on');
    await ana.say(`before kill ${round}`);
    await ana.until('that it was sent', seen => !seen.text.includes('Sending'));
    const still = Math.max(0, held_s - (monotonic_s() - settled)) * 1000;
    await new Promise(done => setTimeout(done, still + 200 + Math.random() * 600));
    await server.kill();
    const killed = monotonic_s();
    callers.forget();
    await server.again();
    const [at_ana, at_bo] = await Promise.all([flows_again(ana, 'Bo'), flows_again(bo, 'Ana'), callers.all_hear()]);
    settled = Math.max(at_ana, at_bo);
    back.push(...[...callers.back.values(), at_ana, at_bo].map(at => at - killed));
    hear.push(...[...callers.hear.values(), at_ana, at_bo].map(at => at - killed));
    callers.say('chat off');
    await check_chat(stage, link, callers);
    for (const peer of [ana, bo]) await sees_once(peer, `before kill ${round}`);
  }
  const figures = numbers => `${median(numbers).toFixed(2)} s at the median, ${ninety_fifth(numbers).toFixed(2)} s at 95 %`;
  require(median(back) <= median_max_s && ninety_fifth(back) <= ninety_fifth_max_s, `back after ${figures(back)}`);
  return `${rounds} kills, ${callers_count} callers and 2 browsers back after ${figures(back)}; hear everybody after ` +
    `${figures(hear)}; ${callers.acknowledged.length + rounds} messages acknowledged, 0 lost, 0 twice`;
}

for (const [rounds, held_s, long] of [[5, 3, false], [200, 0, true]]) {
  cases.push([`ten callers and two browsers survive SIGKILL, ${rounds} rounds`, stage => kill_rounds(stage, rounds, held_s),
    {long, alone: true}]);
}
