// Cameras and microphones that are not there, or not for us.
import {require} from '../stage.mjs';

export const cases = [];

cases.push(['without devices one joins, hears and writes', async ({come, new_link, accessible}) => {
  const link = new_link();
  const ana = await come('chromium', 'Ana');
  await ana.enter(link);
  const bo = await come('chromium', 'Bo', {init: () => {
    navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('none', 'NotFoundError'); };
  }});
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

/** Before the scripts of the page: devices answer with `window.device_fault` as long as there is one. */
function faulty_devices() {
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async wish => {
    const [name, message] = window.device_fault ?? [];
    if (name === 'never') return new Promise(() => {});
    if (name) throw new DOMException(message, name);
    return open(wish);
  };
}

const busy = () => { window.device_fault = ['NotReadableError', 'Could not start video source']; };
const by_system = () => { window.device_fault = ['NotAllowedError', 'Permission denied by system']; };

for (const [what, fault, sentence, long] of [
  ['in use elsewhere', busy, kind => `Your ${kind} is used by another program`, false],
  ['blocked by the system', by_system, kind => `Your system does not let this browser use the ${kind}`, true],
]) {
  cases.push([`devices ${what}: a sentence of its own, a second try, and in without`,
    async ({come, new_link, accessible}) => {
      const link = new_link();
      const ana = await come('chromium', 'Ana', {init: faulty_devices});
      const bo = await come('chromium', 'Bo', {init: faulty_devices});
      await bo.page.addInitScript(fault);
      await bo.page.goto(link);
      for (const kind of ['microphone', 'camera']) {
        await bo.until(`what is wrong with the ${kind}`, seen => seen.text.includes(sentence(kind)));
      }
      await accessible(bo, `the page before joining, devices ${what}`);
      // In a second try the camera can be had, the microphone not yet.
      await bo.page.evaluate(() => { window.device_fault = null; });
      await bo.page.evaluate(text => {
        const fault = [...document.querySelectorAll('.fault')].find(one => one.innerText.includes(text));
        fault.querySelector('button').click();
      }, sentence('camera'));
      await bo.until('a mended camera', seen => !seen.text.includes(sentence('camera')));
      await bo.until_page('his own picture', () => document.querySelector('.preview video')?.videoWidth > 0);
      require((await bo.look()).text.includes(sentence('microphone')), 'the microphone is not mended by a camera');
      await bo.join();
      await ana.enter(link);
      await ana.until('his picture, silent', seen =>
        seen.people.Bo?.picture && seen.people.Bo.says.includes('microphone off'));
      await bo.press_button('Turn the microphone on');
      await ana.flows();
    }, {long}]);
}

cases.push(['a browser that forbids the devices: its sentence; what is allowed later works', async stage => {
  const {come, new_link, accessible} = stage;
  const link = new_link();
  const ana = await come('chromium', 'Ana');
  await ana.enter(link);
  const bo = await come('chromium that asks', 'Bo', {devices: false});
  await bo.page.goto(link);
  await bo.until('what is forbidden', seen => ['microphone', 'camera'].every(kind =>
    seen.text.includes(`Your browser does not let this page use the ${kind}`)));
  await accessible(bo, 'the page before joining, devices forbidden');
  await bo.join();
  await bo.until('Ana', seen => seen.people.Ana?.picture);
  await bo.flows();
  await bo.page.context().grantPermissions(['camera', 'microphone']);
  await bo.press_button('Turn the microphone on');
  await bo.press_button('Turn the camera on');
  await ana.until('his picture', seen => seen.people.Bo?.picture);
  await ana.flows();
}]);

/** Before the scripts of the page: `window.unplug(kind)` takes the device that is used, and its place in the list. */
function unpluggable() {
  const devices = navigator.mediaDevices;
  const [open, list] = [devices.getUserMedia.bind(devices), devices.enumerateDevices.bind(devices)];
  const used = {};
  const gone = new Set();
  devices.enumerateDevices = async () => (await list()).filter(one => !gone.has(one.deviceId));
  devices.getUserMedia = async wish => {
    const stream = await open(wish);
    for (const track of stream.getTracks()) used[track.kind] = track;
    return stream;
  };
  window.unplug = kind => {
    gone.add(used[kind].getSettings().deviceId);
    used[kind].stop();
    used[kind].dispatchEvent(new Event('ended'));
    devices.dispatchEvent(new Event('devicechange'));
  };
}

cases.push(['a camera that is unplugged says so; another one goes on', async ({come, new_link}) => {
  const link = new_link();
  const bo = await come('chromium', 'Bo');
  await bo.enter(link);
  const ana = await come('chromium', 'Ana', {init: unpluggable});
  await ana.enter(link);
  await bo.until('Ana', seen => seen.people.Ana?.picture);
  await ana.page.evaluate(() => window.unplug('video'));
  await ana.until('what is missing', seen => seen.text.includes('No camera was found'));
  await bo.until('no picture of her', seen => !seen.people.Ana.picture);
  await bo.flows({picture: false});
  await ana.press_button('Turn the camera on');
  await bo.until('her picture again', seen => seen.people.Ana.picture);
}]);

cases.push(["a browser's question that nobody answers holds nobody back", async ({come, new_link}) => {
  const link = new_link();
  const ana = await come('chromium', 'Ana');
  await ana.enter(link);
  const bo = await come('chromium', 'Bo', {init: faulty_devices});
  await bo.page.addInitScript(() => { window.device_fault = ['never']; });
  await bo.page.goto(link);
  await bo.until('where to look', seen => seen.text.includes("Look for your browser's question"));
  await bo.join();
  await bo.until('Ana', seen => seen.people.Ana?.picture);
  await bo.flows();
}, {long: true}]);
