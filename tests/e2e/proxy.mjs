// Ways to the server that do not always work.
import {createSocket} from 'node:dgram';
import {connect, createServer} from 'node:net';

/** A TCP port that leads to `server_port`, until `refuse` breaks all lines; `allow` opens it again. */
export async function tcp_proxy(server_port) {
  const lines = new Set();
  let refuses = false;
  const cut = () => { for (const one of lines) one.destroy(); };
  const server = createServer(near => {
    if (refuses) return near.destroy();
    const far = connect(server_port, '127.0.0.1');
    for (const [one, other] of [[near, far], [far, near]]) {
      lines.add(one);
      one.pipe(other);
      one.on('error', () => {});
      one.on('close', () => {
        lines.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  return {
    port: server.address().port,
    refuse: () => { refuses = true; cut(); },
    allow: () => { refuses = false; },
    end: () => { cut(); server.close(); },
  };
}

/** A UDP path between one browser and the server's media port. `loss` from 0 to 1, each way; seeded, so that a run can be repeated. */
export async function lossy_path(address, server_port, loss, seed = 1) {
  let state = seed;
  const lost = () => {  // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32 < loss;
  };
  const front = createSocket('udp4');
  const back = createSocket('udp4');
  const counts = {up: 0, down: 0, lost: 0};
  let client;
  front.on('message', (data, from) => {
    client = from;
    ++counts.up;
    if (lost()) ++counts.lost;
    else back.send(data, server_port, address);
  });
  back.on('message', data => {
    ++counts.down;
    if (lost()) ++counts.lost;
    else if (client) front.send(data, client.port, client.address);
  });
  const bound = socket => new Promise(done => socket.bind(0, address, done));
  await Promise.all([bound(front), bound(back)]);
  for (const socket of [front, back]) socket.setRecvBufferSize(1 << 21);
  return {port: front.address().port, counts, end: () => { front.close(); back.close(); }};
}
