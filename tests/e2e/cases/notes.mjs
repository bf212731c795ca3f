// Notes: people who write in the same text.
import {WebsocketProvider} from 'y-websocket';
import * as Y from 'yjs';
import {cut_off, lengthen_words, out_of_reach} from '../layout.mjs';
import {require} from '../stage.mjs';
import WebSocket from 'ws';

export const cases = [];

/** A server of its own, and its pads as it has them. */
async function server_with_pads(stage) {
  const server = await stage.more_servers({'rooms.open': true, 'control.socket': 'control.sock'});
  const address = (room, name) => `${server.http}/api/v1/rooms/${room}/pads/${name}`;
  return {
    ...server,
    /** The document of a pad as XML. */
    xml: async (room, name = 'notes') => {
      const doc = new Y.Doc();
      const answer = await fetch(`${address(room, name)}/export?format=update`);
      require(answer.ok, `the export answers ${answer.status}`);
      Y.applyUpdate(doc, new Uint8Array(await answer.arrayBuffer()));
      return doc.getXmlFragment('prosemirror').toString();
    },
    /** By a program: a text in the place of what is there. */
    put: async (room, text) => {
      const answer = await fetch(`${address(room, 'notes')}/content?format=md`, {
        method: 'PUT', body: text, headers: {Authorization: `Bearer ${server.pad_token(room, '--right', 'write')}`},
      });
      require(answer.ok, `the text answers ${answer.status}`);
    },
    /** Only who manages the notes may write in them. */
    lock: async (room, locked) => {
      const answer = await fetch(address(room, 'notes'), {
        method: 'PATCH', body: JSON.stringify({locked}),
        headers: {Authorization: `Bearer ${server.pad_token(room, '--right', 'manage')}`, 'Content-Type': 'application/json'},
      });
      require(answer.ok, `the lock answers ${answer.status}`);
    },
  };
}

/** People who have their notes open. The first one moderates. */
async function writers(stage, kinds = ['chromium', 'chromium'], hows = []) {
  const pads = await server_with_pads(stage);
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
  return {pads, link, room, people, text: () => pads.xml(room)};
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
  const xml = await text();
  require(xml === '<heading level="1">Agenda</heading><paragraph><strong>By</strong> Ana and Bo</paragraph>', xml);
  await ana.until_page("Bo's caret", () => document.querySelector('.caret-name')?.textContent === 'Bo');
  // Colours are the people's own, one of twelve: two of them may have the same.
  const hues = await ana.until_page('both in their colours', () => {
    const all = [...document.querySelectorAll('.author[data-hue]')];
    const hue_of = name => all.find(one => one.title === name)?.dataset.hue;
    const caret = document.querySelector('.caret-name')?.closest('[data-hue]')?.dataset.hue;
    return hue_of('Ana') && hue_of('Bo') === caret && `${hue_of('Ana')} and ${caret}`;
  });
  await stage.accessible(ana, 'the notes');
  return `hues ${hues}`;
}]);

cases.push(['notes that are written without a connection are merged', async stage => {
  const {pads, people: [ana, bo], text} = await writers(stage);
  await write(ana, 'One\n');
  await reads(bo, 'One\n');
  await pads.quit();
  for (const one of [ana, bo]) {
    await one.until('that the line is lost', seen => seen.text.includes('No connection'));
    await write(one, `${one.name} writes on`);
    await one.until('that it waits', seen => seen.text.includes('not sent yet'));
  }
  await stage.accessible(ana, 'notes without a connection');
  await pads.again();
  await ana.until('the connection', seen => seen.text.includes('Connected'));
  for (const [one, other] of [[ana, bo], [bo, ana]]) {
    await one.until(`${other.name}'s words`, seen => seen.text.includes(`${other.name} writes on`));
  }
  // In the one line that both began without the other.
  await Promise.all([ana, bo].map(one => write(one, '!')));
  for (const one of [ana, bo]) await one.until('both ends', seen => seen.text.split('!').length > 2);
  const merged = (await text()).replaceAll(/<\/paragraph>(?=<paragraph>)/g, '\n').replaceAll(/<[^>]*>/g, '');
  for (const one of ['Ana writes on', 'Bo writes on']) {
    require(merged.split(one).length === 2, `"${one}" is not once in "${merged}"`);
  }
  for (const one of [ana, bo]) await reads(one, merged);
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
  for (;;) {
    const all = [await text(), ...stock.map(({root}) => root.toString())];
    if (new Set(all).size === 1) return all[0];
    require(Date.now() < end, `they differ: ${all.join(' | ')}`);
    await new Promise(done => setTimeout(done, 20));
  }
}]);

cases.push(['notes that may only be read, from one moment to the next', async stage => {
  const {pads, room, people: [ana, bo]} = await writers(stage);
  await write(bo, 'Before');
  await reads(ana, 'Before');
  await pads.lock(room, true);
  await bo.until('that he may only read', seen => seen.text.includes('You may read, but not write.'));
  await bo.click('.pad-text');
  await bo.page.keyboard.type('after');
  await stage.accessible(bo, 'notes to be read');
  // Who moderates writes on.
  await write(ana, ' it');
  await reads(bo, 'Before it');
  await pads.lock(room, false);
  await bo.see('.pad-tools');
  await write(bo, ' and after');
  await reads(ana, 'Before it and after');
}]);

cases.push(['an earlier version of the notes is looked at and restored', async stage => {
  const {pads, room, people: [ana, bo]} = await writers(stage);
  await write(ana, 'First');
  await reads(bo, 'First');
  // What a program puts in the place of everything ends a version.
  await pads.put(room, '- [x] Second');
  await reads(ana, 'Second');
  await pads.put(room, 'Third');
  await reads(ana, 'Third');
  await ana.press_button('More for these notes');
  await ana.press_button('Earlier versions');
  await ana.see('.pad-slider input');
  const shows = text => ana.until_page(`"${text}"`, wanted =>
    document.querySelector('.pad-history .pad-text')?.textContent === wanted, text);
  await shows('Second');
  await ana.until_page('the ticked task', () => document.querySelector('.pad-history li[data-task=done] input:checked') !== null);
  await stage.accessible(ana, 'earlier versions');
  await ana.key('Home');
  await ana.until_page('the name of who wrote it', () =>
    document.querySelector('.pad-slider input').getAttribute('aria-valuetext').includes('by Ana'));
  await shows('First');
  await ana.press_button('Restore this version');
  await reads(bo, 'First');
  await ana.press_button('Undo');
  await reads(bo, 'Third');
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
  await ana.key('Escape');
  await ana.until_page('the focus back in the text', () => !document.querySelector('dialog[open]') && document.activeElement.matches('.pad-text'));
  await ana.key('Control+k');
  await ana.see('dialog[open] input');
  // Closed and opened again in one go, before the browser has told of the closing.
  await Promise.all([ana.key('Escape'), ana.key('Control+k')]);
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
  const xml = await text();
  require(!/script|img|image|style|href|onclick/.test(xml), xml);
}]);

/** 4 by 4, red. */
const red_png = 'iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEElEQVR42mP4z8AARwzEcQCukw/xOF6MEQAAAABJRU5ErkJggg==';

cases.push(['a picture is pasted into notes with its words, and goes with them', async stage => {
  const {pads, room, people: [ana, bo], text} = await writers(stage);
  await write(ana, 'Look: ');
  await ana.page.evaluate(base64 => {
    const bytes = Uint8Array.from(atob(base64), one => one.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], 'red.png', {type: 'image/png'}));
    document.querySelector('.pad-text').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
  }, red_png);
  await ana.see('dialog[open] input');
  await stage.accessible(ana, 'the question about a picture');
  await ana.page.keyboard.type('A red square');
  await ana.key('Enter');
  for (const one of [ana, bo]) {
    await one.until_page('the picture', () => {
      const image = document.querySelector('.pad-text .picture img');
      return image?.alt === 'A red square' && image.naturalWidth === 4;
    });
  }
  await stage.accessible(bo, 'notes with a picture');
  const xml = await text();
  require(new RegExp(`src="/api/v1/rooms/${room}/assets/[A-Za-z0-9_-]+"`).test(xml), xml);
  require(!xml.includes('token'), xml);
  const markdown = await (await fetch(`${pads.http}/api/v1/rooms/${room}/pads/notes/export?format=md`)).text();
  require(/!\[A red square\]\(\/api\//.test(markdown), markdown);
}]);

cases.push(['notes leave as PDF, and become slides on the board', async stage => {
  const {pads, room, people: [ana, bo]} = await writers(stage);
  await write(ana, '# One\n# Two\n');
  const answer = await fetch(`${pads.http}/api/v1/rooms/${room}/pads/notes/export?format=pdf`);
  const got = Buffer.from(await answer.arrayBuffer()).toString('latin1');
  await bo.press_button('More for these notes');
  require(!(await bo.look()).text.includes('Show as slides'), 'who does not present may make slides');
  await bo.key('Escape');
  await ana.press_button('More for these notes');
  await ana.press_button('Show as slides on the board');
  if (answer.status === 501) {
    require(got.includes('libreoffice-writer-nogui'), got);
    await ana.until('what is missing', seen => seen.text.includes('libreoffice-writer-nogui'));
    return 'without LibreOffice: it is named';
  }
  require(answer.ok && got.startsWith('%PDF'), `the export answers ${answer.status} ${got.slice(0, 200)}`);
  const end = Date.now() + 60_000;
  for (;;) {
    const list = await (await fetch(`${pads.http}/api/v1/rooms/${room}/documents`)).json();
    const made = list.documents.find(one => one.name === 'Notes.pdf');
    if (made?.state === 'ready') {
      require(made.page_count === 2, `${made.page_count} pages`);
      break;
    }
    require(Date.now() < end && made?.state !== 'failed', `no slides: ${JSON.stringify(list)}`);
    await new Promise(done => setTimeout(done, 50));
  }
  await ana.see('.board-pages');
  return 'with LibreOffice';
}, {long: true}]);

cases.push(['several notes in a room, and a window of their own', async stage => {
  const {pads, room, link, people: [ana]} = await writers(stage, ['chromium']);
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
  const {pads: all} = await (await fetch(`${pads.http}/api/v1/rooms/${room}/pads`)).json();
  await bo.page.goto(`${link}/notes/${all.find(one => one.title === 'Minutes').name}`);
  await bo.see('form input');
  await stage.accessible(bo, 'the question about the name');
  await bo.write('form input', 'Bo');
  await bo.click('form .button.main');
  await bo.see('.pad-text');
  await reads(bo, 'In the second');
  await stage.accessible(bo, 'notes in a window of their own');
  await write(bo, ', too');
  await reads(ana, 'In the second, too');
  require(await pads.xml(room) === '<paragraph>In the first</paragraph>', 'the first ones have changed');
}, {long: true}]);

cases.push(['notes on a phone, in French', async stage => {
  for (const width of [320, 360]) {
    const ana = await stage.come('chromium', 'Ana', {width, height: 700, touch: true, locale: 'fr'});
    await ana.enter(stage.new_link());
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
    const ana = await stage.come('chromium', 'Ana', {width, height, touch, init: lengthen_words});
    await ana.enter(stage.new_link());
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
