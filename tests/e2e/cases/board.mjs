// The board: people draw together, each undoes his own, somebody else presents, the server goes away.
import {spawnSync} from 'node:child_process';
import {dirname, join} from 'node:path';
import {require} from '../stage.mjs';

export const cases = [];

/** Runs in the page: what lies on the board, as far as it can be seen. */
function board_of() {
  const surface = document.querySelector('.board-surface');
  if (!surface) return null;
  const {left, top, width, height} = surface.getBoundingClientRect();
  return {
    box: {left, top, width, height},
    shapes: document.querySelectorAll('.board-shapes > *').length,
    live: [...document.querySelectorAll('.board-ink path')].filter(one => one.getAttribute('d')).length,
    page: surface.dataset.page,
    says: surface.getAttribute('aria-label'),
    cursors: [...document.querySelectorAll('.board-cursor')].map(one => one.textContent),
    draws: document.querySelector('[aria-label^="Pen"], [aria-label^="Stylo"]') !== null,
  };
}

const look = peer => peer.page.evaluate(board_of);

/** What is on this person's board, until `good` says so: within 30 s. */
async function until_board(peer, what, good) {
  const end = Date.now() + 30_000;
  for (;;) {
    const seen = await look(peer).catch(() => null);
    if (seen && good(seen)) return seen;
    require(Date.now() < end, `${peer.name} does not see ${what} on the board: ${JSON.stringify(seen)}`);
    await new Promise(done => setTimeout(done, 50));
  }
}

const has_shapes = count => seen => seen.shapes === count;

/** Empty pages, which everybody sees. */
async function open_board(peer) {
  await peer.press_button('Board');
  await peer.press_button('Empty pages');
  await until_board(peer, 'an empty page', seen => seen.page !== '' && seen.shapes === 0);
}

/** From one place to another, as parts of the board, by way of `steps` places. */
async function drag(peer, from, to, steps = 12) {
  const {box} = await look(peer);
  const place = ([x, y]) => [box.left + x * box.width, box.top + y * box.height];
  await peer.page.mouse.move(...place(from));
  await peer.page.mouse.down();
  for (let i = 1; i <= steps; ++i) {
    const part = i / steps;
    await peer.page.mouse.move(...place([from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]));
  }
  return {up: () => peer.page.mouse.up()};
}

async function draw(peer, from, to) {
  await (await drag(peer, from, to)).up();
}

/** With a finger. */
async function draw_by_touch(peer, from, to) {
  const {box} = await look(peer);
  const session = await peer.page.context().newCDPSession(peer.page);
  const touch = (type, points) => session.send('Input.dispatchTouchEvent', {
    type, touchPoints: points.map(([x, y]) => ({x: box.left + x * box.width, y: box.top + y * box.height})),
  });
  await touch('touchStart', [from]);
  for (let i = 1; i <= 10; ++i) {
    await touch('touchMove', [[from[0] + (to[0] - from[0]) * i / 10, from[1] + (to[1] - from[1]) * i / 10]]);
  }
  await touch('touchEnd', []);
  await session.detach();
}

/** Ana moderates and has opened the board; everybody may draw. */
async function gather({come, new_link}, others) {
  const link = new_link();
  const ana = await come('chromium', 'Ana');
  await ana.enter(link);
  await open_board(ana);
  await ana.press_button('Who may draw');
  await ana.press_button('Everybody draws');
  const all = [ana];
  for (const [name, how] of others) {
    const peer = await come('chromium', name, how);
    await peer.page.goto(link);
    await peer.join();
    // On a phone there is no room for everybody's picture beside the board.
    await until_board(peer, 'the page that is shown', seen => seen.draws);
    all.push(peer);
  }
  return all;
}

const phone = {width: 360, height: 740, touch: true, locale: 'fr'};

cases.push(['two browsers and a phone draw together, and each undoes his own', async stage => {
  const [ana, bo, cleo] = await gather(stage, [['Bo', {}], ['Cleo', phone]]);
  const pen = await drag(ana, [.2, .2], [.5, .4]);
  await until_board(bo, 'the ink while it is drawn', seen => seen.live === 1 && seen.shapes === 0);
  await pen.up();
  await until_board(bo, 'the stroke', seen => seen.shapes === 1 && seen.live === 0);
  await draw(bo, [.2, .6], [.5, .8]);
  await draw_by_touch(cleo, [.6, .4], [.8, .6]);
  for (const peer of [ana, bo, cleo]) await until_board(peer, 'all three strokes', has_shapes(3));
  await until_board(ana, "Bo's pointer with his name", seen => seen.cursors.includes('Bo'));
  await ana.press_button('Undo my last change');
  for (const peer of [ana, bo, cleo]) await until_board(peer, "Bo's and Cleo's strokes", has_shapes(2));
  await bo.press_button('Undo my last change');
  await bo.press_button('Undo my last change');
  for (const peer of [ana, bo, cleo]) await until_board(peer, "Cleo's stroke alone", has_shapes(1));
  await ana.press_button('Redo my last change');
  for (const peer of [ana, bo, cleo]) await until_board(peer, "Ana's stroke again", has_shapes(2));
  await stage.accessible(ana, 'the board');
  await stage.accessible(cleo, 'the board on a phone');
  const wide = await cleo.page.evaluate(() => document.documentElement.scrollWidth);
  require(wide <= 360, `the board on a phone is ${wide} px wide`);
}]);

cases.push(['shapes are chosen, moved, grouped, locked and removed', async stage => {
  const [ana, bo] = await gather(stage, [['Bo', {}]]);
  await ana.press_button('Rectangle');
  await draw(ana, [.2, .2], [.35, .4]);
  await ana.press_button('Ellipse');
  await draw(ana, [.5, .2], [.65, .4]);
  await until_board(bo, 'both', has_shapes(2));
  await ana.key('Control+a');
  await ana.key('Control+g');
  await ana.key('d');
  await until_board(bo, 'their copies', has_shapes(4));
  await ana.key('k');
  await ana.key('Delete');
  await ana.key('k');
  await until_board(ana, 'that what is locked stays', has_shapes(4));
  await stage.accessible(ana, 'the bar of what is chosen');
  await ana.key('Delete');
  await until_board(bo, 'that they are gone', has_shapes(2));
  // What is another's is not a viewer's to remove.
  await bo.press_button('Eraser');
  await draw(bo, [.1, .3], [.8, .3]);
  await until_board(bo, "Ana's shapes", has_shapes(2));
}, {long: true}]);

cases.push(['by keys alone: a rectangle, a stroke, a note, and the list of what is there', async stage => {
  const [ana, bo] = await gather(stage, [['Bo', {}]]);
  await ana.page.focus('.board-surface');
  await ana.key('8');
  await ana.key('Enter');
  for (let i = 0; i < 6; ++i) await ana.key('ArrowRight');
  for (let i = 0; i < 6; ++i) await ana.key('ArrowDown');
  await ana.key('Enter');
  await until_board(bo, 'the rectangle', has_shapes(1));
  await ana.key('3');
  await ana.key('Enter');
  for (let i = 0; i < 5; ++i) await ana.key('ArrowUp');
  await ana.key('Enter');
  await until_board(bo, 'the stroke', has_shapes(2));
  await ana.key('i');
  await ana.key('Enter');
  await ana.page.keyboard.type('Bring the plans');
  await ana.key('Escape');
  await until_board(bo, 'the note', has_shapes(3));
  await bo.page.focus('.board-mirror');
  await bo.key('End');
  await bo.until_page('the note by name', () =>
    document.querySelector('.board-mirror li.here')?.textContent.startsWith('Note: Bring the plans, yellow, by Ana'));
}]);

cases.push(['the presentation is handed over, and a stroke stays whole', async stage => {
  const [ana, bo] = await gather(stage, [['Bo', {}]]);
  const pen = await drag(bo, [.2, .3], [.6, .5]);
  await until_board(ana, 'the ink', seen => seen.live === 1);
  await ana.press_button('Who may draw');
  await ana.press_button('Presenters draw');
  await until_board(ana, 'the stroke as far as it came', has_shapes(1));
  await until_board(bo, 'that he may not draw', seen => !seen.draws);
  await pen.up();
  await ana.press_button('Hand the presentation over');
  await ana.press_button('Bo');
  await until_board(bo, 'that he presents', seen => seen.draws);
  await bo.press_button('Page');
  await bo.press_button('Add a page');
  for (const peer of [ana, bo]) await until_board(peer, 'the second page', seen => / 2 of 2/.test(seen.says));
  await bo.press_button('Previous page');
  await until_board(ana, 'the first page', seen => / 1 of 2/.test(seen.says) && seen.shapes === 1);
}]);

cases.push(['the server is killed while both draw: nothing is lost, and both go on', async stage => {
  const {more_servers, come, new_link} = stage;
  const server = await more_servers({'rooms.open': true});
  const [ana, bo] = await gather({come, new_link: () => new_link(server)}, [['Bo', {}]]);
  await draw(ana, [.1, .1], [.3, .1]);
  await draw(bo, [.1, .2], [.3, .2]);
  for (const peer of [ana, bo]) await until_board(peer, 'both strokes', has_shapes(2));
  const pen = await drag(ana, [.1, .4], [.3, .4]);
  await server.kill();
  await pen.up();
  await draw(bo, [.1, .6], [.3, .6]);
  for (const peer of [ana, bo]) await until_board(peer, 'his own stroke', has_shapes(3));
  await server.again();
  for (const peer of [ana, bo]) await until_board(peer, 'all four strokes', has_shapes(4));
  await ana.press_button('Undo my last change');
  for (const peer of [ana, bo]) await until_board(peer, 'one less', has_shapes(3));
}]);

/** A PDF of A4 pages on their sides, with a line of text and a filled box each. */
function pdf_of(count) {
  const objects = ['<</Type/Catalog/Pages 2 0 R>>', '', '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'];
  const kids = [];
  for (let i = 1; i <= count; ++i) {
    const content = `0.2 0.5 0.8 rg 60 80 200 120 re f 0 g BT /F 32 Tf 60 500 Td (Slide number ${i}) Tj ET`;
    objects.push(`<</Length ${content.length}>>stream\n${content}\nendstream`);
    const resources = `/Resources<</Font<</F 3 0 R>>>>/Contents ${objects.length} 0 R`;
    objects.push(`<</Type/Page/Parent 2 0 R/MediaBox[0 0 842 595]${resources}>>`);
    kids.push(`${objects.length} 0 R`);
  }
  objects[1] = `<</Type/Pages/Kids[${kids.join(' ')}]/Count ${count}>>`;
  let made = '%PDF-1.4\n';
  const places = objects.map((one, i) => {
    const at = made.length;
    made += `${i + 1} 0 obj\n${one}\nendobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const table = made.length;
  return Buffer.from(`${made}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}` +
    `trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`);
}

/** How many of a hundred pixels of two pictures (PNG) differ by more than 32 of 255 in a colour. */
function difference(page, one, other) {
  return page.evaluate(async files => {
    const [a, b] = await Promise.all(files.map(async file => {
      const image = await createImageBitmap(new Blob([Uint8Array.from(atob(file), one => one.charCodeAt(0))]));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, image.width, image.height);
    }));
    if (a.width !== b.width || a.height !== b.height) return `${a.width} x ${a.height}, not ${b.width} x ${b.height}`;
    let unlike = 0;
    for (let i = 0; i < a.data.length; i += 4) {
      if ([0, 1, 2].some(at => Math.abs(a.data[i + at] - b.data[i + at]) > 32)) ++unlike;
    }
    return 100 * unlike / (a.data.length / 4);
  }, [one.toString('base64'), other.toString('base64')]);
}

cases.push(['a PDF becomes slides, is drawn on, and leaves with what is drawn', async stage => {
  const link = stage.new_link();
  const ana = await stage.come('chromium', 'Ana');
  await ana.enter(link);
  await ana.press_button('Board');
  await ana.see('.add-documents');
  await ana.page.locator('.add-documents input[type=file]').setInputFiles(
    {name: 'talk.pdf', mimeType: 'application/pdf', buffer: pdf_of(2)});
  if (spawnSync(join(dirname(stage.program), 'conf-convert'), ['--check']).status !== 0) {
    // A chroot or a container: nothing is converted, and she is told why.
    await ana.until('the reason', seen => /sandbox|install/i.test(seen.text));
    return 'no sandbox here: nothing was converted, and the page says so';
  }
  const shown = await until_board(ana, 'the slides', seen => seen.says?.startsWith('talk.pdf, page 1 of 2'));
  require(shown.shapes === 0, 'the slide has something on it');
  await ana.until_page('the picture of the slide', () => document.querySelector('.board-paper img')?.complete);
  await draw(ana, [.3, .3], [.6, .6]);
  await until_board(ana, 'the stroke', has_shapes(1));
  await ana.click('[aria-labelledby=board-sheet-title] button[aria-label=Close]');
  await ana.page.mouse.move(2, 2);
  const {x, y, width, height} = await ana.page.evaluate(() => {
    const box = document.querySelector('.board-paper').getBoundingClientRect();
    const seen = document.querySelector('.board-surface').getBoundingClientRect();
    const [left, top] = [Math.max(box.x, seen.x), Math.max(box.y, seen.y)];
    return {x: left, y: top, width: box.width, height: Math.min(box.height, seen.height)};
  });
  const clip = {x: Math.ceil(x), y: Math.ceil(y), width: Math.floor(width), height: Math.floor(height)};
  const screen = await ana.page.screenshot({clip});
  const download = ana.page.waitForEvent('download');
  await ana.press_button('Save, import and more');
  await ana.press_button('Save all pages as PDF');
  const file = await (await download).path();
  const size = spawnSync('pdfinfo', [file]).stdout.toString();
  require(size.includes('Pages:           2'), `the PDF: ${size}`);
  const drawn = spawnSync('pdftoppm', ['-png', '-f', '1', '-l', '1', '-scale-to-x', String(clip.width), '-scale-to-y',
    String(clip.height), file]);
  require(drawn.status === 0, `the PDF is not drawn: ${drawn.stderr}`);
  const unlike = await difference(ana.page, screen, drawn.stdout);
  require(unlike <= .5, `screen and PDF differ in ${unlike} % of their pixels`);
  return `screen and PDF differ in ${unlike.toFixed(2)} % of their pixels`;
}]);
