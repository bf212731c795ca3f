// Whether a picture is the right one and sound is heard, judged in the page: from what the elements show and the browser
// counts.

/** Of which colour the left half of somebody's picture is. */
export const colours = {Ana: [210, 50, 50], Bo: [50, 70, 210], Cleo: [40, 170, 70]};

/** Before any script of the page: the camera is a wall of that colour at the left, and something that moves at the right. */
export function painted_camera(colour) {
  const devices = navigator.mediaDevices;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async wish => {
    const stream = await open(wish);
    if (!wish.video) return stream;
    for (const track of stream.getVideoTracks()) {
      stream.removeTrack(track);
      track.stop();
    }
    const canvas = document.createElement('canvas');
    Object.assign(canvas, {width: 640, height: 360});
    const draw = canvas.getContext('2d', {alpha: false});
    let frame = 0;
    const paint = () => {
      draw.fillStyle = `rgb(${colour})`;
      draw.fillRect(0, 0, 320, 360);
      draw.fillStyle = `hsl(${frame * 7 % 360} 70% 50%)`;
      draw.fillRect(320, 0, 320, 360);
      draw.fillStyle = '#fff';
      draw.fillRect(320 + frame * 8 % 280, 100, 40, 160);
      ++frame;
    };
    paint();
    setInterval(paint, 40);
    stream.addTrack(canvas.captureStream(25).getVideoTracks()[0]);
    return stream;
  };
}

/** Runs in the page: what comes of that person now. */
export async function sense(name) {
  const tile = [...document.querySelectorAll('.tile')].find(one => one.dataset.person === name && one.dataset.source === 'camera');
  if (!tile) return {};
  const video = tile.querySelector('video');
  const [id] = tile.dataset.key.split(' ');
  const sound = document.querySelector(`audio[data-sound="${id} microphone"]`);
  const picture_id = video.srcObject?.getVideoTracks()[0]?.id;
  const sound_id = sound?.srcObject?.getAudioTracks()[0]?.id;
  const seen = {width: video.videoWidth};
  if (video.videoWidth > 0) {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, {width: 64, height: 36});
    const draw = canvas.getContext('2d', {willReadFrequently: true});
    draw.drawImage(video, 0, 0, 64, 36);
    const {data} = draw.getImageData(0, 0, 64, 36);
    let sum = 0;
    seen.hash = 0;
    for (let i = 0; i < data.length; i += 4) {
      sum += data[i] + data[i + 1] + data[i + 2];
      seen.hash = (seen.hash * 31 + (data[i] >> 3) + (data[i + 1] >> 3) * 37 + (data[i + 2] >> 3) * 41) % 1_000_000_007;
    }
    seen.mean = sum / (64 * 36 * 3);
    seen.colour = [...draw.getImageData(16, 18, 1, 1).data.slice(0, 3)];
  }
  for (const connection of window.watched.connections.filter(one => one.connectionState === 'connected')) {
    for (const one of (await connection.getStats()).values()) {
      if (one.type !== 'inbound-rtp') continue;
      if (one.trackIdentifier === picture_id) {
        Object.assign(seen, {frames: one.framesDecoded, freezes: one.freezeCount ?? 0, bytes: one.bytesReceived});
      }
      if (one.trackIdentifier === sound_id) {
        Object.assign(seen, {
          level: one.audioLevel ?? 0, energy: one.totalAudioEnergy, samples: one.totalSamplesReceived,
          concealed: one.concealedSamples,
        });
      }
    }
  }
  return seen;
}

/** What is wrong with two seconds of pictures; empty: nothing. */
export function picture_faults(before, middle, after, colour) {
  const faults = [];
  if (!(after.frames - before.frames >= 10)) faults.push(`${after.frames - before.frames} new frames in 2 s`);
  if (after.freezes !== before.freezes) faults.push(`frozen ${after.freezes - before.freezes} times`);
  if (!(after.mean > 10)) faults.push(`black: ${after.mean}`);
  if (middle.hash === before.hash) faults.push('the same picture after 1.5 s');
  if (!colour.every((one, i) => Math.abs(one - after.colour?.[i]) < 60)) faults.push(`somebody else's: ${after.colour}`);
  return faults;
}

/** The same of three seconds of sound; `samples`: what was sensed meanwhile, the first and the last one included. */
export function sound_faults(samples) {
  const [first, last] = [samples[0], samples.at(-1)];
  const faults = [];
  if (!(last.energy > first.energy)) faults.push('no energy');
  const loudest = Math.max(...samples.map(one => one.level ?? 0));
  if (!(loudest > 0.01)) faults.push(`level ${loudest}`);
  const share = (last.concealed - first.concealed) / (last.samples - first.samples);
  if (!(share < 0.05)) faults.push(`${(100 * share).toFixed(1)} % concealed`);
  return faults;
}
