// Chromium and Firefox behind one face: pages that run functions.
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {chromium} from 'playwright-core';
import puppeteer from 'puppeteer-core';

const CHROMIUM = '/usr/bin/chromium';
const FIREFOX = '/usr/bin/firefox-esr';

/**
 * A browser with `page()`, whose pages have `evaluate(function, argument)`; `end()` closes everything. `visitor()` is a
 * page as a person has it: with a camera and a microphone that are not real, and nothing that others left behind.
 */
export async function open_browser(kind) {
  return kind === 'firefox' ? open_firefox() : open_chromium();
}

async function open_chromium() {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox', '--autoplay-policy=no-user-gesture-required', '--use-fake-device-for-media-stream', '--mute-audio',
      // Answers the question which screen is to be shared; those about devices are answered by each visitor.
      '--use-fake-ui-for-media-stream',
    ],
  });
  return {
    name: `Chromium ${browser.version().split('.')[0]}`,
    page: async address => {
      const page = await (await browser.newContext()).newPage();
      await page.goto(address);
      return page;
    },
    visitor: async ({devices = true, locale = 'en', width = 1280, height = 800, touch = false, init}) => {
      const context = await browser.newContext({
        viewport: {width, height}, locale, hasTouch: touch, isMobile: touch,
        permissions: devices ? ['camera', 'microphone'] : [],
      });
      if (init) await context.addInitScript(init);
      const page = await context.newPage();
      return {page, tab: async () => context.newPage(), close: () => context.close()};
    },
    end: () => browser.close(),
  };
}

async function open_firefox() {
  const profile = await mkdtemp(join(tmpdir(), 'libconf-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX,
    userDataDir: profile,
    extraPrefsFirefox: {
      'media.autoplay.default': 0,
      'media.autoplay.blocking_policy': 0,
      // Pages behind another one work as fast as the one in front.
      'dom.min_background_timeout_value': 4,
      'dom.timeout.enable_budget_timer_throttling': false,
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
    visitor: async ({init}) => {
      const context = await browser.createBrowserContext();
      const page = await context.newPage({type: 'window'});
      if (init) await page.evaluateOnNewDocument(init);
      return {page, tab: async () => context.newPage({type: 'window'}), close: () => context.close()};
    },
    end: async () => {
      await browser.close();
      await rm(profile, {recursive: true, force: true});
    },
  };
}
