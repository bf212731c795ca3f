// Meetings on the product's own pages, with two to four people in Chromium and Firefox. Prints "ok NAME" or "FAILED NAME
// why" for each case.
//
// usage: node calls.mjs PROGRAM ADDRESS [NAME...]
import {readFile} from 'node:fs/promises';
import {open_browser} from './browsers.mjs';
import {Peer} from './peer.mjs';
import {start_server} from './server.mjs';

const [program, , ...wanted] = process.argv.slice(2);
const server = await start_server(program, {'media.listen': 'localhost:0', 'rooms.open': true});
const axe = await readFile(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const browsers = {};
let rooms = 0;
let here = [];

function require(holds, why) {
  if (!holds) throw new Error(why);
}

async function come(kind, name, how) {
  browsers[kind] ??= await open_browser(kind);
  const peer = await Peer.come(browsers[kind], name, how);
  here.push(peer);
  return peer;
}

const new_link = () => `${server.http}/r/e2e-${++rooms}`;

/** Both are in the same room; the first one moderates. */
async function meet(kinds = ['chromium', 'chromium'], names = ['Ana', 'Bo']) {
  const link = new_link();
  const peers = [];
  for (const [i, kind] of kinds.entries()) {
    const peer = await come(kind, names[i]);
    await peer.enter(link);
    peers.push(peer);
  }
  return {link, peers};
}

/** No rule of WCAG 2.2 AA that a program can judge is broken on what this person sees. */
async function accessible(peer, what) {
  // Not by a script element: the page's policy refuses what is not its own.
  await peer.page.evaluate(axe);
  const broken = await peer.page.evaluate(async () => {
    const {violations} = await window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
    });
    return violations.map(one => `${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`);
  });
  require(broken.length === 0, `${what}: ${broken.join('; ')}`);
}

const cases = [];

cases.push(['a first guest makes a room and is alone in it', async () => {
  const ana = await come('chromium', 'Ana');
  await ana.page.goto(server.http);
  await accessible(ana, 'the landing page');
  await ana.press_button('New room');
  await ana.see('form input[type=text]');
  require(/\/r\/[a-z2-7]{16}$/.test(ana.page.url()), `the new room is ${ana.page.url()}`);
  await accessible(ana, 'the page before joining');
  await ana.join();
  await ana.until('the link to send', seen => seen.text.includes('You are the first one here'));
  await accessible(ana, 'the call, alone');
}]);

for (const [first, second] of [['chromium', 'chromium'], ['chromium', 'firefox'], ['firefox', 'firefox']]) {
  cases.push([`${first} and ${second} see and hear each other`, async () => {
    const {peers: [ana, bo]} = await meet([first, second]);
    await ana.until('Bo', seen => seen.people.Bo?.picture);
    await bo.until('Ana', seen => seen.people.Ana?.picture);
    const [seen] = await Promise.all([ana.flows(), bo.flows()]);
    return `${seen.people.Bo.picture}, ${seen.frames} frames`;
  }]);
}

cases.push(['chat, hands, reactions', async () => {
  const {peers: [ana, bo]} = await meet(['chromium', 'firefox']);
  await ana.say('Bonjour, ça va ? <b>not bold</b>');
  await bo.until('a new message', seen => seen.text.includes('1') || seen.messages.length > 0);
  await bo.say('https://example.org/a?b=c');
  await bo.until('the message before', seen => seen.messages[0] === 'Bonjour, ça va ? <b>not bold</b>');
  await ana.until('the answer', seen => seen.messages.includes('https://example.org/a?b=c'));
  await accessible(ana, 'the chat');
  await bo.press_button('Raise your hand');
  await ana.until('the hand', seen => seen.people.Bo?.says.includes('hand up'));
  await ana.press_button('React');
  await ana.press_button('🎉');
  await bo.until('the reaction', seen => seen.text.includes('🎉'));
}]);

cases.push(['mute means mute, and only its owner unmutes', async () => {
  const {peers: [ana, bo]} = await meet();
  await ana.flows();
  await ana.press_button('People');
  await accessible(ana, 'the people panel');
  await ana.press_button('Actions for Bo');
  await ana.press_button('Turn the microphone off');
  await bo.until('that his microphone was turned off', seen => seen.text.includes('Ana turned your microphone off'));
  await ana.until('that he is silent', seen => seen.people.Bo.says.includes('microphone off'));
  const heard = await ana.hears_for(4000);
  require(heard < 1000, `a muted microphone was heard for ${heard} ms more`);  // what was on its way
  await bo.press_button('Turn the microphone on');
  await ana.flows();
}]);

cases.push(['a shared screen comes to Firefox', async () => {
  const {peers: [ana, bo]} = await meet(['chromium', 'firefox']);
  await ana.press_button('Share your screen');
  await accessible(ana, 'the dialog about sharing');
  await ana.press_button('Text, slides');
  await bo.until("Ana's screen", seen => seen.people["Ana's screen"]?.picture);
  await ana.press_button('Stop sharing');
  await bo.until('that it has ended', seen => seen.people["Ana's screen"] === undefined);
}]);

cases.push(['the waiting room', async () => {
  const link = new_link();
  const ana = await come('chromium', 'Ana');
  await ana.enter(link);
  await ana.press_button('People');
  await ana.press_switch('Waiting room');
  const bo = await come('firefox', 'Bo');
  await bo.page.goto(link);
  await bo.join();
  await bo.until('the waiting room', seen => seen.heading === 'You are in the waiting room');
  require(!(await bo.look()).text.includes('Ana'), 'who waits is told who is inside');
  await ana.press_button('Let in');
  await bo.until('the call', seen => seen.people.Ana);
  await bo.flows();
}]);

cases.push(['without devices one joins, hears and writes', async () => {
  const link = new_link();
  const ana = await come('chromium', 'Ana');
  await ana.enter(link);
  const bo = await come('chromium', 'Bo');
  await bo.page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('none', 'NotFoundError'); };
  });
  await bo.page.goto(link);
  await bo.until('what is missing', seen => seen.text.includes('No camera was found'));
  await accessible(bo, 'the page before joining, without devices');
  await bo.join();
  await bo.until('Ana', seen => seen.people.Ana?.picture);
  await bo.flows();
  await bo.say('I hear you');
  await ana.press_button('Chat');
  await ana.until('his words', seen => seen.messages.includes('I hear you'));
}]);

cases.push(['a page that is loaded again is the same person', async () => {
  const {peers: [ana, bo]} = await meet();
  await bo.flows();
  await bo.press_button('Raise your hand');
  await ana.until('the hand', seen => seen.people.Bo?.says.includes('hand up'));
  await bo.page.reload();
  await bo.until('the call again', seen => seen.people.Ana?.picture && seen.people.Bo?.says.includes('hand up'));
  const seen = await ana.until('him back', one => one.people.Bo?.picture && !one.people.Bo.says.includes('lost'));
  require(Object.keys(seen.people).length === 2, `${Object.keys(seen.people)} are there`);
  await Promise.all([ana.flows(), bo.flows()]);
}]);

cases.push(['the server is killed and started again: everybody is back, nothing is lost', async () => {
  const {peers: [ana, bo]} = await meet(['chromium', 'firefox']);
  await ana.say('before');
  await Promise.all([ana.flows(), bo.flows()]);
  await server.kill();
  const began = Date.now();
  await bo.until('that the connection is lost', seen => seen.text.includes('Reconnecting'));
  await server.again();
  const started = Date.now();
  await Promise.all([ana, bo].map(peer => peer.until('the call again', seen =>
    !seen.text.includes('Reconnecting') && Object.values(seen.people).every(one => one.picture))));
  const back = Date.now() - started;
  await Promise.all([ana.flows(), bo.flows()]);
  await bo.press_button('Chat');
  await bo.until('what was written before', seen => seen.messages.filter(one => one === 'before').length === 1);
  return `away for ${started - began} ms, back ${back} ms after it was started`;
}]);

cases.push(['another tab asks, and takes the call over', async () => {
  const {link, peers: [ana, bo]} = await meet();
  const page = await bo.tab();
  const second = new Peer(page, bo.tab, () => page.close(), 'Bo');
  await page.goto(link);
  await second.until_page('question', () => document.body.innerText.includes('in another tab'));
  await second.press_button('Move the call here');
  await second.until_page('call', () => document.querySelector('.tile[data-person=Ana]') !== null);
  await bo.until('that it goes on elsewhere', seen => seen.heading.startsWith('The call goes on'));
  await ana.until('one Bo', seen => Object.keys(seen.people).length === 2);
}]);

cases.push(['removed, and the end for everybody', async () => {
  const {peers: [ana, bo, cleo]} = await meet(['chromium', 'chromium', 'chromium'], ['Ana', 'Bo', 'Cleo']);
  await ana.press_button('People');
  await ana.press_button('Actions for Bo');
  await ana.press_button('Remove');
  await bo.until('why', seen => seen.heading === 'You were removed from the meeting');
  await accessible(bo, 'the page after');
  await ana.press_button('Leave');
  await ana.press_button('End for everybody');
  await ana.press_button('End for everybody');
  await cleo.until('why', seen => seen.heading === 'The meeting is over');
}]);

cases.push(['on a phone, in French', async () => {
  const link = new_link();
  const ana = await come('chromium', 'Ana', {width: 360, height: 740, touch: true, locale: 'fr'});
  await ana.page.goto(link);
  await accessible(ana, 'the page before joining');
  await ana.join();
  await ana.until('French', seen => seen.text.includes('Vous êtes la première personne ici'));
  const wide = await ana.page.evaluate(() => document.documentElement.scrollWidth);
  require(wide <= 360, `the page is ${wide} px wide`);
  await accessible(ana, 'the call');
  await ana.press_button('Discussion');
  await accessible(ana, 'the chat');
}]);

cases.push(['320 px wide, nothing is cut off or scrolls sideways', async () => {
  const fits = async (peer, what) => {
    const wide = await peer.page.evaluate(() => document.documentElement.scrollWidth);
    require(wide <= 320, `${what} is ${wide} px wide`);
  };
  const link = new_link();
  const bo = await come('chromium', 'Bo');
  await bo.enter(link);
  const ana = await come('chromium', 'Ana', {width: 320, height: 640, touch: true, locale: 'fr'});
  await ana.page.goto(server.http);
  await fits(ana, 'the landing page');
  await ana.page.goto(link);
  await ana.see('form .button.main');
  await fits(ana, 'the page before joining');
  await ana.join();
  await ana.until('Bo', seen => seen.people.Bo?.picture);
  await fits(ana, 'the call');
  for (const panel of ['Personnes', 'Discussion']) {
    await ana.press_button(panel);
    await ana.see('.panel');
    await fits(ana, panel);
  }
  // What stands in the bar can be reached.
  const outside = await ana.page.evaluate(() => [...document.querySelectorAll('.bar button')]
    .filter(one => one.offsetParent && (one.getBoundingClientRect().right > 320 || one.getBoundingClientRect().bottom > 640))
    .map(one => one.getAttribute('aria-label') ?? one.textContent));
  require(outside.length === 0, `outside of the window: ${outside}`);
}]);

cases.push(['from link to call with the keyboard alone', async () => {
  const link = new_link();
  const bo = await come('chromium', 'Bo');
  await bo.enter(link);
  const ana = await come('chromium', 'Ana');
  await ana.page.goto(link);
  await ana.until_page('an open door', () => document.querySelector('form .button.main')?.ariaDisabled !== 'true');
  const focused = () => ana.page.evaluate(() => {
    const one = document.activeElement;
    const shown = getComputedStyle(one).outlineStyle !== 'none' || one.matches('h1, h2, main, [role=toolbar]');
    return {name: one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent.trim() ?? one.textContent.trim(), shown};
  });
  /** Tab until that is in focus; each stop on the way has to be seen. */
  const tab_to = async (words, key = 'Tab') => {
    for (let i = 0; i < 40; ++i) {
      const {name, shown} = await focused();
      if (name.startsWith(words)) return;
      require(shown || name.length > 60, `no focus can be seen on "${name}"`);
      await ana.key(key);
    }
    throw new Error(`"${words}" is not reached: ${(await focused()).name}`);
  };
  await tab_to('Your name');
  await ana.page.keyboard.type('Ana');
  await ana.key('Enter');
  await ana.until('Bo', seen => seen.people.Bo);
  await ana.key('F2');
  await tab_to('Raise your hand', 'ArrowRight');
  await ana.key('Enter');
  await bo.until('the hand', seen => seen.people.Ana?.says.includes('hand up'));
  await ana.key('m');
  await bo.until('that she is muted', seen => seen.people.Ana.says.includes('microphone off'));
  await ana.key('c');
  await tab_to('Message to everybody');
  await ana.page.keyboard.type('From the keyboard, m and v are letters here');
  await ana.key('Enter');
  await bo.press_button('Chat');
  await bo.until('her words', seen => seen.messages.includes('From the keyboard, m and v are letters here'));
  await ana.key('Escape');
  await ana.until_page('a closed panel', () => document.querySelector('.panel') === null);
}]);

let failed = 0;
for (const [name, body] of cases) {
  if (wanted.length > 0 && !wanted.some(one => name.includes(one))) continue;
  const began = Date.now();
  try {
    const note = await body();
    for (const peer of here) {
      const faults = await peer.look().then(seen => seen.faults, () => []);
      require(faults.length === 0, `${peer.name}'s page: ${faults.join('; ')}`);
    }
    console.log(`ok ${name}${note ? `: ${note}` : ''} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  } catch (error) {
    ++failed;
    console.log(`FAILED ${name}: ${String(error.message ?? error).replaceAll('\n', ' ').slice(0, 1800)}`);
  }
  await Promise.allSettled(here.map(peer => peer.close()));
  here = [];
}
await Promise.all(Object.values(browsers).map(one => one.end()));
await server.end();
process.exit(failed === 0 ? 0 : 1);
