// Notes: people who write in the same text.
import {WebsocketProvider} from 'y-websocket';
import * as Y from 'yjs';
import {cut_off, lengthen_words, out_of_reach} from '../layout.mjs';
import {start_pad_server} from '../pad_server.mjs';
import {require} from '../stage.mjs';
import WebSocket from 'ws';

export const cases = [];

/** A server with pads, and people who have their notes open. */
async function writers(stage, kinds = ['chromium', 'chromium'], hows = []) {
  const pads = await start_pad_server(stage.server.http);
  stage.at_end(pads.end);
  const link = stage.new_link(pads);
  const room = link.split('/').pop();
  const people = [];
  for (const [i, kind] of kinds.entries()) {
    const one = await stage.come(kind, ['Ana', 'Bo', 'Cleo'][i], hows[i]);
    await one.enter(link);
    await one.press_button('Notes');
    await one.see('.pad-text');
    people.push(one);
  }
  return {pads, link, room, people, text: () => pads.text(room)};
}

/** What stands in somebody's notes, as words. */
const words = one => one.page.evaluate(() => {
  const copy = document.querySelector('.pad-text').cloneNode(true);
  for (const caret of copy.querySelectorAll('.caret')) caret.remove();
  return [...copy.children].map(each => each.textContent).join('\n');
});

async function reads(one, wanted) {
  const end = Date.now() + 30_000;
  for (;;) {
    const seen = await words(one);
    if (seen === wanted) return;
    require(Date.now() < end, `${one.name} reads ${JSON.stringify(seen)}, not ${JSON.stringify(wanted)}`);
    await new Promise(done => setTimeout(done, 50));
  }
}

async function write(one, text) {
  await one.click('.pad-text');
  await one.key('Control+End');
  await one.page.keyboard.type(text);
}

cases.push(['two browsers write in the same notes, and see who wrote what', async stage => {
  const {people: [ana, bo], text} = await writers(stage, ['chromium', 'firefox']);
  await write(ana, '# Agenda\n**By** Ana');
  await reads(bo, 'Agenda\nBy Ana');
  // Puppeteer has no names for keys that are held: the caret is where the click was, at the end.
  await bo.click('.pad-text p');
  await bo.key('End');
  await bo.page.keyboard.type(' and Bo');
  await reads(ana, 'Agenda\nBy Ana and Bo');
  require(text() === '<heading level="1">Agenda</heading><paragraph><strong>By</strong> Ana and Bo</paragraph>', text());
  await ana.until_page("Bo's caret", () => document.querySelector('.caret-name')?.textContent === 'Bo');
  const hues = await ana.until_page('two colours', () => {
    const all = new Set([...document.querySelectorAll('.author[data-hue]')].map(one => one.dataset.hue));
    return all.size === 2 && [...all].join(' and ');
  });
  await stage.accessible(ana, 'the notes');
  return `hues ${hues}`;
}]);

cases.push(['notes that are written without a connection are merged', async stage => {
  const {pads, people: [ana, bo], text} = await writers(stage);
  await write(ana, 'One\n');
  await reads(bo, 'One\n');
  await pads.stop();
  for (const one of [ana, bo]) {
    await one.until('that the line is lost', seen => seen.text.includes('No connection'));
    await write(one, `${one.name} writes on`);
    await one.until('that it waits', seen => seen.text.includes('not sent yet'));
  }
  await stage.accessible(ana, 'notes without a connection');
  await pads.again();
  await ana.until('the connection', seen => seen.text.includes('Connected'));
  await ana.until("Bo's words", seen => seen.text.includes('Bo writes on'));
  await reads(bo, await words(ana));
  for (const one of ['Ana writes on', 'Bo writes on']) require(text().includes(one), `${one} is not in ${text()}`);
}]);

cases.push(["carets obey their owner's keys while others write", async stage => {
  const {pads, room, people: [ana]} = await writers(stage, ['chromium']);
  await write(ana, `${'x'.repeat(40)}\n`);
  await reads(ana, `${'x'.repeat(40)}\n`);
  const doc = new Y.Doc();
  const line = new WebsocketProvider(`${pads.http.replace('http', 'ws')}/pad/${room}`, 'notes', doc,
    {WebSocketPolyfill: WebSocket, disableBc: true});
  stage.at_end(() => line.destroy());
  await new Promise(done => line.on('sync', done));
  const theirs = new Y.XmlText('by others: ');
  const paragraph = new Y.XmlElement('paragraph');
  paragraph.insert(0, [theirs]);
  doc.getXmlFragment('prosemirror').push([paragraph]);
  await ana.until('words of others', seen => seen.text.includes('by others'));
  await ana.key('Control+Home');
  const typing = setInterval(() => theirs.insert(theirs.length, 'y'), 10);
  stage.at_end(() => clearInterval(typing));
  for (let i = 0; i < 20; ++i) await ana.key('ArrowRight');
  await ana.page.keyboard.type('|');
  clearInterval(typing);
  await ana.until_page('the line in the middle', () =>
    document.querySelector('.pad-text p')?.textContent.includes(`${'x'.repeat(20)}|${'x'.repeat(20)}`));
}]);

cases.push(['stock clients of Yjs write in the notes with us, and all are equal', async stage => {
  const {pads, room, people: [ana], text} = await writers(stage, ['chromium']);
  const stock = Array.from({length: 2}, () => {
    const doc = new Y.Doc();
    const line = new WebsocketProvider(`${pads.http.replace('http', 'ws')}/pad/${room}`, 'notes', doc,
      {WebSocketPolyfill: WebSocket, disableBc: true});
    stage.at_end(() => line.destroy());
    return {doc, line, root: doc.getXmlFragment('prosemirror')};
  });
  await Promise.all(stock.map(({line}) => new Promise(done => line.on('sync', done))));
  await write(ana, 'From the page\n');
  const paragraph = (root, said) => {
    const made = new Y.XmlElement('paragraph');
    made.insert(0, [new Y.XmlText(said)]);
    root.push([made]);
  };
  stock[0].line.disconnect();
  paragraph(stock[0].root, 'written offline');
  paragraph(stock[1].root, 'written online');
  await ana.until('the other one', seen => seen.text.includes('written online'));
  stock[0].line.connect();
  await ana.until('what was written offline', seen => seen.text.includes('written offline'));
  await write(ana, '!');
  const end = Date.now() + 10_000;
  while (new Set([text(), ...stock.map(({root}) => root.toString())]).size > 1) {
    require(Date.now() < end, `they differ: ${[text(), ...stock.map(({root}) => root.toString())].join(' | ')}`);
    await new Promise(done => setTimeout(done, 20));
  }
  return text();
}]);

cases.push(['notes that may only be read, from one moment to the next', async stage => {
  const {pads, people: [ana]} = await writers(stage, ['chromium']);
  await write(ana, 'Before');
  pads.set_writable(false);
  await ana.until('that she may only read', seen => seen.text.includes('You may read, but not write.'));
  await ana.click('.pad-text');
  await ana.page.keyboard.type('after');
  await reads(ana, 'Before');
  await stage.accessible(ana, 'notes to be read');
  pads.set_writable(true);
  await ana.see('.pad-tools');
  await write(ana, ' and after');
  await reads(ana, 'Before and after');
}]);

cases.push(['an earlier version of the notes is looked at and restored', async stage => {
  const {people: [ana, bo], text} = await writers(stage);
  await write(ana, 'First');
  await reads(bo, 'First');
  await write(bo, ' and second');
  await reads(ana, 'First and second');
  await ana.press_button('More for these notes');
  await ana.press_button('Earlier versions');
  await ana.see('.pad-slider input');
  await ana.until('the newest', seen => seen.text.includes('First and second'));
  await stage.accessible(ana, 'earlier versions');
  // Bo's first letter began another version.
  await ana.until_page('the one of Ana', () => {
    const slider = document.querySelector('.pad-slider input');
    if (slider.ariaValueText?.includes('by Ana') || slider.getAttribute('aria-valuetext').includes('by Ana')) return true;
    slider.value = Number(slider.value) - 1;
    slider.dispatchEvent(new Event('input', {bubbles: true}));
    return false;
  });
  await ana.until_page('her words alone', () => document.querySelector('.pad-history .pad-text')?.textContent === 'First');
  await ana.press_button('Restore this version');
  await reads(bo, 'First');
  await ana.press_button('Undo');
  await reads(bo, 'First and second');
  return text();
}]);

cases.push(['notes from the keyboard alone', async stage => {
  const {people: [ana]} = await writers(stage, ['chromium']);
  await ana.click('.pad-text');
  await ana.page.keyboard.type('This word');
  for (let i = 0; i < 4; ++i) await ana.key('Shift+ArrowLeft');
  const focused = () => ana.page.evaluate(() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent);
  await ana.key('Escape');
  require((await focused()).startsWith('Style'), `Escape leads to ${await focused()}`);
  await ana.key('ArrowRight');
  require(await focused() === 'Bold', `the arrow leads to ${await focused()}`);
  await ana.key('Enter');
  require((await focused()).startsWith('Text of'), `after it the focus is on ${await focused()}`);
  await ana.until_page('bold letters', () => document.querySelector('.pad-text strong')?.textContent === 'word');
  // The link's dialog has the focus on its address, and gives it back.
  await ana.key('Control+k');
  await ana.see('dialog[open] input');
  await stage.accessible(ana, 'the dialog about a link');
  await ana.page.keyboard.type('javascript:alert(1)');
  await ana.key('Enter');
  await ana.until('that it is no address', seen => seen.text.includes('That is no address'));
  await ana.key('Control+a');
  await ana.page.keyboard.type('example.org');
  await ana.key('Enter');
  await ana.until_page('the link', () => document.querySelector('.pad-text a')?.href === 'https://example.org/');
  await ana.until_page('the focus in the text', () => document.activeElement.matches('.pad-text'));
  await ana.key('Control+f');
  await ana.until_page('the focus on the search', () => document.activeElement.matches('input'));
  await ana.page.keyboard.type('WORD');
  await ana.until('the place', seen => seen.text.includes('1 of 1'));
  await stage.accessible(ana, 'the search');
  await ana.key('Escape');
  require((await focused()).startsWith('Text of'), `after the search the focus is on ${await focused()}`);
  // Tab leaves the text: nobody is caught in it.
  await ana.key('Tab');
  require(!(await focused()).startsWith('Text of'), 'Tab does not leave the text');
}]);

cases.push(['what is pasted into notes never acts', async stage => {
  const {people: [ana], text} = await writers(stage, ['chromium']);
  await ana.click('.pad-text');
  await ana.page.evaluate(() => {
    window.acted = 0;
    window.alert = () => { window.acted += 1; };
    const data = new DataTransfer();
    data.setData('text/html', `<p style="color: red" onclick="alert(1)">kept<script>alert(1)</script>
      <img src="https://example.org/a.png" onerror="alert(1)"><img src=x onerror=alert(1)>
      <a href="javascript:alert(1)">link</a><svg onload="alert(1)"></svg><style>* { color: red }</style></p>`);
    document.querySelector('.pad-text').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
  });
  await ana.until('what is text of it', seen => seen.text.includes('kept'));
  await new Promise(done => setTimeout(done, 300));
  require(await ana.page.evaluate(() => window.acted) === 0, 'it acted');
  require(!/script|img|image|style|href|onclick/.test(text()), text());
}]);

cases.push(['several notes in a room, and a window of their own', async stage => {
  const {pads, link, people: [ana]} = await writers(stage, ['chromium']);
  await write(ana, 'In the first');
  await ana.click('.pad-title button');
  await ana.press_button('New notes');
  await ana.see('dialog[open] input');
  await stage.accessible(ana, 'the dialog about new notes');
  await ana.page.keyboard.type('Minutes');
  await ana.key('Enter');
  await ana.until_page('the new ones', () => document.querySelector('.pad-title')?.textContent === 'Minutes');
  await ana.see('.pad-text');
  await write(ana, 'In the second');
  const bo = await stage.come('chromium', 'Bo');
  await bo.page.goto(`${link}/notes/pad-2`);
  await bo.see('form input');
  await stage.accessible(bo, 'the question about the name');
  await bo.write('form input', 'Bo');
  await bo.click('form .button.main');
  await bo.see('.pad-text');
  await reads(bo, 'In the second');
  await stage.accessible(bo, 'notes in a window of their own');
  await write(bo, ', too');
  await reads(ana, 'In the second, too');
  require(pads.text(link.split('/').pop()) === '<paragraph>In the first</paragraph>', 'the first ones have changed');
}]);

cases.push(['notes on a phone, in French', async stage => {
  const pads = await start_pad_server(stage.server.http);
  stage.at_end(pads.end);
  for (const width of [320, 360]) {
    const ana = await stage.come('chromium', 'Ana', {width, height: 700, touch: true, locale: 'fr'});
    await ana.enter(stage.new_link(pads));
    await ana.press_button('Notes');
    await ana.see('.pad-text');
    await write(ana, '# Ordre du jour\n- Un point\n');
    const wide = await ana.page.evaluate(() => document.documentElement.scrollWidth);
    require(wide <= width, `the notes are ${wide} px wide on ${width}`);
    await stage.accessible(ana, `the notes on ${width} px`);
  }
}]);

for (const [width, height, touch] of [[1280, 800, false], [360, 740, true]]) {
  cases.push([`words 40 % longer fit into the notes at ${width} px`, async stage => {
    const pads = await start_pad_server(stage.server.http);
    stage.at_end(pads.end);
    const ana = await stage.come('chromium', 'Ana', {width, height, touch, init: lengthen_words});
    await ana.enter(stage.new_link(pads));
    const press = async said => ana.press_button(await ana.page.evaluate(text => window.accented(text), said));
    const wrong = [];
    const look = async (where, top = '.panel') => {
      const found = [...await ana.page.evaluate(cut_off), ...await ana.page.evaluate(out_of_reach, top)];
      if (found.length > 0) wrong.push(`${where}: ${found.join('; ')}`);
    };
    await press('Notes');
    await ana.see('.pad-text');
    await look('the notes');
    await press('More for these notes');
    await look('their menu', '[role=menu]');
    await press('Earlier versions');
    await ana.see('.pad-history');
    await look('earlier versions');
    await press('Back to writing');
    await ana.see('.pad-tools');
    await press('Find');
    await look('the search');
    await press('Link');
    await ana.see('dialog[open]');
    await look('the link', 'dialog[open]');
    require(wrong.length === 0, wrong.join(' || '));
  }, {long: true}]);
}
