// Media alone, by WHIP and WHEP: between the browsers, under loss, without UDP, through our relay.
import {close, connect, look, play, publish} from '../in_page.mjs';
import {lossy_path} from '../proxy.mjs';
import {require} from '../stage.mjs';

export const cases = [];

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

/** `how`: from and to which browser, and by which way. */
async function call({browser, more_servers, address}, how, body) {
  const {from, to, simulcast = false, candidates, relay, publisher_loss = 0, player_loss = 0} = how;
  const server = await more_servers({
    'rooms.open': true, 'turn.listen': `["udp://${address}:0", "tcp://${address}:0"]`, 'turn.relay_address': address,
    'turn.secrets': '["only for this test"]',
  });
  const loss = publisher_loss + player_loss;
  const path = loss > 0 ? await lossy_path(address, server.media_port, loss) : null;
  const room = `${server.http}/whip/room/ann`;
  const publisher = await (await browser(from)).page(`${server.http}/healthz`);
  const player = await (await browser(to)).page(`${server.http}/healthz`);
  let sent, got;
  try {
    await publisher.evaluate(publish, simulcast);
    sent = await publisher.evaluate(connect, {
      path: room, candidates, relay, proxy: publisher_loss > 0 ? path.port : undefined,
    });
    await player.evaluate(play);
    got = await player.evaluate(connect, {
      path: room.replace('/whip/', '/whep/').replace(/\/ann$/, ''), candidates, relay,
      proxy: player_loss > 0 ? path.port : undefined,
    });
    const first = await until(player, 'picture and sound', seen =>
      seen.frame !== undefined && seen.video?.framesDecoded > 10 && seen.audio?.packetsReceived > 20);
    const later = await until(player, 'second of new pictures', seen =>
      ahead(first.frame, seen.frame) > 25 && ahead(first.frame, seen.frame) < 20_000 &&
      seen.audio.totalAudioEnergy > 0.001);
    const note = await body({publisher, player, first, later, server, path});
    require(await player.evaluate(close, got) === 200, 'the player could not end its session');
    require(await publisher.evaluate(close, sent) === 200, 'the publisher could not end its session');
    return note;
  } finally {
    await Promise.allSettled([publisher.close(), player.close()]);
    path?.end();
  }
}

const summary = seen => `${seen.height} lines, ${seen.video.framesDecoded} frames decoded, ` +
  `${seen.video.packetsLost} packets lost, ${seen.video.retransmittedPacketsReceived ?? '?'} repeated, ` +
  `${seen.srtp ?? 'SRTP not told'}`;

for (const from of ['chromium', 'firefox']) {
  for (const to of ['chromium', 'firefox']) {
    cases.push([`${from} publishes, ${to} plays`, stage => call(stage, {from, to}, ({later}) => {
      if (from === 'chromium' && to === 'chromium') require(/GCM/.test(later.srtp), `the profile is ${later.srtp}`);
      return summary(later);
    }), {long: from === 'firefox' && to === 'firefox'}]);
  }
}
cases.push(['simulcast: the player comes to the largest layer', stage =>
  call(stage, {from: 'chromium', to: 'chromium', simulcast: true}, async ({publisher, player, first}) => {
    const seen = await until(player, 'picture of 720 lines', one => one.height === 720);
    const sent = await publisher.evaluate(look);
    for (const rid of ['q', 'h', 'f']) require(sent[`video${rid}`]?.packetsSent > 0, `layer ${rid} was not sent`);
    return `from ${first.height} to ${seen.height} lines`;
  })]);
for (const kind of ['chromium', 'firefox']) {
  cases.push([`${kind}: without UDP, over ICE-TCP`, stage =>
    call(stage, {from: kind, to: kind, candidates: ' tcp '}, async ({later, server}) => {
      const open = await server.metric('conf_media_tcp_connections');
      require(open >= 2, `${open} connections are open`);
      return summary(later);
    }), {long: kind === 'firefox'}]);
  for (const transport of ['udp', 'tcp']) {
    cases.push([`${kind}: through our TURN relay alone, over ${transport.toUpperCase()}`, stage =>
      call(stage, {from: kind, to: kind, relay: transport}, async ({later, server}) => {
        const open = await server.metric('turn_total_allocations');
        require(open >= 2, `${open} allocations are there`);
        return `${open} allocations, ${summary(later)}`;
      }), {long: kind === 'firefox'}]);
  }
}
for (const loss of [0.05, 0.1]) {
  for (const side of ['publisher', 'player']) {
    cases.push([`${loss * 100} % loss on the ${side}'s path is repaired`, stage => {
      const how = {from: 'chromium', to: 'chromium', [`${side}_loss`]: loss};
      return call(stage, how, async ({publisher, player, later, path}) => {
        // Somewhere in fifteen seconds: what is not repaired freezes at once, but a busy machine decodes less, too.
        for (let tries = 1; ; ++tries) {
          const sent = await publisher.evaluate(look);
          const begin = await player.evaluate(look);
          await until(player, 'five seconds of pictures', seen => ahead(later.frame, seen.frame) > 150 * tries);
          const all = await publisher.evaluate(look);
          const end = await player.evaluate(look);
          const encoded = all.video.framesEncoded - sent.video.framesEncoded;
          const decoded = end.video.framesDecoded - begin.video.framesDecoded;
          require(path.counts.lost > 20, `only ${path.counts.lost} packets were lost`);
          require(encoded > 30, `the publisher encoded only ${encoded} frames`);
          const measured = `${path.counts.lost} packets lost on the way, of ${encoded} frames ${decoded} decoded, ${summary(end)}`;
          if (decoded > 0.8 * encoded) return measured;
          require(tries < 3, measured);
        }
      });
    }, {long: loss < 0.1}]);
  }
}
