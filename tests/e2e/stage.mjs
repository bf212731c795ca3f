// What every meeting's case needs: a server, browsers, people in them, and the judges of what they see.
import {readFile} from 'node:fs/promises';
import {open_browser} from './browsers.mjs';
import {Guest} from './guest.mjs';
import {Peer} from './peer.mjs';
import {colours, painted_camera} from './senses.mjs';
import {start_server} from './server.mjs';

export function require(holds, why) {
  if (!holds) throw new Error(why);
}

const axe = await readFile(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** Its functions stand alone: cases take out those that they need. */
export class Stage {
  #browsers = {};
  #rooms = 0;
  #ends = [];
  people = [];

  /** @param address where another machine reaches this one. */
  static async open(program, address) {
    const stage = new Stage();
    stage.program = program;
    stage.address = address;
    stage.server = await start_server(program, {'media.listen': 'localhost:0', 'rooms.open': true});
    return stage;
  }

  /** One with other settings, as long as the case lasts. */
  more_servers = async settings => {
    const made = await start_server(this.program, {'media.listen': 'localhost:0', ...settings});
    this.at_end(made.end);
    return made;
  };

  at_end = work => this.#ends.push(work);

  new_link = (server = this.server) => `${server.http}/r/e2e-${++this.#rooms}`;

  browser = kind => this.#browsers[kind] ??= open_browser(kind).catch(error => {
    delete this.#browsers[kind];  // the next case tries again
    throw error;
  });

  come = async (kind, name, how = {}) => {
    const browser = how.browser ?? await this.browser(kind);
    const peer = await Peer.come(browser, name, how);
    this.people.push(peer);
    return peer;
  };

  /** All are in the same room; the first one moderates. `painted`: each one's picture has a colour of its own. */
  meet = async (kinds = ['chromium', 'chromium'], names = ['Ana', 'Bo'], {painted = false, link = this.new_link(), ...how} = {}) => {
    const peers = [];
    for (const [i, kind] of kinds.entries()) {
      const camera = painted ? {init: [painted_camera, colours[names[i]]]} : {};
      const peer = await this.come(kind, names[i], {...how, ...camera});
      await peer.enter(link);
      peers.push(peer);
    }
    return {link, peers};
  };

  /** Somebody without a browser, who speaks the protocol alone. */
  guest = async (link, name) => {
    const made = await Guest.come(link, name);
    this.at_end(() => made.close());
    return made;
  };

  /** No rule of WCAG 2.2 AA that a program can judge is broken on what this person sees. */
  accessible = async (peer, what) => {
    // Not by a script element: the page's policy refuses what is not its own.
    await peer.page.evaluate(axe);
    const broken = await peer.page.evaluate(async () => {
      // Colours on their way from one to another are nobody's choice.
      const moving = document.getAnimations().filter(one => Number.isFinite(one.effect.getComputedTiming().endTime));
      await Promise.allSettled(moving.map(one => one.finished));
      const {violations} = await window.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
      });
      return violations.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`);
    });
    require(broken.length === 0, `${what}: ${broken.join('; ')}`);
  };

  /** A page of one sentence: it has this heading and these words, says so to everybody, and leads on. */
  dead_end = async (peer, heading, words, way_out) => {
    await peer.until(`"${heading}"`, seen => seen.heading === heading && seen.text.includes(words));
    await peer.until_page('focus on its heading', () => document.activeElement.tagName === 'H1');
    const ways = await peer.page.evaluate(() =>
      [...document.querySelectorAll('main button')].map(one => one.innerText));
    require(ways.some(one => one.startsWith(way_out)), `${heading}: no "${way_out}" among ${ways}`);
    await this.accessible(peer, heading);
  };

  /** What went wrong in the pages without anybody seeing it. */
  faults = async () => {
    const all = [];
    for (const peer of this.people) {
      const seen = await peer.look().then(one => one.faults, () => []);
      all.push(...[...seen, ...peer.complaints].map(one => `${peer.name}'s page: ${one}`));
    }
    return all;
  };

  /** What everybody has on the screen and on the wire, shortened, for whoever reads why a case failed. */
  screens = async () => {
    const seen = await Promise.all(this.people.map(async peer => {
      const silent = new Promise(done => setTimeout(done, 5000, 'a page that does not answer'));
      const text = peer.page.evaluate(() => document.body.innerText.slice(0, 500)).catch(String);
      const traffic = peer.traffic().catch(String);
      const complaints = peer.complaints.length > 0 ? ` (${peer.complaints.join('; ')})` : '';
      return `${peer.name} sees: ${await Promise.race([text, silent])} [${await Promise.race([traffic, silent])}]${complaints}`;
    }));
    return seen.join('; ');
  };

  end_case = async () => {
    await Promise.allSettled(this.people.splice(0).map(peer => peer.close()));
    for (const work of this.#ends.splice(0).reverse()) await work();
  };

  end = async () => {
    await Promise.allSettled(Object.values(this.#browsers).map(async one => (await one).end()));
    await this.server.end();
  };
}
