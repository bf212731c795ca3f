// A conf-server of our own, on free ports.
import {execFileSync, spawn} from 'node:child_process';
import {rmSync} from 'node:fs';
import {mkdtemp} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {at_exit} from './at_exit.mjs';

export async function start_server(program, settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'libconf-e2e-'));
  const all = {
    'http.listen': '127.0.0.1:0', 'metrics.listen': '[]', 'media.listen': '127.0.0.1:0', 'media.shards': 1,
    'turn.listen': '[]', 'data.path': folder, 'log.format': 'json', ...settings,
  };
  let child, http, media;
  const forget = () => rmSync(folder, {recursive: true, force: true});
  const keep = at_exit(() => {
    child?.kill('SIGKILL');
    forget();
  });
  /** Starts it, on the ports it had before. */
  const start = async () => {
    if (http) Object.assign(all, {'http.listen': http.replace('http://', ''), 'media.listen': media.listen});
    const words = Object.entries(all).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
    child = spawn(program, words, {stdio: ['ignore', 'pipe', 'inherit']});
    let log = '';
    const urls = await new Promise((done, fail) => {
      child.once('exit', code => fail(new Error(`conf-server ended with ${code}: ${log}`)));
      child.stdout.on('data', data => {
        log += data;
        if (log.includes('"program.started"')) {
          done([...log.matchAll(/"url":\s*"([^"]+)"/g)].map(match => match[1]));
        }
      });
    });
    child.removeAllListeners('exit');
    child.on('exit', (code, signal) => console.log(`FAILED conf-server: it ended by itself: ${signal ?? code}`));
    http = urls.find(url => url.startsWith('http:'));
    const port = Number(urls.find(url => url.startsWith('media:')).split(':').pop());
    media = {port, listen: all['media.listen'].replace(/:0(?=["\]]|$)/, `:${port}`)};
  };
  const stop = async signal => {
    child.removeAllListeners('exit');
    const gone = new Promise(done => child.once('exit', done));
    child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 5000);
    await gone;
    clearTimeout(late);
  };
  await start();
  return {
    http,
    media_port: media.port,
    metric: async name => {
      const line = (await (await fetch(`${http}/metrics`)).text()).split('\n').find(one => one.startsWith(`${name} `));
      return Number(line?.split(' ')[1]);
    },
    /** As the power does it; `again` starts it where it was. */
    kill: () => stop('SIGKILL'),
    /** As its service manager does it. */
    quit: () => stop('SIGTERM'),
    again: start,
    /** The link that `confctl invite` makes; the server needs a control.socket. */
    invite: (room, ...words) => {
      const command = ['invite', room, '--base', http, '--socket', join(folder, 'control.sock'), ...words];
      return execFileSync(join(dirname(program), 'confctl'), command, {encoding: 'utf8'}).trim();
    },
    /** The token that `confctl pad` makes; the server needs a control.socket. */
    pad_token: (room, ...words) => {
      const command = ['pad', room, '--socket', join(folder, 'control.sock'), ...words];
      return execFileSync(join(dirname(program), 'confctl'), command, {encoding: 'utf8'}).trim();
    },
    end: async () => {
      await stop('SIGTERM');
      keep();
      forget();
    },
  };
}
