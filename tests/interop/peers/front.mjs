// Stands before the server's WHIP and WHEP: puts a path of its own before the media of each session.
import {createServer} from 'node:http';
import {open_path} from './path.mjs';

/** The server's answer with the path in place of the server's own candidates. */
const through = (answer, address, port) => answer
  .replace(/a=candidate:\S+ \d+ tcp .*\r\n/gi, '')
  .replace(/(a=candidate:\S+ \d+ udp \d+) \S+ \d+/gi, `$1 ${address} ${port}`);

/** The payload type that repeats VP8, by an SDP's `apt` (RFC 4588 §8.6), and that of VP8; of the video section. */
export function video_types(sdp) {
  const video = sdp.split(/^m=/m).find(section => section.startsWith('video')) ?? '';
  const media = Number(video.match(/^a=rtpmap:(\d+) VP8\//im)?.[1]);
  const repeats = Number(video.match(new RegExp(`^a=fmtp:(\\d+) apt=${media}\\b`, 'im'))?.[1]);
  return {media, repeats: Number.isNaN(repeats) ? undefined : repeats};
}

export async function start_front(server, address) {
  const sessions = [];  // {target, offer, answer, path}
  const front = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const sent = Buffer.concat(parts).toString();
    const headers = Object.fromEntries(['content-type', 'if-match', 'authorization'].flatMap(
      name => request.headers[name] ? [[name, request.headers[name]]] : []));
    const got = await fetch(server.http + request.url, {
      method: request.method, headers, body: request.method === 'GET' || sent === '' ? undefined : sent,
    });
    let text = await got.text();
    if (request.method === 'POST' && got.status === 201) {
      const path = await open_path(address, server.media_port);
      sessions.push({target: request.url, offer: sent, answer: text, path});
      text = through(text, address, path.port);
    }
    for (const name of ['content-type', 'location', 'etag', 'link']) {
      if (got.headers.has(name)) response.setHeader(name, got.headers.get(name));
    }
    response.writeHead(got.status).end(text);
  });
  await new Promise(done => front.listen(0, '127.0.0.1', done));
  return {
    http: `http://127.0.0.1:${front.address().port}`,
    sessions,
    /** The newest session that was asked for at this address. */
    session: target => sessions.findLast(one => one.target === target),
    end: () => {
      for (const one of sessions) one.path.end();
      front.closeAllConnections();
      front.close();
    },
  };
}
