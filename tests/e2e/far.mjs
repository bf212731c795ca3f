// A call between a machine beside the server and one that is far away.
import {open_far_browser} from './browsers.mjs';
import {far_machine} from './machine.mjs';

/** Ana on a machine of her own, which has one cable to us; Bo beside the server. `before` makes the network what it is. */
export async function far_call({come, more_servers, at_end, address}, before = () => {}, works = true, how = {}) {
  const machine = await far_machine();
  at_end(machine.end);
  const server = await more_servers({
    'http.listen': '0.0.0.0:0', 'media.listen': `${address}:0`, 'rooms.open': true,
  });
  const [near, far] = ['127.0.0.1', address].map(one => server.http.replace('0.0.0.0', one));
  await before(machine, address, new URL(far).port);
  const browser = await open_far_browser(machine, far);
  at_end(browser.end);
  const ana = await come('chromium', 'Ana', {...how, browser});
  await ana.enter(`${far}/r/far`);
  const bo = await come('chromium', 'Bo');
  await bo.enter(`${near}/r/far`);
  if (works) await Promise.all([ana.flows(), bo.flows()]);
  // A page that is loaded again has no such mark.
  await ana.page.evaluate(() => { window.is_the_same_page = true; });
  return {machine, ana, bo};
}

/** Nothing gets through but TCP; `all`: not even that, save to the server's pages. */
export function block(machine, address, port, all = false) {
  machine.inside('ip rule add pref 10 ipproto udp blackhole');
  if (!all) return;
  machine.inside(`ip rule add pref 5 ipproto tcp dport ${port} lookup main`);
  machine.inside(`ip rule add pref 20 ipproto tcp to ${address} blackhole`);
}

/** As it was before `block` took all. */
export function unblock(machine) {
  for (const rule of [10, 5, 20]) machine.inside(`ip rule del pref ${rule}`);
}
