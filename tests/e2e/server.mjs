// A conf-server of our own, on free ports.
import {spawn} from 'node:child_process';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

export async function start_server(program, settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'libconf-e2e-'));
  const all = {
    'http.listen': '127.0.0.1:0', 'metrics.listen': '[]', 'media.listen': '127.0.0.1:0', 'media.shards': 1,
    'turn.listen': '[]', 'data.path': folder, 'log.format': 'json', ...settings,
  };
  const words = Object.entries(all).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const child = spawn(program, words, {stdio: ['ignore', 'pipe', 'inherit']});
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
  child.on('exit', (code, signal) => console.log(`FAILED conf-server: it ended by itself: ${signal ?? code}`));
  const http = urls.find(url => url.startsWith('http:'));
  return {
    http,
    media_port: Number(urls.find(url => url.startsWith('media:')).split(':').pop()),
    metric: async name => {
      const line = (await (await fetch(`${http}/metrics`)).text()).split('\n').find(one => one.startsWith(`${name} `));
      return Number(line?.split(' ')[1]);
    },
    end: async () => {
      child.removeAllListeners('exit');
      const gone = new Promise(done => child.once('exit', done));
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 5000);
      await gone;
      clearTimeout(late);
      await rm(folder, {recursive: true, force: true});
    },
  };
}
