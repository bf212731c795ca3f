// What the peers in JavaScript share: WHIP and WHEP, the clip, counting, and how they are told to end.
//
// A peer is started as `node PEER publish|play URL CLIP`. It says one line of JSON ten times a second, what it counts,
// and ends its session and itself when its standard input ends.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

export const [role, url, clip] = process.argv.slice(2);
export const version_of = name =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url))).version;

let session;

/** The server's answer to an offer (RFC 9725 §4.2). */
export async function answer_to(offer) {
  const response = await fetch(url, {method: 'POST', headers: {'Content-Type': 'application/sdp'}, body: offer});
  const text = await response.text();
  if (response.status !== 201) throw new Error(`${url}: ${response.status} ${text}`);
  session = new URL(response.headers.get('location'), url);
  return text;
}

/** Says what `count` returns until nobody listens any more; then ends the session and the program. */
export async function serve(stack, count) {
  const say = async () => console.log(JSON.stringify({stack, ...await count()}));
  const often = setInterval(say, 100);
  await new Promise(done => process.stdin.on('end', done).resume());
  clearInterval(often);
  const {status} = await fetch(session, {method: 'DELETE'});
  console.log(JSON.stringify({stack, deleted: status}));
  process.exit(0);
}

/** Which packets of a stream came, by their sequence numbers. */
export class stream {
  packets = 0;
  missing = 0;
  late = 0;      // behind one with a higher number
  #first;
  #highest;

  take(packet) {
    const number = packet.readUInt16BE(2);
    ++this.packets;
    if (this.#highest === undefined) {
      this.#first = this.#highest = number;
      return;
    }
    const ahead = (number - this.#highest + 65_536) % 65_536;
    if (ahead === 0) return;
    if (ahead < 32_768) {
      this.missing += ahead - 1;
      this.#highest = number;
    } else if ((number - this.#first + 65_536) % 65_536 < 32_768) {
      ++this.late;
      --this.missing;
    }
  }
}

/** Sends the clip's packets round and round, each at its time. `types`: payload types, `ssrcs`: if those are ours to
 *  choose, `send(kind, packet)`. Returns how many of each were sent. */
export function send_clip({types, ssrcs = {}}, send) {
  const sent = {audio: 0, video: 0};
  for (const [kind, rate, frame] of [['audio', 48_000, 960], ['video', 90_000, 3600]]) {
    const file = readFileSync(join(clip, `${kind}.rtp`));
    const packets = [];
    for (let at = 0; at < file.length; at += 2 + file.readUInt16BE(at)) {
      packets.push(file.subarray(at + 2, at + 2 + file.readUInt16BE(at)));
    }
    const base = packets[0].readUInt32BE(4);
    const ticks = packet => (packet.readUInt32BE(4) - base + 2 ** 32) % 2 ** 32;
    const length = ticks(packets.at(-1)) + frame;
    const began = performance.now();
    const turn = () => {
      for (;;) {
        const round = Math.floor(sent[kind] / packets.length);
        const from = packets[sent[kind] % packets.length];
        const time = round * length + ticks(from);
        if (time * 1000 / rate > performance.now() - began) break;
        const packet = Buffer.from(from);
        packet[1] = (packet[1] & 128) | types[kind];
        packet.writeUInt16BE(sent[kind] % 65_536, 2);
        packet.writeUInt32BE(time % 2 ** 32, 4);
        packet.writeUInt32BE(ssrcs[kind] ?? 1, 8);
        ++sent[kind];
        send(kind, packet);
      }
      setTimeout(turn, 5);
    };
    turn();
  }
  return sent;
}
