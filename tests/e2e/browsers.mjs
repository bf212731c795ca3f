// Chromium and Firefox behind one face: pages that run functions.
import {rmSync} from 'node:fs';
import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {chromium} from 'playwright-core';
import puppeteer from 'puppeteer-core';
import {at_exit} from './at_exit.mjs';

const CHROMIUM = '/usr/bin/chromium';
/** The same without what only a person needs, for two thirds of the work. It neither asks about devices nor trusts an origin. */
const BARE_CHROMIUM = process.env.CONF_WHOLE_CHROMIUM ? CHROMIUM : '/usr/bin/chromium-headless-shell';
const FIREFOX = '/usr/bin/firefox-esr';
/** Answers the questions about devices, and which screen is to be shared. */
const ANSWERS = '--use-fake-ui-for-media-stream';
/** The drivers' own answer to a signal is to end the browsers and to go on without them. */
const SIGNALS = {handleSIGHUP: false, handleSIGINT: false, handleSIGTERM: false};

/**
 * A browser with `page()`, whose pages have `evaluate(function, argument)`; `end()` closes everything. `visitor()` is a
 * page as a person has it: with a camera and a microphone that are not real, and nothing that others left behind.
 */
export async function open_browser(kind) {
  switch (kind) {
    case 'firefox': return open_firefox();
    // Where nobody answers the questions about devices, they are forbidden.
    case 'chromium that asks': return open_chromium(CHROMIUM, []);
    default: return open_chromium(BARE_CHROMIUM, [ANSWERS]);
  }
}

/** Chromium on a machine of machine.mjs; from there `origin` is as good as localhost. */
export async function open_far_browser(machine, origin) {
  const trust = `--unsafely-treat-insecure-origin-as-secure=${origin}`;
  return open_chromium(await machine.program(CHROMIUM), [ANSWERS, trust]);
}

async function open_chromium(program, more) {
  const browser = await chromium.launch({
    executablePath: program,
    ...SIGNALS,
    args: [
      '--no-sandbox', '--autoplay-policy=no-user-gesture-required', '--use-fake-device-for-media-stream',
      '--mute-audio', ...more,
    ],
  });
  return {
    name: `Chromium ${browser.version().split('.')[0]}`,
    page: async address => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(address);
      return page;
    },
    visitor: async how => {
      const {devices = true, locale = 'en', width = 1280, height = 800, density = 1, touch = false, dark = false} = how;
      const context = await browser.newContext({
        viewport: {width, height}, deviceScaleFactor: density, locale, hasTouch: touch, isMobile: touch,
        colorScheme: dark ? 'dark' : 'light', permissions: devices ? ['camera', 'microphone'] : [],
      });
      for (const [init, argument] of how.inits) await context.addInitScript(init, argument);
      const page = await context.newPage();
      return {page, tab: async () => context.newPage(), close: () => context.close()};
    },
    end: () => browser.close(),
  };
}

async function open_firefox() {
  const profile = await mkdtemp(join(tmpdir(), 'libconf-firefox-'));
  let browser;
  const forget = () => rmSync(profile, {recursive: true, force: true});
  const keep = at_exit(() => {
    browser?.process().kill('SIGKILL');  // the driver forgets every second one
    forget();
  });
  browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    ...SIGNALS,
    userDataDir: profile,
    timeout: 180_000,
    protocolTimeout: 180_000,
    extraPrefsFirefox: {
      'media.autoplay.default': 0,
      'media.autoplay.blocking_policy': 0,
      // Pages behind another one work as fast as the one in front.
      'dom.min_background_timeout_value': 4,
      'dom.timeout.enable_budget_timer_throttling': false,
      // Nobody looks at the screen: a picture of it every 66 ms is enough, and costs the machine less.
      'layout.frame_rate': 15,
      'media.navigator.streams.fake': true,
      'media.navigator.permission.disabled': true,
      'media.peerconnection.ice.obfuscate_host_addresses': false,
    },
  });
  return {
    name: `Firefox ${(await browser.version()).replace(/^.*\//, '').split('.')[0]}`,
    page: async address => {
      const page = await browser.newPage({type: 'window'});  // a page behind another tab is slow
      await page.goto(address);
      // A page that may not use a camera is shown one address only.
      await page.evaluate(async () => { window.granted = await navigator.mediaDevices.getUserMedia({audio: true}); });
      return page;
    },
    visitor: async ({width = 1280, height = 800, inits}) => {
      const context = await browser.createBrowserContext();
      const page = await context.newPage({type: 'window'});
      await page.setViewport({width, height});
      for (const [init, ...words] of inits) await page.evaluateOnNewDocument(init, ...words);
      return {page, tab: async () => context.newPage({type: 'window'}), close: () => context.close()};
    },
    end: async () => {
      await browser.close();
      keep();
      forget();
    },
  };
}
