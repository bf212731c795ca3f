// Only what is looked at is sent, at the size at which it is looked at.
import {require} from '../stage.mjs';
import {sense} from '../senses.mjs';

export const cases = [];

/** A machine that is busy with other tests may take longer than the two seconds that are promised. */
const patience_ms = 8000;

/** How long it takes until the picture of `name` has that width. */
async function becomes(peer, name, widths) {
  const began = Date.now();
  for (;;) {
    const {width} = await peer.page.evaluate(sense, name);
    if (widths.includes(width)) return `${width} after ${((Date.now() - began) / 1000).toFixed(1)} s`;
    require(Date.now() - began < patience_ms, `the picture of ${name} is ${width} wide, not ${widths.join(' or ')}`);
    await new Promise(done => setTimeout(done, 50));
  }
}

cases.push(['a picture has the size of its tile', async ({meet}) => {
  const {peers: [ana, bo]} = await meet(['chromium', 'chromium'], ['Ana', 'Bo'], {large_camera: true});
  await ana.until('Bo', seen => seen.people.Bo?.picture);
  await ana.flows();
  const notes = [await becomes(ana, 'Bo', [640])];
  await ana.press_button('Actions for Bo');
  await ana.press_button('Pin');
  notes.push(await becomes(ana, 'Bo', [1280]));
  await ana.press_button('More');
  await ana.press_button('Save bandwidth');
  notes.push(await becomes(ana, 'Bo', [320]));
  // What she sends is small as well.
  await bo.until_page('a small picture of her', () =>
    document.querySelector('.tile[data-person=Ana] video')?.videoWidth <= 640);
  await ana.press_button('More');
  await ana.press_button('Save bandwidth');
  notes.push(await becomes(ana, 'Bo', [1280]));
  await ana.press_button('Actions for Bo');
  await ana.press_button('Unpin');
  await ana.page.setViewportSize({width: 360, height: 480});
  notes.push(await becomes(ana, 'Bo', [320]));
  return notes.join(', ');
}, {alone: true}]);

/** Bytes of pictures and energy of sound that have come so far. */
function counted() {
  return Promise.all(window.watched.connections.filter(one => one.connectionState === 'connected')
    .map(async one => [...(await one.getStats()).values()].filter(each => each.type === 'inbound-rtp')))
    .then(all => {
      const sum = (kind, field) => all.flat().filter(one => one.kind === kind).reduce((so_far, one) => so_far + (one[field] ?? 0), 0);
      return {bytes: sum('video', 'bytesReceived'), energy: sum('audio', 'totalAudioEnergy')};
    });
}

/** No more pictures come, and sound goes on. */
async function pictures_stop(peer, why) {
  const end = Date.now() + 30_000;
  for (;;) {
    const before = await peer.page.evaluate(counted);
    await new Promise(done => setTimeout(done, 1200));
    const after = await peer.page.evaluate(counted);
    if (after.bytes === before.bytes && after.energy > before.energy) return;
    require(Date.now() < end, `${why}: ${after.bytes - before.bytes} more bytes of pictures`);
  }
}

cases.push(['what is not looked at is not sent: another page, a hidden tab', async ({come, new_link, guest}) => {
  const link = new_link();
  const bo = await come('chromium', 'Bo');
  await bo.enter(link);
  for (let i = 10; i < 20; ++i) await guest(link, `Guest ${i}`);
  const ana = await come('chromium', 'Ana', {width: 360, height: 740});
  await ana.enter(link);
  await ana.until('Bo', seen => seen.people.Bo?.picture && seen.text.includes('Page 1 of 2'));
  await ana.flows();
  await ana.press_button('Next page');
  await ana.until('others', seen => !seen.people.Bo && seen.text.includes('Page 2 of 2'));
  await pictures_stop(ana, 'Bo is on another page');
  await ana.press_button('Page before');
  await ana.until('Bo', seen => seen.people.Bo?.picture);
  await ana.flows();
  const look_away = away => ana.page.evaluate(hidden => {
    Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
    document.dispatchEvent(new Event('visibilitychange'));
  }, away);
  await look_away(true);
  await pictures_stop(ana, 'nobody looks at the tab');
  await look_away(false);
  await ana.flows();
}]);
