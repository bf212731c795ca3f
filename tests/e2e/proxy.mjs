// A UDP path that loses packets: stands between one browser and the server's media port.
import {createSocket} from 'node:dgram';

/** `loss` from 0 to 1, each way; seeded, so that a run can be repeated. */
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
