// One foreign stack against conf-server: it publishes to Chromium, it plays what Chromium publishes, and some of its
// packets are lost on the way.
//
// usage: node run.mjs PROGRAM ADDRESS CLIP STACK...
//
// PROGRAM is conf-server, ADDRESS where media is to arrive, CLIP a folder that clip.py has filled, STACK `chromium`,
// `firefox` or the command of a peer as peer.mjs tells. The last line is the stack's row of the table as JSON, or says
// why there is none.
import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import {close, connect, look, play, publish} from '../../e2e/in_page.mjs';
import {open_browser} from '../../e2e/browsers.mjs';
import {start_server} from '../../e2e/server.mjs';
import {start_front, video_types} from './front.mjs';

const FRAMES = 25, SOUNDS = 50;       // what has to come before anything is lost
const LOSSES = 10, EVERY = 15;        // then every 15th packet of the video, until that many are lost
const SPARED = 1;                     // of a publisher's: what is lost just before a key frame is not asked for again
const PATIENCE = 30_000;              // milliseconds

const [program, address, clip, ...stack] = process.argv.slice(2);
const at_end = [];
let sessions = () => [];

function require(holds, why) {
  if (!holds) throw new Error(why);
}

/** Asks until `good` says so; returns what it was. */
async function until(what, ask, good) {
  for (const end = Date.now() + PATIENCE;;) {
    const seen = await ask();
    if (good(seen)) return seen;
    require(Date.now() < end, `no ${what}: ${JSON.stringify(seen).slice(0, 700)}`);
    await new Promise(done => setTimeout(done, 50));
  }
}

/** A page as a peer: `look()` counts as peer.mjs does, `end()` is the status of its DELETE. */
async function page_peer(browser, role, url) {
  const page = await browser.page(`${new URL(url).origin}/healthz`);
  await (role === 'publish' ? page.evaluate(publish, false) : page.evaluate(play));
  const session = await page.evaluate(connect, {path: new URL(url).pathname});
  return {
    look: async () => {
      const seen = await page.evaluate(look);
      if (role === 'publish') {
        return {stack: browser.name, sent: {audio: seen.audio?.packetsSent, video: seen.video?.packetsSent}};
      }
      const counted = kind => {
        const {packetsReceived = 0, packetsLost = 0, retransmittedPacketsReceived = 0} = seen[kind] ?? {};
        return {packets: packetsReceived, missing: Math.max(0, packetsLost - retransmittedPacketsReceived)};
      };
      return {
        stack: browser.name,
        audio: {...counted('audio'), decoded: Math.round(10_000 * (seen.audio?.totalAudioEnergy ?? 0))},
        video: {...counted('video'), decoded: seen.video?.framesDecoded ?? 0, asked: seen.video?.pliCount ?? 0},
      };
    },
    end: async () => {
      const status = await page.evaluate(close, session);
      await page.close();
      return status;
    },
  };
}

/** A program as a peer. */
async function program_peer(command, role, url) {
  const child = spawn(command[0], [...command.slice(1), role, url, clip], {stdio: ['pipe', 'pipe', 'pipe']});
  at_end.push(() => child.kill('SIGKILL'));
  const said = [];  // the end of what it wrote to stderr
  let last = {};
  let code;
  createInterface({input: child.stderr}).on('line', line => said.push(line) > 20 && said.shift());
  createInterface({input: child.stdout}).on('line', line => {
    try {
      last = JSON.parse(line);
    } catch {
      said.push(line);
    }
  });
  const gone = new Promise(done => child.on('close', (status, signal) => done(code = status ?? signal)));
  return {
    look: async () => {
      require(code === undefined, `${role} ended with ${code}: ${said.join(' ').slice(-1200)}`);
      return last;
    },
    end: async () => {
      child.stdin.end();
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(late);
      require(code === 0, `${role} ended with ${code}: ${said.join(' ').slice(-1200)}`);
      return last.deleted;
    },
  };
}

const enough = (seen, since) =>
  seen.audio?.packets - since.audio.packets >= SOUNDS && seen.video?.packets - since.video.packets >= FRAMES &&
  (seen.video.decoded ?? FRAMES) >= FRAMES && (seen.audio.decoded ?? 1) > 0;

/** Waits for picture and sound of which nothing is missing and nothing out of order; a busy machine may lose a packet
 *  by itself, so it may take a second try. */
async function unharmed(player) {
  let since = {audio: {packets: 0, missing: 0}, video: {packets: 0, missing: 0}};
  return until('picture and sound, all of it and in order', player.look, seen => {
    const hurt = kind =>
      seen[kind].missing !== since[kind].missing || (seen[kind].late ?? 0) !== (since[kind].late ?? 0);
    if (seen.audio && seen.video && (hurt('audio') || hurt('video'))) since = seen;
    return enough(seen, since);
  });
}

/** Nothing is missing; or, with those who leave counted as lost what RTX brought, no key frame has been asked for. */
const repaired_by_rtx = (video, before) => video.missing <= before.missing ||
  video.asked !== undefined && video.asked === before.asked && video.missing <= before.missing + LOSSES;

/** One direction of the table: `from` publishes, `to` plays, packets are lost on the path of the stack that is looked
 *  at, which is one of them. */
async function call({room, from, to, looked_at, front, server}) {
  const whip = `/whip/${room}/ann`, whep = `/whep/${room}`;
  const publisher = await from('publish', front.http + whip);
  await until('media of the publisher', publisher.look, seen => seen.sent?.audio > 5 && seen.sent?.video > 5);
  const player = await to('play', front.http + whep);
  const clean = await unharmed(player);

  const session = front.session(looked_at === 'publisher' ? whip : whep);
  const way = session.path[looked_at === 'publisher' ? 'up' : 'down'];
  const types = video_types(session.answer);
  way.lose(types.media, EVERY, LOSSES);
  await until(`${LOSSES} losses`, () => way.lost, lost => lost === LOSSES);
  const row = {profile: session.path.profile, lost: LOSSES, how: 'not asked for', repaired: false};
  require(row.profile, 'the path has seen no ServerHello');
  const look_again = async () => ({...await player.look(), rtx: way.packets[types.repeats] ?? 0, again: way.again});
  if (looked_at === 'publisher') {
    // The server passes on under the same number what it got late, so nothing is missing where it ends.
    const seen = await until('repetitions by the publisher', look_again, one =>
      Math.max(one.rtx, one.again) >= LOSSES - SPARED && one.video.missing <= clean.video.missing + SPARED);
    const counted = await server.metric('conf_media_repairs_total{what="repaired"}');
    require(counted > 0, 'the server has counted no repair');
    Object.assign(row, {how: seen.again > seen.rtx ? 'repeated' : 'RTX', repaired: true});
  } else if (types.repeats !== undefined) {
    const seen = await until('repetitions by the server', look_again, one =>
      one.rtx >= LOSSES && (one.takes_rtx === false || repaired_by_rtx(one.video, clean.video)));
    Object.assign(row, {how: 'RTX', repaired: seen.takes_rtx !== false});
  }
  const after = await player.look();
  row.seen = await until('media after the losses', player.look, seen => seen.video.packets > after.video.packets + 10);
  row.stack = (await (looked_at === 'publisher' ? publisher : player).look()).stack;
  for (const [name, one] of [['player', player], ['publisher', publisher]]) {
    const status = await one.end();
    require(status === 200, `the ${name}'s DELETE got ${status}`);
  }
  return row;
}

async function main() {
  const server = await start_server(program, {'media.listen': `${address}:0`, 'rooms.open': true});
  at_end.push(() => server.end());
  const front = await start_front(server, address);
  at_end.push(() => front.end());
  sessions = () => front.sessions;
  const chromium = await open_browser('chromium');
  at_end.push(() => chromium.end());
  const known = (role, url) => page_peer(chromium, role, url);
  let peer = (role, url) => program_peer(stack, role, url);
  if (stack[0] === 'chromium') peer = known;
  if (stack[0] === 'firefox') {
    const firefox = await open_browser('firefox');
    at_end.push(() => firefox.end());
    peer = (role, url) => page_peer(firefox, role, url);
  }
  const [published, played] = await Promise.allSettled([
    call({room: 'publish', from: peer, to: known, looked_at: 'publisher', front, server}),
    call({room: 'play', from: known, to: peer, looked_at: 'player', front, server}),
  ]);
  const why = [['publish', published], ['play', played]].flatMap(
    ([name, one]) => one.reason ? [`${name}: ${one.reason.message ?? one.reason}`] : []);
  require(why.length === 0, why.join('; '));
  return {publish: published.value, play: played.value};
}

async function finish(status) {
  await Promise.allSettled(at_end.reverse().map(one => one()));
  process.exit(status);
}

process.on('SIGTERM', () => finish(1));
try {
  console.log(JSON.stringify(await main()));
  await finish(0);
} catch (error) {
  for (const one of sessions()) console.log(`${one.target}\n${one.offer}\n${one.answer}`);
  console.log(`FAILED ${String(error.stack ?? error).replaceAll('\n', ' ').slice(0, 3000)}`);
  await finish(1);
}
