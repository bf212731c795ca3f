// The pads' side of a server, for trying the pages: y-websocket's wire format at /pad/{room}/{name}, and the routes of
// bindings/js/src/pad/types.ts. Everything else goes to the conf-server behind it. Keeps everything in memory, and
// believes what clients say of themselves.
import {createServer, request} from 'node:http';
import {connect} from 'node:net';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import {WebSocketServer} from 'ws';
import {applyAwarenessUpdate, Awareness, encodeAwarenessUpdate, removeAwarenessStates} from 'y-protocols/awareness';
import {messageYjsSyncStep1, readSyncStep1, writeSyncStep1} from 'y-protocols/sync';
import * as Y from 'yjs';

const sync_channel = 0, awareness_channel = 1, auth_channel = 2;
/** A version ends when somebody else writes, and after so many updates. */
const updates_a_version = 20;

const message = (channel, write) => {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, channel);
  write(encoder);
  return encoding.toUint8Array(encoder);
};

class Pad {
  constructor(name, title) {
    Object.assign(this, {name, title, changed: 0, doc: new Y.Doc(), sockets: new Map(), authors: new Map(), versions: []});
    this.awareness = new Awareness(this.doc);
    this.awareness.setLocalState(null);
  }

  json() {
    return {name: this.name, title: this.title, changed: this.changed, people: this.sockets.size, writable: true};
  }

  tell(bytes) {
    for (const socket of this.sockets.keys()) socket.send(bytes);
  }

  /** @param may_write also later: `set_writable`. */
  join(socket, may_write) {
    const who = {may_write, clients: new Set()};
    this.sockets.set(socket, who);
    socket.on('message', data => this.heard(socket, who, new Uint8Array(data)));
    socket.on('close', () => {
      this.sockets.delete(socket);
      removeAwarenessStates(this.awareness, [...who.clients], null);
      this.tell_awareness([...who.clients]);
    });
    socket.send(message(sync_channel, to => writeSyncStep1(to, this.doc)));
    if (!may_write) this.deny(socket, true);
    const known = [...this.awareness.getStates().keys()];
    if (known.length > 0) {
      socket.send(message(awareness_channel, to =>
        encoding.writeVarUint8Array(to, encodeAwarenessUpdate(this.awareness, known))));
    }
  }

  deny(socket, denied) {
    socket.send(message(auth_channel, to => {
      encoding.writeVarUint(to, denied ? 0 : 1);
      encoding.writeVarString(to, denied ? 'read-only' : '');
    }));
  }

  set_writable(on) {
    for (const [socket, who] of this.sockets) {
      if (who.may_write === on) continue;
      who.may_write = on;
      this.deny(socket, !on);
    }
  }

  heard(socket, who, bytes) {
    const decoder = decoding.createDecoder(bytes);
    const channel = decoding.readVarUint(decoder);
    if (channel === awareness_channel) return this.heard_awareness(who, decoding.readVarUint8Array(decoder));
    if (channel !== sync_channel) return;
    const kind = decoding.readVarUint(decoder);
    if (kind === messageYjsSyncStep1) {
      socket.send(message(sync_channel, to => readSyncStep1(decoder, to, this.doc)));
      return;
    }
    if (!who.may_write) return;
    const update = decoding.readVarUint8Array(decoder);
    if (update.length > 2) this.take(who, update);
  }

  take(who, update) {
    const {name, hue} = this.awareness.getStates().get([...who.clients][0])?.user ?? {name: 'Somebody', hue: 0};
    const author = this.authors.get(name) ?? {id: name, name, hue, clients: new Set()};
    this.authors.set(name, author);
    for (const client of Y.parseUpdateMeta(update).from.keys()) {
      if (![...this.authors.values()].some(one => one.clients.has(client))) author.clients.add(client);
    }
    Y.applyUpdate(this.doc, update);
    this.changed = Date.now();
    this.tell(message(sync_channel, to => {
      encoding.writeVarUint(to, 2);
      encoding.writeVarUint8Array(to, update);
    }));
    let last = this.versions[this.versions.length - 1];
    if (last === undefined || last.author !== author.id || last.updates >= updates_a_version) {
      last = {version: this.versions.length + 1, author: author.id, updates: 0};
      this.versions.push(last);
    }
    Object.assign(last, {at: this.changed, updates: last.updates + 1, bytes: Y.encodeStateAsUpdate(this.doc)});
  }

  heard_awareness(who, update) {
    const changed = [];
    const listen = ({added, updated, removed}) => changed.push(...added, ...updated, ...removed);
    this.awareness.on('update', listen);
    applyAwarenessUpdate(this.awareness, update, null);
    this.awareness.off('update', listen);
    for (const client of changed) who.clients.add(client);
    this.tell_awareness(changed);
  }

  tell_awareness(clients) {
    if (clients.length === 0) return;
    this.tell(message(awareness_channel, to =>
      encoding.writeVarUint8Array(to, encodeAwarenessUpdate(this.awareness, clients))));
  }

  end() {
    this.awareness.destroy();
  }
}

/** @param behind the address of the conf-server. `files(path)`: an answer of its own, for pages that are not built in. */
export async function start_pad_server(behind, files = () => null) {
  const target = new URL(behind);
  const rooms = new Map();
  const pads_of = room => {
    if (!rooms.has(room)) rooms.set(room, new Map([['notes', new Pad('notes', 'Notes')]]));
    return rooms.get(room);
  };
  const sockets = new WebSocketServer({noServer: true});
  let read_only = false;

  const answer = async (asked, response) => {
    const url = new URL(asked.url, behind);
    const [, room, name, rest = ''] = /^\/api\/v1\/rooms\/([^/]+)\/pads(?:\/([^/]+)(?:\/(.*))?)?$/.exec(url.pathname) ?? [];
    if (room === undefined) return false;
    const json = (body, status = 200) => {
      response.writeHead(status, {'Content-Type': 'application/json'});
      response.end(JSON.stringify(body));
      return true;
    };
    const pads = pads_of(room);
    const pad = pads.get(name);
    const body = async () => JSON.parse(Buffer.concat(await asked.toArray()));
    if (name === undefined && asked.method === 'POST') {
      const made = new Pad(`pad-${pads.size + 1}`, (await body()).title);
      pads.set(made.name, made);
      return json(made.json(), 201);
    }
    if (name === undefined) return json({pads: [...pads.values()].map(one => one.json())});
    if (pad === undefined) return json({error: {code: 'unknown', message: 'no such pad'}}, 404);
    if (asked.method === 'PATCH') {
      pad.title = (await body()).title;
      return json(pad.json());
    }
    if (rest === 'authors') {
      return json({authors: [...pad.authors.values()].map(one => ({...one, clients: [...one.clients]}))});
    }
    if (rest === 'history') {
      const versions = pad.versions.map(({version, at, author}) => ({version, at, authors: [author]})).reverse();
      return json({versions, more: false});
    }
    const version = pad.versions[Number(/^history\/(\d+)$/.exec(rest)?.[1]) - 1];
    if (version !== undefined) {
      response.writeHead(200, {'Content-Type': 'application/octet-stream'});
      response.end(version.bytes);
      return true;
    }
    return json({error: {code: 'unknown', message: 'no such thing'}}, 404);
  };

  const server = createServer(async (asked, response) => {
    const file = files(new URL(asked.url, behind).pathname);
    if (file !== null) {
      response.writeHead(200, file.fields);
      response.end(file.body);
      return;
    }
    if (await answer(asked, response)) return;
    const on = request({host: target.hostname, port: target.port, method: asked.method, path: asked.url,
      headers: asked.headers}, got => {
      response.writeHead(got.statusCode, got.headers);
      got.pipe(response);
    });
    on.on('error', () => response.destroy());
    asked.pipe(on);
  });
  const lines = new Set();
  server.on('connection', line => {
    lines.add(line);
    line.on('close', () => lines.delete(line));
  });
  server.on('upgrade', (asked, line, head) => {
    const [, room, name] = /^\/pad\/([^/?]+)\/([^/?]+)/.exec(asked.url) ?? [];
    if (room !== undefined) {
      sockets.handleUpgrade(asked, line, head, socket => {
        const pad = pads_of(room).get(name);
        if (pad === undefined) return socket.close(4404, 'no such pad');
        pad.join(socket, !read_only);
      });
      return;
    }
    const on = connect(Number(target.port), target.hostname, () => {
      const fields = Object.entries(asked.headers).map(([field, value]) => `${field}: ${value}\r\n`).join('');
      on.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${fields}\r\n`);
      on.write(head);
      line.pipe(on).pipe(line);
    });
    on.on('error', () => line.destroy());
    line.on('error', () => on.destroy());
    line.on('close', () => on.destroy());
  });
  const listen = port => new Promise(done => server.listen(port, '127.0.0.1', done));
  await listen(0);
  const {port} = server.address();
  const all_pads = () => [...rooms.values()].flatMap(pads => [...pads.values()]);
  const stop = async () => {
    const gone = new Promise(done => server.close(done));
    for (const line of lines) line.destroy();
    await gone;
  };
  return {
    http: `http://127.0.0.1:${port}`,
    /** The text of a pad, as this server has it. */
    text: (room, name = 'notes') => pads_of(room).get(name).doc.getXmlFragment('prosemirror').toString(),
    /** From now on, for everybody. */
    set_writable: on => {
      read_only = !on;
      for (const pad of all_pads()) pad.set_writable(on);
    },
    /** Nobody can reach it, until `again`. */
    stop,
    again: () => listen(port),
    end: async () => {
      await stop();
      sockets.close();
      for (const pad of all_pads()) pad.end();
    },
  };
}
