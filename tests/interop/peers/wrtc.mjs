// @roamhq/wrtc: libwebrtc in Node. It encodes pictures and sound that it is given, and decodes what it plays.
import wrtc from '@roamhq/wrtc';
import {answer_to, role, serve, version_of} from './peer.mjs';

const WIDTH = 320, HEIGHT = 180;
const {RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource} = wrtc.nonstandard;
const pc = new wrtc.RTCPeerConnection();
const decoded = {audio: 0, video: 0};
const sent = {audio: 0, video: 0};
const sinks = [];

function publish() {
  const picture = new RTCVideoSource();
  const sound = new RTCAudioSource();
  pc.addTransceiver(sound.createTrack(), {direction: 'sendonly'});
  pc.addTransceiver(picture.createTrack(), {direction: 'sendonly'});
  const data = new Uint8Array(WIDTH * HEIGHT * 3 / 2).fill(128);
  setInterval(() => {
    for (let y = 0; y < HEIGHT; ++y) data.fill((y + 3 * sent.video) & 255, y * WIDTH, (y + 1) * WIDTH);
    picture.onFrame({width: WIDTH, height: HEIGHT, data});
    ++sent.video;
  }, 40);
  const samples = new Int16Array(480);  // 10 ms
  const began = performance.now();
  setInterval(() => {
    for (; sent.audio * 10 < performance.now() - began; ++sent.audio) {
      for (let i = 0; i < 480; ++i) samples[i] = 8000 * Math.sin((sent.audio * 480 + i) * 440 * 2 * Math.PI / 48_000);
      sound.onData({samples, sampleRate: 48_000, bitsPerSample: 16, channelCount: 1, numberOfFrames: 480});
    }
  }, 10);
}

function play() {
  const audio = new RTCAudioSink(pc.addTransceiver('audio', {direction: 'recvonly'}).receiver.track);
  const video = new RTCVideoSink(pc.addTransceiver('video', {direction: 'recvonly'}).receiver.track);
  audio.ondata = () => ++decoded.audio;
  video.onframe = () => ++decoded.video;
  sinks.push(audio, video);
}

async function count() {
  if (role === 'publish') return {sent};
  const seen = {};
  (await pc.getStats()).forEach(one => {
    if (one.type !== 'inbound-rtp') return;
    seen[one.kind] = {packets: one.packetsReceived, missing: one.packetsLost, decoded: decoded[one.kind],
                      asked: one.pliCount};
  });
  return seen;
}

if (role === 'publish') publish();
else play();
await pc.setLocalDescription(await pc.createOffer());
if (pc.iceGatheringState !== 'complete') {
  await new Promise(done => {
    pc.onicegatheringstatechange = () => pc.iceGatheringState === 'complete' && done();
  });
}
await pc.setRemoteDescription({type: 'answer', sdp: await answer_to(pc.localDescription.sdp)});
await serve(`@roamhq/wrtc ${version_of('@roamhq/wrtc')}`, count);
