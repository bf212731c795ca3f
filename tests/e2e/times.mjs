// What a guest waits for, measured in his page.

/** Before any script of the page: when the first picture is shown in the preview, and in another person's tile. */
function watch_times() {
  const times = window.times = {};
  addEventListener('click', event => {
    if (event.target.closest('form .button.main')) times.click = performance.now();
  }, true);
  const first = (video, name) => video.requestVideoFrameCallback(now => { times[name] ??= now; });
  const seen = new WeakSet();
  new MutationObserver(() => {
    for (const video of document.querySelectorAll('video')) {
      if (seen.has(video)) continue;
      seen.add(video);
      if (video.closest('.preview')) first(video, 'own');
      else if (video.closest('.tile:not([data-person=Bo])')) first(video, 'other');
    }
  }).observe(document, {subtree: true, childList: true});
}

export const median = numbers => {
  const sorted = [...numbers].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};

/** So many guests, one after the other, in browser profiles that know nothing, come to somebody with a camera. */
export async function guest_times({come, new_link}, rounds) {
  const link = new_link();
  const ana = await come('chromium', 'Ana', {large_camera: true});
  await ana.enter(link);
  const found = [];
  for (let round = 0; round < rounds; ++round) {
    const bo = await come('chromium', 'Bo', {init: watch_times, large_camera: true});
    await bo.page.goto(link, {waitUntil: 'commit'});
    await bo.until_page('own picture', () => window.times.own !== undefined);
    await bo.join();
    const {own, click, other} = await bo.until_page('picture of Ana', () => window.times.other !== undefined && window.times);
    found.push({own_ms: own, other_ms: other - click});
    await bo.press_button('Leave');
    await ana.until('nobody else', seen => Object.keys(seen.people).length === 1);
    await bo.close();
  }
  return found;
}
