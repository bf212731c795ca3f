'use strict';

const words = document.body.dataset;
const query = new URLSearchParams(location.search);
const at = (id) => document.getElementById(id);
const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
const slots = 8;           // how many participants are played at once
const look_seconds = 0.5;  // how often we look who sends
const quiet_seconds = 3;   // a tile without a new frame for so long is taken away

// The heart of it. WHIP and WHEP are one request: an offer goes, an answer comes.
async function connect(peer, path) {
  const offer = await peer.createOffer();
  const headers = {'Content-Type': 'application/sdp', ...credentials()};
  const answer = await fetch(path, {method: 'POST', headers, body: offer.sdp});
  if (answer.status !== 201) throw new Refusal(answer, await answer.text());
  use_ice_servers(peer, ice_servers(answer.headers.get('Link') ?? ''));
  await peer.setLocalDescription(offer);
  await peer.setRemoteDescription({type: 'answer', sdp: await answer.text()});
  return answer.headers.get('Location');
}

// A browser may refuse one, for its port for example; most connections need none.
function use_ice_servers(peer, servers) {
  try {
    peer.setConfiguration({iceServers: servers});
  } catch (why) {
    console.warn(why.message);
  }
}

function publish_tracks(peer, stream) {
  for (const track of stream.getTracks()) {
    const sizes = [{rid: 'q', scaleResolutionDownBy: 4}, {rid: 'h', scaleResolutionDownBy: 2}, {rid: 'f'}];
    const layers = track.kind === 'video' && query.has('simulcast');
    peer.addTransceiver(track, {direction: 'sendonly', streams: [stream],
                                ...(layers ? {sendEncodings: sizes} : {})});
  }
}

class Refusal extends Error {
  constructor(answer, text) {
    super(text.trim());
    this.status = answer.status;
    this.retry = Number(answer.headers.get('Retry-After')) || 0;
  }
}

function credentials() {
  return query.has('token') ? {Authorization: 'Bearer ' + query.get('token')} : {};
}

// RFC 9725 section 4.6: <turn:host>; rel="ice-server"; username="u"; credential="p"; ...
function ice_servers(link) {
  const text = '"((?:[^"\\\\]|\\\\.)*)"';
  const one = new RegExp(`<([^>]+)>; rel="ice-server"(?:; username=${text}; credential=${text})?`, 'g');
  const plain = (quoted) => quoted?.replace(/\\(.)/g, '$1');
  return [...link.matchAll(one)].map(([, urls, username, credential]) =>
    username === undefined ? {urls} : {urls, username: plain(username), credential: plain(credential)});
}

async function end(session, peer) {
  const request = {method: 'DELETE', headers: credentials(), keepalive: true};
  // The session first: by closing, the peer would end it itself.
  if (session) await Promise.race([fetch(session, request).catch(() => {}), pause(1)]);
  peer?.close();
}

function room_path(kind, name) {
  const path = '/' + kind + '/' + encodeURIComponent(words.room);
  return name ? path + '/' + encodeURIComponent(name) : path;
}

function say(where, text, mood = '') {
  at(where).textContent = text;
  at(where).className = mood;
}

// ---- tiles

function make_tile(label) {
  const tile = document.createElement('figure');
  const video = document.createElement('video');
  const caption = document.createElement('figcaption');
  Object.assign(video, {autoplay: true, playsInline: true, muted: true});
  caption.textContent = label;
  tile.append(video, caption);
  return {tile, video, caption, label};
}

function show(tile, shown) {
  if (shown && !tile.isConnected) at('tiles').append(tile);
  if (!shown) tile.remove();
  at('empty').hidden = at('tiles').childElementCount > 0;
}

// ---- the player

let player = null;

function start_player(except) {
  player?.stop();
  player = new Player(except);
  player.run();
}

class Player {
  constructor(except) {
    this.except = except;
    this.path = room_path('whep') + (except ? '?except=' + encodeURIComponent(except) : '');
    this.stopped = false;
    this.slots = [];
  }

  stop() {
    this.stopped = true;
    this.close();
  }

  close() {
    end(this.session, this.peer);
    this.session = null;
    for (const slot of this.slots) {
      slot.audio.srcObject = null;
      show(slot.tile, false);
    }
    this.slots = [];
  }

  async run() {
    while (!this.stopped) {
      let wait = 2;
      try {
        await this.open();
        say('player', '', 'problem');
        await this.watch();
      } catch (why) {
        if (this.stopped) return;
        if (why instanceof Refusal && !why.retry) {
          this.close();
          return say('player', words.noPlayer + ' ' + why.message, 'problem');
        }
        wait = why.retry || wait;
        say('player', why instanceof Refusal ? why.message : words.unreachable, 'problem');
      }
      this.close();
      if (!this.stopped) await pause(wait);
    }
  }

  async open() {
    this.peer = new RTCPeerConnection();
    this.slots = Array.from({length: slots}, (_, index) => {
      const audio = this.peer.addTransceiver('audio', {direction: 'recvonly'}).receiver;
      const video = this.peer.addTransceiver('video', {direction: 'recvonly'}).receiver;
      const made = make_tile(words.participant + ' ' + (index + 1));
      made.video.srcObject = new MediaStream([video.track]);
      const sound = new Audio();
      sound.srcObject = new MediaStream([audio.track]);
      const flows = [new Flow(video, 'framesDecoded'), new Flow(audio, 'packetsReceived')];
      return {...made, audio: sound, flows};
    });
    const session = await connect(this.peer, this.path);
    if (this.stopped) return end(session, this.peer);
    this.session = session;
  }

  // Sections of the answer stay silent until somebody publishes, so whoever sends is found by looking.
  async watch() {
    while (!this.stopped && this.peer.connectionState !== 'failed') {
      for (const slot of this.slots) {
        const [sees, hears] = await Promise.all(slot.flows.map((flow) => flow.look()));
        if (this.stopped) return;
        slot.caption.textContent = sees ? slot.label : slot.label + ' – ' + words.soundOnly;
        show(slot.tile, sees || hears);
        if (sees && slot.video.paused) slot.video.play().catch(() => {});
        if (hears && slot.audio.paused) slot.audio.play().catch(() => { at('sound').hidden = false; });
      }
      await pause(look_seconds);
    }
    if (!this.stopped) throw new Error('lost');
  }
}

// Whether something still arrives.
class Flow {
  constructor(receiver, counter) {
    Object.assign(this, {receiver, counter, count: 0, since: -Infinity});
  }

  async look() {
    for (const one of (await this.receiver.getStats()).values()) {
      if (one.type !== 'inbound-rtp' || !(one[this.counter] > this.count)) continue;
      this.count = one[this.counter];
      this.since = performance.now();
    }
    return performance.now() - this.since < quiet_seconds * 1000;
  }
}

// ---- the publisher

let publisher = null;

async function start_publisher(name) {
  const mine = publisher = {peer: new RTCPeerConnection(), stream: null, session: null, timer: null};
  const {peer} = mine;
  const self = make_tile(words.you);
  mine.tile = self.tile;
  controls(true);
  say('status', words.starting);
  try {
    mine.stream = await (query.has('test') ? make_test_card(mine) : open_camera());
    if (publisher !== mine) return finish(mine);
    self.video.srcObject = mine.stream;
    self.tile.classList.toggle('mirrored', !query.has('test'));
    show(self.tile, true);
    publish_tracks(peer, mine.stream);
    const session = await connect(peer, room_path('whip', name));
    mine.session = session;
    if (publisher !== mine) return finish(mine);
    start_player(name);
    peer.onconnectionstatechange = () => {
      if (publisher !== mine) return;
      if (peer.connectionState === 'connected') say('status', words.live, 'good');
      if (peer.connectionState === 'failed') stop_publisher(words.lost, 'problem');
    };
    peer.onconnectionstatechange();
  } catch (why) {
    if (publisher === mine) stop_publisher(explain(why), 'problem');
    else finish(mine);
  }
}

function explain(why) {
  if (why instanceof Refusal) return words.refused + ' ' + why.message;
  if (why.name === 'NotAllowedError') return words.noPermission;
  if (why.name === 'NotFoundError') return words.noCamera;
  if (why.name === 'InsecureError') return words.insecure;
  return why.message;
}

function finish(mine) {
  clearInterval(mine.timer);
  mine.stream?.getTracks().forEach((track) => track.stop());
  mine.sound?.close();
  end(mine.session, mine.peer);
  mine.session = null;
  show(mine.tile, false);
}

function stop_publisher(text, mood) {
  const mine = publisher;
  publisher = null;
  finish(mine);
  controls(false);
  say('status', text, mood);
  if (player?.except) start_player('');
}

function controls(publishing) {
  const had_focus = [at('publish'), at('stop')].includes(document.activeElement);
  at('name').disabled = publishing;
  at('publish').hidden = publishing;
  at('stop').hidden = !publishing;
  if (had_focus) (publishing ? at('stop') : at('publish')).focus();
}

async function open_camera() {
  const devices = navigator.mediaDevices;
  if (!devices) throw Object.assign(new Error(), {name: 'InsecureError'});
  const video = {width: {ideal: 1280}, height: {ideal: 720}};
  let missing = null;
  for (const wanted of [{audio: true, video}, {video}, {audio: true}]) {
    try {
      return await devices.getUserMedia(wanted);
    } catch (why) {
      if (why.name !== 'NotFoundError') throw why;
      missing = why;
    }
  }
  throw missing;
}

// Bars, a clock hand, the frame's number in digits and, for programs, as 16 cells at the lower edge: the
// highest bit first, white for 1.
function make_test_card(mine) {
  const canvas = Object.assign(document.createElement('canvas'), {width: 640, height: 360});
  const draw = canvas.getContext('2d');
  const bars = ['#bfbfbf', '#bfbf00', '#00bfbf', '#00bf00', '#bf00bf', '#bf0000', '#0000bf', '#0f1216'];
  let frame = 0;
  const paint = () => {
    bars.forEach((color, i) => { draw.fillStyle = color; draw.fillRect(i * 80, 0, 80, 320); });
    draw.fillStyle = '#0f1216';
    draw.fillRect(70, 70, 500, 180);
    draw.fillStyle = '#ffffff';
    draw.font = 'bold 150px monospace';
    draw.textAlign = 'center';
    draw.textBaseline = 'middle';
    draw.fillText(String(frame % 100000).padStart(5, '0'), 320, 168, 480);
    draw.fillRect(70 + frame * 5 % 490, 240, 10, 10);
    for (let bit = 0; bit < 16; ++bit) {
      draw.fillStyle = frame >> (15 - bit) & 1 ? '#ffffff' : '#000000';
      draw.fillRect(bit * 40, 320, 40, 40);
    }
    frame = (frame + 1) & 0xffff;
  };
  paint();
  mine.timer = setInterval(paint, 1000 / 30);
  mine.sound = new AudioContext();
  const tone = new OscillatorNode(mine.sound, {frequency: 440});
  const quieter = new GainNode(mine.sound, {gain: 0.2});
  const out = mine.sound.createMediaStreamDestination();
  tone.connect(quieter).connect(out);
  tone.start();
  mine.sound.resume();
  return new MediaStream([...canvas.captureStream(30).getTracks(), ...out.stream.getTracks()]);
}

// ---- the page

at('name').value = query.get('name') || 'guest-' + Math.floor(1000 + Math.random() * 9000);
if (query.has('test')) at('publish').textContent = words.publishTest;
at('form').addEventListener('submit', (event) => {
  event.preventDefault();
  if (!publisher) start_publisher(at('name').value);
});
at('stop').addEventListener('click', () => stop_publisher(words.stopped));
at('sound').addEventListener('click', () => {
  at('sound').hidden = true;
  player?.slots.forEach((slot) => slot.audio.play().catch(() => {}));
});
addEventListener('pagehide', () => {
  end(publisher?.session);
  end(player?.session);
});
// Later than the page: an element that waits for media keeps it from being loaded.
addEventListener('load', () => start_player(''));
