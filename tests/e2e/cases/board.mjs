// The board: people draw together, each undoes his own, somebody else presents, the server goes away.
import {spawn, spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, dirname, join} from 'node:path';
import {drag, draw} from '../drag.mjs';
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

cases.push(['a file of Excalidraw comes in with its picture', async stage => {
  const [ana, bo] = await gather(stage, [['Bo', {}]]);
  const dataURL = await ana.page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), {width: 40, height: 20});
    canvas.getContext('2d').fillRect(0, 0, 40, 20);
    return canvas.toDataURL('image/png');
  });
  const shape = {x: 10, y: 20, width: 200, height: 100, strokeColor: '#e03131', strokeWidth: 2, opacity: 100};
  const elements = [{...shape, id: 'a', type: 'rectangle'}, {...shape, id: 'b', type: 'image', fileId: 'p', x: 300},
    {...shape, id: 'c', type: 'image', fileId: 'nowhere'}];
  const file = {type: 'excalidraw', version: 2, elements, files: {p: {id: 'p', mimeType: 'image/png', dataURL}}};
  const chooser = ana.page.waitForEvent('filechooser');
  await ana.press_button('Save, import and more');
  await ana.press_button('Bring in an Excalidraw file');
  await (await chooser).setFiles({name: 'plan.excalidraw', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(file))});
  await ana.until('what came in', seen => seen.text.includes('2 shapes were brought in, 1 could not be.'));
  for (const peer of [ana, bo]) {
    await until_board(peer, 'a rectangle and a picture', has_shapes(2));
    await peer.until_page('the picture itself', async () => {
      const image = new Image();
      image.src = document.querySelector('.board-shapes image')?.getAttribute('href') ?? '';
      await image.decode();
      return image.naturalWidth === 40;
    });
  }
}]);

/** So many times finer than the screen is a PDF drawn: poppler puts each letter on whole pixels. */
const finer = 8;

/**
 * How many of a hundred pixels differ by more than 32 of 255 in a colour, of a picture of the screen and one that is
 * `finer` and averaged (both PNG).
 */
function difference(page, screen, fine) {
  return page.evaluate(async ([files, times]) => {
    const [a, b] = await Promise.all(files.map(async file => {
      const image = await createImageBitmap(new Blob([Uint8Array.from(atob(file), one => one.charCodeAt(0))]));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, image.width, image.height);
    }));
    if (a.width * times !== b.width || a.height * times !== b.height) {
      return `${a.width} x ${a.height} and ${b.width} x ${b.height}: 100`;
    }
    const average = (x, y, colour) => {
      let sum = 0;
      for (let dy = 0; dy < times; ++dy) {
        for (let dx = 0; dx < times; ++dx) sum += b.data[4 * ((y * times + dy) * b.width + x * times + dx) + colour];
      }
      return sum / (times * times);
    };
    let unlike = 0;
    for (let i = 0; i < a.width * a.height; ++i) {
      const [x, y] = [i % a.width, Math.floor(i / a.width)];
      if ([0, 1, 2].some(colour => Math.abs(a.data[4 * i + colour] - average(x, y, colour)) > 32)) ++unlike;
    }
    return 100 * unlike / (a.width * a.height);
  }, [[screen.toString('base64'), fine.toString('base64')], finer]);
}

/** A PowerPoint file as LibreOffice writes it, from one of its own templates; null without LibreOffice. */
async function powerpoint() {
  if (spawnSync('soffice', ['--version']).error) return null;
  const folder = await mkdtemp(join(tmpdir(), 'libconf-e2e-office-'));
  try {
    const from = '/usr/lib/libreoffice/share/template/common/presnt/Grey_Elegant.otp';
    const done = await finished('soffice', ['--headless', `-env:UserInstallation=file://${folder}/profile`,
      '--convert-to', 'pptx:Impress MS PowerPoint 2007 XML', '--outdir', folder, from]);
    const made = join(folder, 'Grey_Elegant.pptx');
    require(existsSync(made), `no PowerPoint file, status ${done.status}: ${done.said}`);
    const mimeType = 'application/vnd.openxmlformats-officedocument.presentationml.presentation';
    return {name: 'Grey Elegant.pptx', mimeType, buffer: await readFile(made)};
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
}

/** A PDF that somebody else has written, of the system's documentation where there is one. */
function somebodys_pdf() {
  return ['/usr/share/doc/shared-mime-info/shared-mime-info-spec.pdf', '/usr/lib/libreoffice/share/xpdfimport/xpdfimport_err.pdf']
    .find(existsSync) ?? {name: 'talk.pdf', mimeType: 'application/pdf', buffer: pdf_of(2)};
}

function finished(program, words) {
  return new Promise((done, fail) => {
    let said = '';
    const child = spawn(program, words);
    for (const end of [child.stdout, child.stderr]) end.on('data', text => { said += text; });
    child.on('error', fail);
    child.on('close', status => done({status, said}));
  });
}

/** Where the board and its page lie in the window, when they move no more. */
function paper_at(peer) {
  return peer.page.evaluate(async () => {
    const box = css => {
      const {x, y, width, height} = document.querySelector(css).getBoundingClientRect();
      return {x, y, width, height};
    };
    let [seen, before] = [{}, ''];
    for (let still = 0; still < 4;) {
      await new Promise(done => requestAnimationFrame(done));
      seen = {board: box('.board-surface'), paper: box('.board-paper')};
      const now = JSON.stringify(seen);
      still = now === before ? still + 1 : 0;
      before = now;
    }
    return seen;
  });
}

/** How far these places and sizes are from whole pixels. */
const off_pixels = all => Math.max(...all.map(one => Math.abs(one - Math.round(one))));

/**
 * Makes the window such that the page begins and ends with a pixel: only then two pictures can be laid over each other.
 * The page lies in the middle of the board, as large as it can be; how the board grows with the window is tried.
 */
async function fit_to_pixels(peer) {
  const {board, paper} = await paper_at(peer);
  const wishes = [];
  for (let width = board.width; width > board.width - 40; --width) {
    for (let height = board.height; height > board.height - 40; --height) {
      const scale = Math.min(width / paper.width, height / paper.height);
      const page = [paper.width * scale, paper.height * scale];
      wishes.push({width, height, off: off_pixels([(width - page[0]) / 2, (height - page[1]) / 2, ...page])});
    }
  }
  wishes.sort((a, b) => a.off - b.off);
  for (const wish of wishes.slice(0, 8)) {
    for (let i = 0; i < 4; ++i) {
      const window = peer.page.viewportSize();
      const seen = await paper_at(peer);
      if (off_pixels(Object.values(seen.paper)) <= .02) {
        return Object.fromEntries(Object.entries(seen.paper).map(([side, value]) => [side, Math.round(value)]));
      }
      await peer.page.setViewportSize({
        width: Math.round(window.width + wish.width - seen.board.width),
        height: Math.round(window.height + wish.height - seen.board.height),
      });
    }
  }
  throw new Error(`no window of ${peer.name} has its page on whole pixels: ${JSON.stringify({board, paper})}`);
}

/** Saves the page that is seen as PDF: what of it differs from the screen, in words. */
async function compare_with_pdf(peer, {shown, save, pages, page, others}) {
  // What is pointed at, and what is said over the page, is not saved.
  await peer.until_page('page without notices', () => {
    const notices = [...document.querySelectorAll('.toast')];
    for (const one of notices) one.querySelector('button:last-child')?.click();
    return notices.length === 0;
  });
  for (const one of [peer, ...others]) await one.page.mouse.move(2, 2);
  await until_board(peer, 'no pointer', seen => seen.cursors.length === 0);
  await until_board(peer, shown, seen => seen.says?.startsWith(shown));
  await peer.until_page('the picture of the page', () => {
    const images = [...document.querySelectorAll('.board-paper img')];
    return images.length > 0 && images.every(one => one.complete);
  });
  const clip = await fit_to_pixels(peer);
  const screen = await peer.page.screenshot({clip});
  const download = peer.page.waitForEvent('download');
  await peer.press_button('Save, import and more');
  await peer.press_button(save);
  const file = await (await download.catch(async error => {
    const {text} = await peer.look();
    throw new Error(`${error.message}; the page says ${text}`);
  })).path();
  const facts = spawnSync('pdfinfo', [file]).stdout.toString();
  require(new RegExp(`^Pages: +${pages}$`, 'm').test(facts), `the PDF of ${shown} has other pages: ${facts}`);
  const drawn = spawnSync('pdftocairo', ['-png', '-singlefile', '-f', String(page), '-l', String(page), '-scale-to-x',
    String(finer * clip.width), '-scale-to-y', String(finer * clip.height), file, '-'], {maxBuffer: 1 << 28});
  require(drawn.status === 0, `the PDF is not drawn: ${drawn.stderr}`);
  const unlike = await difference(peer.page, screen, drawn.stdout);
  require(unlike <= .5, `${shown}: screen and PDF differ in ${unlike} % of their pixels`);
  return `${shown}: screen and PDF differ in ${unlike.toFixed(2)} % of their pixels`;
}

cases.push(['a PowerPoint file and a PDF become slides, three people draw, and it all leaves as PDF', async stage => {
  const [ana, bo, cleo] = await gather(stage, [['Bo', {}], ['Cleo', phone]]);
  const upload = async (peer, file) => {
    await peer.press_button('Documents');
    await peer.see('.add-documents');
    await peer.page.locator('.add-documents input[type=file]').setInputFiles(file);
  };
  const office = await powerpoint();
  const talk = office ?? {name: 'Grey Elegant.pdf', mimeType: 'application/pdf', buffer: pdf_of(3)};
  await upload(ana, talk);
  if (spawnSync(join(dirname(stage.program), 'conf-convert'), ['--check']).status !== 0) {
    // A chroot or a container: nothing is converted, and she is told why.
    await ana.until('the reason', seen => /documents safely/.test(seen.text));
    return 'no sandbox here: nothing was converted, and the page says so';
  }
  const show = async (peer, title) => {
    // Who converts shares the machine with several windows full of moving pictures.
    const converted = (what, good) => peer.until_page(`${what} of "${title}"`, good, title, 120).catch(async error => {
      const list = await peer.page.evaluate(() => document.querySelector('.documents')?.textContent ?? 'closed');
      throw new Error(`the list of documents is ${list}; ${error.message}`);
    });
    await converted('a page to show', text => {
      const row = [...document.querySelectorAll('.documents .document')].find(one => one.textContent.includes(text));
      const button = [...(row?.querySelectorAll('button') ?? [])].find(one => one.textContent.trim() === 'Show');
      button?.click();
      return button !== undefined;
    });
    // The first page is shown before the last one is there, but only what is whole is saved.
    await converted('all pages', text =>
      [...document.querySelectorAll('.documents .document')].some(one => one.textContent.includes(text) && !one.querySelector('progress')));
    await peer.click('[aria-labelledby=board-sheet-title] button[aria-label=Close]');
  };
  await show(ana, talk.name);
  for (const peer of [ana, bo, cleo]) await until_board(peer, 'the slides', seen => seen.says?.startsWith(`${talk.name}, page 1 `));
  const pages = Number(/ (?:of|sur) (\d+)/.exec((await look(ana)).says)[1]);

  await draw(ana, [.3, .3], [.6, .6]);
  await draw(bo, [.3, .7], [.6, .7]);
  await draw_by_touch(cleo, [.6, .4], [.8, .6]);
  for (const peer of [ana, bo, cleo]) await until_board(peer, 'all three strokes', has_shapes(3));
  await bo.press_button('Undo my last change');
  for (const peer of [ana, bo, cleo]) await until_board(peer, "Ana's and Cleo's strokes", has_shapes(2));
  await cleo.press_button('Annuler');
  for (const peer of [ana, bo, cleo]) await until_board(peer, "Ana's stroke", has_shapes(1));
  await bo.press_button('Redo my last change');
  for (const peer of [ana, bo, cleo]) await until_board(peer, "Bo's stroke again", has_shapes(2));
  const slides = await compare_with_pdf(ana, {shown: `${talk.name}, page 1`, save: 'Save all pages as PDF', pages, page: 1, others: [bo]});

  await ana.press_button('Hand the presentation over');
  await ana.press_button('Bo');
  await bo.see('[aria-label^="Documents"]');
  const pdf = somebodys_pdf();
  const title = pdf.name ?? basename(pdf);
  await upload(bo, pdf);
  await show(bo, title);
  for (const peer of [ana, bo, cleo]) await until_board(peer, 'the PDF', seen => seen.says?.startsWith(`${title}, page 1`));
  await draw(bo, [.2, .3], [.5, .5]);
  await draw_by_touch(cleo, [.6, .4], [.8, .6]);
  for (const peer of [ana, bo, cleo]) await until_board(peer, 'both strokes on it', has_shapes(2));
  const paper = await compare_with_pdf(bo, {shown: `${title}, page 1`, save: 'This page as PDF', pages: 1, page: 1, others: [ana]});
  return `${office ? '' : 'without LibreOffice, so of PDF alone: '}${slides}; ${paper}`;
}]);
