// Somebody without a browser: speaks the signalling protocol (libconf/signalling/PROTOCOL.md), and has no media.
import WebSocket from 'ws';

export class Guest {
  #socket;
  #answers = new Map();
  #next = 1;

  /** Through the door of `link`, by invitation if it is one; in, or in the waiting room, when the promise is kept. */
  static async come(link, name, fields = {}) {
    const guest = new Guest();
    guest.name = name;
    const [room, token] = link.split('#token=');
    guest.#socket = new WebSocket(room.replace(/^http/, 'ws').replace('/r/', '/signal/'), 'conf.1');
    guest.closed = new Promise(done => guest.#socket.on('close', done));
    guest.#socket.on('message', data => guest.#heard(JSON.parse(data)));
    await new Promise((done, fail) => guest.#socket.on('open', done).on('error', fail));
    await guest.ask('hello', {versions: [1], ...(token ? {token} : {})});
    guest.inside = await guest.ask('join', {name, ...fields});
    return guest;
  }

  ask(type, fields = {}) {
    const id = this.#next++;
    const answer = new Promise((done, fail) => {
      this.#answers.set(id, {done, fail});
      this.closed.then(code => fail(new Error(`${this.name}: ${type} ended with ${code}`)));
    });
    this.#socket.send(JSON.stringify({type, id, ...fields}));
    return answer;
  }

  #heard(message) {
    const asked = this.#answers.get(message.id);
    this.#answers.delete(message.id);
    if (message.type === 'error') asked?.fail(new Error(`${this.name}: ${message.code}: ${message.message}`));
    else asked?.done(message);
  }

  close() {
    this.#socket.close();
    return this.closed;
  }
}
