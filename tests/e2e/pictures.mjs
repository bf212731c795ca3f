// Every page and failure as a picture, at 1280 and 360 px, in English and French, for eyes.
//
// usage: tests/e2e/run [BUILD] pictures [FOLDER]     FOLDER: BUILD/pictures if not given
import {mkdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {see_board} from './board_pictures.mjs';
import {see_notes} from './notes_pictures.mjs';
import {say, see_everything} from './everything.mjs';
import {far_call, block} from './far.mjs';
import {Stage} from './stage.mjs';

const [program, address, folder] = process.argv.slice(2);
const stage = await Stage.open(program, address);
const {come, new_link, guest, more_servers} = stage;

/** How a page is looked at. */
const views = [
  {name: 'en-1280', language: 'en', how: {}},
  {name: 'fr-1280', language: 'fr', how: {dark: true}},
  {name: 'en-360', language: 'en', how: {width: 360, height: 740, touch: true, dark: true}},
  {name: 'fr-360', language: 'fr', how: {width: 360, height: 740, touch: true}},
];

for (const {name, language, how} of views) {
  await rm(join(folder, name), {recursive: true, force: true});
  await mkdir(join(folder, name), {recursive: true});
  let number = 0;
  const shoot = async (peer, what) => {
    await new Promise(done => setTimeout(done, 400));  // what moves in
    const file = `${String(++number).padStart(2, '0')}-${what.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.png`;
    await peer.page.screenshot({path: join(folder, name, file)});
  };
  const visitor = (who, more = {}) => come('chromium', who, {large_camera: true, ...how, locale: language, ...more});
  const t = text => say(text, language);
  const press = (peer, text) => peer.press_button(t(text));

  const link = new_link();
  const ana = await visitor('Ana');
  const company = async () => {
    await (await come('firefox', 'Bo', {large_camera: true})).enter(link);
    await guest(link, 'Cleo');
  };
  await see_everything(ana, {server: stage.server, link, company, language}, what => shoot(ana, what));
  await stage.end_case();

  const drawing = await visitor('Ana');
  await drawing.enter(new_link());
  await see_board(drawing, {press: text => press(drawing, text), shoot: what => shoot(drawing, what)});
  await stage.end_case();

  const writing = await visitor('Ana');
  const notes = new_link();
  await writing.enter(notes);
  const put = text => fetch(`${new URL(notes).origin}/api/v1/rooms/${notes.split('/').pop()}/pads/notes/content?format=md`,
    {method: 'PUT', body: text});
  await see_notes(writing, {press: text => press(writing, text), shoot: what => shoot(writing, what), put});
  await stage.end_case();

  // Failures, one after the other; each is what a guest named Dag sees.
  const faulty = async (what, fault, wait) => {
    const dag = await visitor('Dag', {init: [error => {
      // The browser of a test allows everything.
      navigator.permissions.query = async () => Object.assign(new EventTarget(), {state: error ? 'denied' : 'prompt'});
      navigator.mediaDevices.getUserMedia = async () => {
        if (error === null) return new Promise(() => {});
        throw new DOMException(error[1], error[0]);
      };
    }, fault]});
    await dag.page.goto(new_link());
    await dag.until(what, seen => seen.text.includes(wait));
    await shoot(dag, what);
  };
  const start = text => t(text).slice(0, 24);
  await faulty('no devices', ['NotFoundError', ''], start('No camera was found. Plug one in, or join without.'));
  await faulty('blocked by the browser', ['NotAllowedError', 'Permission denied'],
    start('Your browser does not let this page use the camera. Click on the sign left of the address, allow the camera, and try again.'));
  await faulty('blocked by the system', ['NotAllowedError', 'Permission denied by system'],
    start("Your system does not let this browser use the camera. Allow it in the system's privacy settings, and try again."));
  await faulty('devices busy', ['NotReadableError', ''],
    start('Your camera is used by another program. Close it, or choose another camera.'));
  await faulty('a question that waits', null, start("Look for your browser's question, often at the top left of the window."));
  await stage.end_case();

  const closed = await more_servers({'rooms.open': false, 'control.socket': 'control.sock'});
  const at_door = async (address_of, what, heading) => {
    const dag = await visitor('Dag');
    await dag.page.goto(address_of);
    await dag.until(what, seen => seen.heading === t(heading));
    await shoot(dag, what);
    return dag;
  };
  await at_door(`${closed.http}/r/nowhere`, 'no such room', 'There is no such room');
  await at_door(`${closed.http}/r/algebra#token=nonsense`, 'a bad link', 'This link is no longer good');
  const small = await more_servers({'rooms.open': true, 'rooms.limits.participants': 1});
  const full = new_link(small);
  await guest(full, 'First');
  const late = await visitor('Dag');
  await late.page.goto(full);
  await late.join();
  await late.until('a full room', seen => seen.heading === t('The room is full'));
  await shoot(late, 'a full room');
  await stage.end_case();

  const waiting = new_link();
  const host = await visitor('Ana');
  await host.enter(waiting);
  await press(host, 'People');
  await host.press_switch(t('Waiting room'));
  const dag = await visitor('Dag');
  await dag.page.goto(waiting);
  await dag.join();
  await dag.until('the waiting room', seen => seen.heading === t('You are in the waiting room'));
  await guest(waiting, 'Eva');
  await host.until('two who wait', seen => seen.text.includes('Eva') && seen.text.includes('Dag'));
  await shoot(host, 'two wait');
  await host.page.fill('.waiting-list input', 'A moment');
  await press(host, 'Send');
  await dag.until('a message', seen => seen.text.includes('A moment'));
  await shoot(dag, 'the waiting room');
  await press(host, 'Refuse');
  await dag.until('that he is refused', seen => seen.heading === t('You were not let in'));
  await shoot(dag, 'refused');
  await host.press_switch(t('Waiting room'));
  for (const [who, entry, heading] of [
    ['Finn', 'Remove', 'You were removed from the meeting'],
    ['Gil', 'Remove and keep out', 'You cannot enter this room'],
  ]) {
    const gone = await visitor(who);
    await gone.enter(waiting);
    await host.press_button(t(`Actions for ${who}`));
    await host.page.getByRole('menuitem', {name: t(entry), exact: true}).click();
    await gone.until(heading, seen => seen.heading === t(heading));
    await shoot(gone, heading);
  }
  const second = await dag.page.context().newPage();
  await dag.page.goto(waiting);
  await dag.join();
  await dag.until('the call', seen => seen.people.Ana);
  await second.goto(waiting);
  await second.waitForFunction(text => document.body.innerText.includes(text), t('You are in this room in another tab'));
  await shoot({page: second}, 'another tab');
  await second.getByRole('button', {name: t('Move the call here')}).click();
  await dag.until('that it goes on elsewhere', seen => seen.heading === t('The call goes on in another tab or device'));
  await shoot(dag, 'taken over');
  await stage.server.kill();
  const restarts = start('The server is being restarted. You come back by yourself.');
  const sentences = [start('Reconnecting… Your microphone and camera stay as they are.'), restarts];
  const back = seen => seen.people.Dag?.picture && !sentences.some(one => seen.text.includes(one));
  await host.until('that it is lost', seen => seen.text.includes(sentences[0]));
  await shoot(host, 'reconnecting');
  await press(host, 'People');  // away: on a phone it lies over the others
  await stage.server.again();
  await host.until('the call again', back);
  await stage.server.quit();
  await host.until('why', seen => seen.text.includes(restarts));
  await shoot(host, 'the server restarts');
  await stage.server.again();
  await host.until('the call again', back);
  await press(host, 'Share your screen');
  await press(host, 'Text, slides, pictures');
  await second.waitForSelector('.tile.screen video:not([hidden])');
  await shoot({page: second}, 'a shared screen');
  await stage.end_case();

  for (const all of [false, true]) {
    const {ana: cut} = await far_call(stage, (...words) => block(...words, all), false, {large_camera: true, ...how, locale: language});
    const sentence = all ? 'Sound and pictures do not get through'
      : 'This network blocks the fast way for sound and pictures (UDP). They take a slower one, by TCP.';
    await cut.until('why', seen => seen.text.includes(t(sentence)));
    await shoot(cut, all ? 'nothing gets through' : 'without UDP');
    await cut.press_button(t('Why?'));
    await shoot(cut, all ? 'why nothing gets through' : 'why it is slow');
    await stage.end_case();
  }
  console.log(`ok ${number} pictures in ${join(folder, name)}`);
}
await stage.end();
process.exit(0);
