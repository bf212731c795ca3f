// Native callers of tests/bench/call, with sound, who come back by themselves: `call_load --hold`. What they would send as
// pictures nobody could decode.
import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';
import {at_exit} from './at_exit.mjs';

const PATIENCE_MS = 60_000;

export class Callers {
  #child;
  #keep;
  #waiting = new Set();
  #state = null;
  /** By name: what may not change over a restart. */
  #places = new Map();
  /** By name: when, since `forget`. The monotonic clock, in seconds. */
  back = new Map();
  hear = new Map();
  acknowledged = [];
  #fault = null;

  /** All are in `room` of the server at `port`, and hear each other. */
  static async come(program, port, people, room) {
    const made = new Callers();
    made.people = people;
    const words = ['--port', port, '--hold', people, '--control', '--room', room, '--sound-only'].map(String);
    made.#child = spawn(program, words, {stdio: ['pipe', 'pipe', 'pipe']});
    made.#keep = at_exit(() => made.#child.kill('SIGKILL'));
    let complaint = '';
    made.#child.stderr.on('data', data => { complaint += data; });
    made.#child.on('error', error => made.#fail(String(error)));
    made.#child.on('exit', () => made.#fail(complaint || 'call_load ended'));
    createInterface({input: made.#child.stdout}).on('line', line => made.#take(JSON.parse(line)));
    await made.all_hear();
    return made;
  }

  #fail(why) {
    this.#fault ??= why;
    this.#look();
  }

  #take(told) {
    const {event, name} = told;
    if (event === 'in') {
      // The first hand is raised after the first welcome; who comes back has it still.
      const hand = told.first ? Number(name.split(' ')[1]) % 2 === 0 : told.hand;
      const place = JSON.stringify([told.id, told.role, told.locks, hand]);
      const before = this.#places.get(name) ?? place;
      this.#places.set(name, place);
      if (place !== before) this.#fail(`${name} has another place than before: ${place}, not ${before}`);
      this.back.set(name, told.at);
    } else if (event === 'hears') {
      this.hear.set(name, told.at);
    } else if (event === 'acknowledged') {
      this.acknowledged.push(told.text);
    } else if (event === 'state') {
      this.#state = told.people;
    } else if (['out', 'refused', 'muted'].includes(event)) {
      this.#fail(`${name}: ${JSON.stringify(told)}`);
    }
    this.#look();
  }

  #look() {
    for (const look of this.#waiting) look();
  }

  #until(holds, why) {
    return new Promise((done, fail) => {
      const end = (how, value) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        how(value);
      };
      const look = () => {
        if (this.#fault) end(fail, new Error(this.#fault));
        else if (holds()) end(done);
      };
      const timer = setTimeout(() => end(fail, new Error(why())), PATIENCE_MS);
      this.#waiting.add(look);
      look();
    });
  }

  say(command) {
    this.#child.stdin.write(`${command}\n`);
  }

  forget() {
    this.back.clear();
    this.hear.clear();
  }

  async all_hear() {
    const missing = of => Array.from({length: this.people}, (_, i) => `person ${i}`).filter(one => !of.has(one));
    const late = () => `after ${PATIENCE_MS / 1000} s not back: ${missing(this.back)}; not hearing: ${missing(this.hear)}`;
    try {
      await this.#until(() => this.hear.size === this.people, late);
    } catch (error) {
      if (this.#fault) throw error;
      const deaf = (await this.#told()).filter(one => !one.hears).map(one => `${one.name}: ${one.unheard}`);
      throw new Error(`${error.message}; whom they miss: ${deaf.join('; ')}`);
    }
  }

  async #told() {
    this.#state = null;
    this.say('state');
    await this.#until(() => this.#state !== null, () => 'call_load says nothing');
    return this.#state;
  }

  /** What everybody knows, when nothing that somebody said waits for its answer. */
  async quiet() {
    for (;;) {
      const told = await this.#told();
      if (told.every(one => one.unacknowledged === 0)) return told;
      await new Promise(done => setTimeout(done, 50));
    }
  }

  async end() {
    this.#keep();
    this.#child.removeAllListeners('exit');
    if (this.#child.exitCode !== null) return;
    const gone = new Promise(done => this.#child.once('exit', done));
    this.#child.kill();
    await gone;
  }
}
