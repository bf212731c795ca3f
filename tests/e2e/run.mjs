// Whole calls in browsers. Prints "ok NAME" or "FAILED NAME why" for each case.
//
// usage: node run.mjs PROGRAM ADDRESS [long] [NAME...]    PROGRAM is conf-server, ADDRESS where media is to arrive;
//                                                         NAME picks the cases whose names contain it; none is long
import {close, connect, look, play, publish} from './in_page.mjs';
import {lossy_path} from './proxy.mjs';
import {open_browser} from './browsers.mjs';
import {start_server} from './server.mjs';

const [program, address, ...words] = process.argv.slice(2);
const wanted = words.slice(words[0] === 'long' ? 1 : 0);
const server = await start_server(program, {
  'media.listen': 'localhost:0', 'rooms.open': true,
  'turn.listen': `["udp://${address}:0", "tcp://${address}:0"]`, 'turn.relay_address': address,
  'turn.secrets': '["only for this test"]',
});
const browsers = {};
const browser = async kind => browsers[kind] ??= await open_browser(kind);
let rooms = 0;

function require(holds, why) {
  if (!holds) throw new Error(why);
}

/** What a page sees, until `good` says so: within 30 s. */
async function until(page, what, good) {
  const end = Date.now() + 30_000;
  for (;;) {
    const seen = await page.evaluate(look);
    if (good(seen)) return seen;
    require(Date.now() < end, `no ${what} in 30 s: ${JSON.stringify(seen).slice(0, 1500)}`);
    await new Promise(done => setTimeout(done, 100));
  }
}

/** How far the counter in the picture has come from `before`. */
const ahead = (before, now) => (now - before + 65_536) % 65_536;

async function call({from, to, simulcast = false, candidates, relay, publisher_proxy, player_proxy}, body) {
  const room = `${server.http}/whip/room-${++rooms}/ann`;
  const publisher = await (await browser(from)).page(`${server.http}/healthz`);
  const player = await (await browser(to)).page(`${server.http}/healthz`);
  let sent, got;
  try {
    await publisher.evaluate(publish, simulcast);
    sent = await publisher.evaluate(connect, {path: room, candidates, relay, proxy: publisher_proxy});
    await player.evaluate(play);
    got = await player.evaluate(connect, {
      path: room.replace('/whip/', '/whep/').replace(/\/ann$/, ''), candidates, relay, proxy: player_proxy,
    });
    const first = await until(player, 'picture and sound', seen =>
      seen.frame !== undefined && seen.video?.framesDecoded > 10 && seen.audio?.packetsReceived > 20);
    const later = await until(player, 'second of new pictures', seen =>
      ahead(first.frame, seen.frame) > 25 && ahead(first.frame, seen.frame) < 20_000 &&
      seen.audio.totalAudioEnergy > 0.001);
    const note = await body({publisher, player, first, later});
    require(await player.evaluate(close, got) === 200, 'the player could not end its session');
    require(await publisher.evaluate(close, sent) === 200, 'the publisher could not end its session');
    return note;
  } finally {
    await Promise.allSettled([publisher.close(), player.close()]);
  }
}

const summary = seen => `${seen.height} lines, ${seen.video.framesDecoded} frames decoded, ` +
  `${seen.video.packetsLost} packets lost, ${seen.video.retransmittedPacketsReceived ?? '?'} repeated, ` +
  `${seen.srtp ?? 'SRTP not told'}`;

const cases = [];
for (const from of ['chromium', 'firefox']) {
  for (const to of ['chromium', 'firefox']) {
    cases.push([`${from} publishes, ${to} plays`, () => call({from, to}, ({later}) => summary(later))]);
  }
}
cases.push(['chromium to chromium, encrypted with AES-GCM', () => call({from: 'chromium', to: 'chromium'}, ({later}) => {
  require(/GCM/.test(later.srtp), `the profile is ${later.srtp}`);
  return later.srtp;
})]);
cases.push(['simulcast: the player comes to the largest layer', () =>
  call({from: 'chromium', to: 'chromium', simulcast: true}, async ({publisher, player, first}) => {
    const seen = await until(player, 'picture of 720 lines', one => one.height === 720);
    const sent = await publisher.evaluate(look);
    for (const rid of ['q', 'h', 'f']) require(sent[`video${rid}`]?.packetsSent > 0, `layer ${rid} was not sent`);
    return `from ${first.height} to ${seen.height} lines`;
  })]);
for (const kind of ['chromium', 'firefox']) {
  cases.push([`${kind}: without UDP, over ICE-TCP`, () =>
    call({from: kind, to: kind, candidates: ' tcp '}, async ({later}) => {
      const open = await server.metric('conf_media_tcp_connections');
      require(open >= 2, `${open} connections are open`);
      return summary(later);
    })]);
}
for (const kind of ['chromium', 'firefox']) {
  for (const transport of ['udp', 'tcp']) {
    cases.push([`${kind}: through our TURN relay alone, over ${transport.toUpperCase()}`, () =>
      call({from: kind, to: kind, relay: transport}, async ({later}) => {
        const open = await server.metric('turn_total_allocations');
        require(open >= 2, `${open} allocations are there`);
        return `${open} allocations, ${summary(later)}`;
      })]);
  }
}
for (const loss of [0.05, 0.1]) {
  for (const side of ['publisher', 'player']) {
    cases.push([`${loss * 100} % loss on the ${side}'s path is repaired`, async () => {
      const path = await lossy_path(address, server.media_port, loss);
      try {
        const both = {from: 'chromium', to: 'chromium', [`${side}_proxy`]: path.port};
        return await call(both, async ({publisher, player, later}) => {
          const sent = await publisher.evaluate(look);
          const begin = await player.evaluate(look);
          await until(player, 'five seconds of pictures', seen => ahead(later.frame, seen.frame) > 150);
          const all = await publisher.evaluate(look);
          const end = await player.evaluate(look);
          const encoded = all.video.framesEncoded - sent.video.framesEncoded;
          const decoded = end.video.framesDecoded - begin.video.framesDecoded;
          require(path.counts.lost > 20, `only ${path.counts.lost} packets were lost`);
          require(encoded > 30, `the publisher encoded only ${encoded} frames`);
          require(decoded > 0.8 * encoded, `of ${encoded} frames ${decoded} were decoded`);
          return `${path.counts.lost} packets lost on the way, of ${encoded} frames ${decoded} decoded, ${summary(end)}`;
        });
      } finally {
        path.end();
      }
    }]);
  }
}

let failed = 0;
for (const [name, body] of cases) {
  if (wanted.length > 0 && !wanted.some(one => name.includes(one))) continue;
  const began = Date.now();
  try {
    const note = await body();
    console.log(`ok ${name}: ${note} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    ++failed;
    await Promise.allSettled(Object.values(browsers).map(one => one.end()));  // it may be the browser that failed
    for (const kind of Object.keys(browsers)) delete browsers[kind];
    console.log(`FAILED ${name}: ${String(error.message ?? error).replaceAll('\n', ' ').slice(0, 1800)}`);
  }
}
await Promise.all(Object.values(browsers).map(one => one.end()));
await server.end();
process.exit(failed === 0 ? 0 : 1);
