// A person in a browser, on the product's own pages: what he does and what he sees.
import {colours, picture_faults, sense, sound_faults} from './senses.mjs';

/** Before any script of the page: keeps the connections where statistics can be read, and what goes wrong. */
function watch_page() {
  window.watched = {connections: [], faults: []};
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(...words) {
      super(...words);
      window.watched.connections.push(this);
    }
  };
  addEventListener('error', event => window.watched.faults.push(String(event.message)));
  addEventListener('unhandledrejection', event => window.watched.faults.push(`unhandled: ${event.reason}`));
  addEventListener('securitypolicyviolation', event => window.watched.faults.push(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
}

/** Before the scripts of the page: the camera is as small as a cheap telephone's, and costs as little to encode. */
function small_camera() {
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = wish =>
    open(wish.video ? {...wish, video: {...wish.video, width: 320, height: 180, frameRate: 15}} : wish);
}

/** Runs in the page: who is on the screen, what is decoded, what is heard. */
async function look() {
  const got = {frames: 0, energy: 0, packets: 0, is_whole: true, people: {}, faults: window.watched.faults};
  const decoded = {};
  // Closed ones are let go: each would keep what it decoded with.
  window.watched.connections = window.watched.connections.filter(one => one.connectionState !== 'closed');
  for (const connection of window.watched.connections) {
    // Firefox never answers for a connection that is closed while it is asked.
    const late = new Promise(done => setTimeout(done, 2000, null));
    const stats = await Promise.race([connection.getStats(), late]);
    got.is_whole &&= stats !== null;
    for (const one of stats?.values() ?? []) {
      if (one.type !== 'inbound-rtp') continue;
      if (one.kind === 'video') {
        got.frames += one.framesDecoded ?? 0;
        decoded[one.trackIdentifier] = one.framesDecoded ?? 0;
      }
      if (one.kind === 'audio') {
        got.energy += one.totalAudioEnergy ?? 0;
        got.packets += one.packetsReceived ?? 0;
      }
    }
  }
  for (const tile of document.querySelectorAll('.tile')) {
    const video = tile.querySelector('video');
    const key = tile.dataset.source === 'screen' ? `${tile.dataset.person}'s screen` : tile.dataset.person;
    got.people[key] = {
      says: tile.getAttribute('aria-label'),
      picture: !video.hidden && video.videoWidth > 0 ? `${video.videoWidth}x${video.videoHeight}` : null,
      frames: decoded[video.srcObject?.getVideoTracks()[0]?.id] ?? 0,
    };
  }
  got.messages = [...document.querySelectorAll('[role=log] .text')].map(one => one.textContent.trim());
  got.heading = document.querySelector('h1')?.textContent ?? '';
  got.text = document.body.innerText;
  return got;
}

/** Runs in the page: what goes over its connections, for whoever reads why a case failed. */
async function traffic() {
  const lines = [];
  for (const [number, connection] of window.watched.connections.entries()) {
    lines.push(`connection ${number} ${connection.connectionState}`);
    const late = new Promise(done => setTimeout(done, 2000, new Map()));
    for (const one of (await Promise.race([connection.getStats(), late])).values()) {
      const packets = one.packetsReceived ?? one.packetsSent;
      if (!(packets > 0)) continue;
      const frames = one.kind === 'video' ? `, ${one.framesDecoded ?? one.framesEncoded} frames, ${one.pliCount} PLI` : '';
      lines.push(`${one.type} ${one.kind} ${one.mid ?? ''} ${one.rid ?? ''}: ${packets} packets${frames}`);
    }
  }
  return lines.join(', ');
}

/** What browsers write about a server that cannot be reached: no page can keep them from it. */
const lost_server = /net::ERR_|WebSocket connection to|can.t establish a connection|was interrupted while/;

export class Peer {
  /**
   * @param browser of browsers.mjs. `how.init`: runs before any script of the page; [function, argument] with one.
   * `how.large_camera`: its pictures have the size that the page wants.
   */
  static async come(browser, name, how = {}) {
    const inits = [watch_page, ...(how.large_camera ? [] : [small_camera]), ...(how.init ? [how.init] : [])];
    const {page, tab, close} = await browser.visitor({...how, inits: inits.map(one => [one].flat())});
    return new Peer(page, tab, close, name);
  }

  constructor(page, tab, close, name) {
    Object.assign(this, {page, tab, close, name, complaints: []});
    page.on('console', message => {
      const text = message.text();
      if (message.type() === 'error' && !lost_server.test(text)) this.complaints.push(`console: ${text}`);
    });
  }

  /** Through the door: a name and one click. */
  async enter(link) {
    await this.page.goto(link);
    await this.join();
    await this.until('the call', seen => seen.people[this.name]);
  }

  async join() {
    await this.see('form .button.main');
    await this.see('form input[type=text]');
    await this.write('form input[type=text]', this.name);
    await this.click('form .button.main');
  }

  async see(css) {
    await this.page.waitForSelector(css, {timeout: 30_000});
  }

  async click(css) {
    await this.see(css);
    await this.page.click(css);
  }

  /** A button or menu entry by its words. */
  async press_button(words) {
    const found = await this.until_page(`a button "${words}"`, text => {
      const all = [...document.querySelectorAll('button, [role^=menuitem], [role=tab]')];
      const one = all.find(each => (each.getAttribute('aria-label') ?? each.textContent).trim().startsWith(text) &&
        each.offsetParent !== null);
      one?.scrollIntoView({block: 'nearest'});
      one?.click();
      return one !== undefined;
    }, words);
    return found;
  }

  /** A switch by its words. */
  async press_switch(words) {
    await this.until_page(`a switch "${words}"`, text => {
      const one = [...document.querySelectorAll('.toggle label')].find(each => each.textContent.trim() === text);
      one?.click();
      return one !== undefined;
    }, words);
  }

  async write(css, text) {
    await this.page.click(css, {clickCount: 3});
    await this.page.type(css, text);
  }

  async key(key) {
    await this.page.keyboard.press(key);
  }

  /** Opens the chat where it is closed, and sends. */
  async say(text) {
    if (!await this.page.evaluate(() => document.querySelector('.composer textarea') !== null)) await this.press_button('Chat');
    await this.see('.composer textarea');
    await this.page.type('.composer textarea', text);
    await this.key('Enter');
    await this.until(`its own "${text}"`, seen => seen.messages.includes(text));
  }

  look() {
    return this.page.evaluate(look);
  }

  traffic() {
    return this.page.evaluate(traffic);
  }

  /** What this person sees, until `good` says so: within 30 s. */
  async until(what, good) {
    const end = Date.now() + 30_000;
    for (;;) {
      const seen = await this.look().catch(error => ({people: {}, messages: [], text: '', error: String(error)}));
      if (good(seen)) return seen;
      if (Date.now() > end) throw new Error(`${this.name} does not see ${what} in 30 s: ${JSON.stringify(seen).slice(0, 1500)}`);
      await new Promise(done => setTimeout(done, 100));
    }
  }

  async until_page(what, good, argument, seconds = 30) {
    const end = Date.now() + 1000 * seconds;
    for (;;) {
      const seen = await this.page.evaluate(good, argument).catch(() => false);
      if (seen) return seen;
      if (Date.now() > end) throw new Error(`${this.name} has no ${what} in ${seconds} s: ${(await this.look()).text.slice(0, 600)}`);
      await new Promise(done => setTimeout(done, 50));
    }
  }

  /** Of the next `ms`: after how many of them sound came for the last time. */
  async hears_for(ms) {
    const began = Date.now();
    let {energy} = await this.look();
    let last = 0;
    while (Date.now() - began < ms) {
      await new Promise(done => setTimeout(done, 100));
      const now = await this.look();
      if (now.energy > energy + 1e-7) last = Date.now() - began;
      energy = now.energy;
    }
    return last;
  }

  /** The picture that comes as that person's is his, moves, and does not freeze, for two seconds; within 30 s. */
  async sees(name) {
    const sample = () => this.page.evaluate(sense, name);
    return this.#judge(`the picture of ${name}`, async () => {
      const before = await sample();
      await new Promise(done => setTimeout(done, 1500));
      const middle = await sample();
      await new Promise(done => setTimeout(done, 500));
      return picture_faults(before, middle, await sample(), colours[name]);
    });
  }

  /** Hears that person, nearly whole, for three seconds; within 30 s. */
  async hears(name) {
    return this.#judge(`the sound of ${name}`, async () => {
      const samples = [];
      for (let i = 0; i <= 10; ++i) {
        samples.push(await this.page.evaluate(sense, name));
        if (i < 10) await new Promise(done => setTimeout(done, 300));
      }
      return sound_faults(samples);
    });
  }

  /** What is wrong may pass: a machine may be busy for a moment. */
  async #judge(what, judge) {
    const end = Date.now() + 30_000;
    for (;;) {
      const faults = await judge();
      if (faults.length === 0) return;
      if (Date.now() > end) throw new Error(`${this.name}, ${what}: ${faults.join(', ')}`);
    }
  }

  /** New pictures and sound for a second and a half, after now. A connection that takes another's place counts from 0. */
  async flows({sound = true, picture = true} = {}) {
    const {frames, energy} = await this.until('statistics', seen => seen.is_whole);
    const before = {frames, energy};
    return this.until('new pictures and sound', seen => {
      if (!seen.is_whole) return false;
      before.frames = Math.min(before.frames, seen.frames);
      before.energy = Math.min(before.energy, seen.energy);
      return (!picture || seen.frames > before.frames + 10) && (!sound || seen.energy > before.energy + 0.0005);
    });
  }
}
