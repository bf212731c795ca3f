// A UDP path between one peer and the server's media port: reads what is not encrypted, and loses what it is told to.
import {createSocket} from 'node:dgram';

const DTLS_RECORD = 13;     // bytes of a record's header (RFC 6347 §4.1)
const DTLS_HANDSHAKE = 12;  // bytes of a handshake message's header (RFC 6347 §4.2.2)
const USE_SRTP = 14;        // extension of the hellos (RFC 5764 §4.1.1)
const PROFILES = {1: 'AES128_CM_SHA1_80', 2: 'AES128_CM_SHA1_32', 7: 'AEAD_AES_128_GCM', 8: 'AEAD_AES_256_GCM'};

/** The SRTP profile that a ServerHello has chosen; undefined for any other datagram. */
export function profile_in(data) {
  const body = DTLS_RECORD + DTLS_HANDSHAKE;
  if (data.length < body + 35 || data[0] !== 22 || data.readUInt16BE(3) !== 0 || data[DTLS_RECORD] !== 2) return;
  let at = body + 34;          // version and random
  at += 1 + data[at] + 3;      // session id, cipher suite, compression
  if (at + 2 > data.length) return;
  const end = Math.min(data.length, at + 2 + data.readUInt16BE(at));
  for (at += 2; at + 4 <= end;) {
    const [type, length] = [data.readUInt16BE(at), data.readUInt16BE(at + 2)];
    if (type === USE_SRTP && length >= 4 && at + 8 <= end) {
      const chosen = data.readUInt16BE(at + 6);
      return PROFILES[chosen] ?? `profile ${chosen}`;
    }
    at += 4 + length;
  }
}

/** Payload type, SSRC and sequence number of an RTP packet; undefined for anything else (RFC 5761 §4, RFC 7983). */
function rtp_in(data) {
  if (data.length < 12 || data[0] < 128 || data[0] > 191 || (data[1] >= 192 && data[1] <= 223)) return;
  return {payload_type: data[1] & 127, key: `${data.readUInt32BE(8)}:${data.readUInt16BE(2)}`};
}

/** Counts one direction, "up" to the server or "down" from it, and decides what is lost. */
class direction {
  packets = {};         // by payload type
  lost = 0;
  again = 0;            // lost ones that came again under their own SSRC and number
  #lost = new Set();
  #wish = {payload_type: undefined, every: 0, left: 0, seen: 0};

  /** From now on every `every`th packet of that payload type is lost, `count` in all. */
  lose(payload_type, every, count) {
    this.#wish = {payload_type, every, left: count, seen: 0};
  }

  passes(data) {
    const rtp = rtp_in(data);
    if (!rtp) return true;
    this.packets[rtp.payload_type] = (this.packets[rtp.payload_type] ?? 0) + 1;
    if (this.#lost.delete(rtp.key)) {
      ++this.again;
      return true;
    }
    const wish = this.#wish;
    if (wish.left === 0 || rtp.payload_type !== wish.payload_type || ++wish.seen % wish.every !== 0) return true;
    --wish.left;
    ++this.lost;
    this.#lost.add(rtp.key);
    return false;
  }
}

export async function open_path(address, server_port) {
  const front = createSocket('udp4');
  const back = createSocket('udp4');
  const path = {port: 0, profile: undefined, up: new direction(), down: new direction()};
  let client;
  front.on('message', (data, from) => {
    client = from;
    if (path.up.passes(data)) back.send(data, server_port, address);
  });
  back.on('message', data => {
    path.profile ??= profile_in(data);
    if (client && path.down.passes(data)) front.send(data, client.port, client.address);
  });
  const bound = socket => new Promise(done => socket.bind(0, address, done));
  await Promise.all([bound(front), bound(back)]);
  for (const socket of [front, back]) socket.setRecvBufferSize(1 << 21);
  path.port = front.address().port;
  path.end = () => { front.close(); back.close(); };
  return path;
}
