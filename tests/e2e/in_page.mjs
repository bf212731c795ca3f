// What runs inside a page: each function is sent there as text and uses nothing from outside.

/** Sets up a test card, whose bottom row is the frame's number in sixteen squares, and a tone. */
export async function publish(simulcast) {
  const canvas = document.createElement('canvas');
  const scale = simulcast ? 2 : 1;  // of a small picture browsers send one layer only
  Object.assign(canvas, {width: 640 * scale, height: 360 * scale});
  const draw = canvas.getContext('2d');
  draw.scale(scale, scale);
  let frame = 0;
  const paint = () => {
    draw.fillStyle = `hsl(${frame * 3 % 360} 70% 50%)`;
    draw.fillRect(0, 0, 640, 320);
    draw.fillStyle = '#fff';
    draw.font = 'bold 120px monospace';
    draw.fillText(String(frame).padStart(5, '0'), 120, 200);
    for (let bit = 0; bit < 16; ++bit) {
      draw.fillStyle = frame >> bit & 1 ? '#fff' : '#000';
      draw.fillRect(bit * 40, 320, 40, 40);
    }
    frame = (frame + 1) % 65536;
  };
  paint();
  setInterval(paint, 33);
  let tone = window.granted?.getAudioTracks()[0];  // Firefox's fake microphone; its AudioContext wants a sound card
  if (!tone) {
    const sound = new AudioContext();
    const oscillator = sound.createOscillator();
    const speaker = sound.createMediaStreamDestination();
    oscillator.frequency.value = 440;
    oscillator.connect(speaker);
    oscillator.start();
    await sound.resume();
    tone = speaker.stream.getAudioTracks()[0];
  }
  const pc = window.pc = new RTCPeerConnection();
  pc.addTransceiver(tone, {direction: 'sendonly'});
  pc.addTransceiver(canvas.captureStream(30).getVideoTracks()[0], {
    direction: 'sendonly',
    sendEncodings: simulcast
      ? [{rid: 'q', scaleResolutionDownBy: 4}, {rid: 'h', scaleResolutionDownBy: 2}, {rid: 'f'}]
      : [{maxBitrate: 800_000}],
  });
}

/** Offers what the page has set up and takes the answer. `candidates`: only those with that text in them; `relay`:
 *  through the TURN servers alone that the endpoint names, over this transport; `proxy`: the port that stands for the
 *  server's UDP port. */
export async function connect({path, candidates, relay, proxy}) {
  const pc = window.pc;
  if (relay) {
    // The servers are told with an answer (RFC 9725 §4.6), so it takes a first offer to have them for the real one.
    await pc.setLocalDescription();
    const first = await fetch(path, {
      method: 'POST', headers: {'Content-Type': 'application/sdp'}, body: pc.localDescription.sdp,
    });
    await fetch(first.headers.get('Location'), {method: 'DELETE'});
    await pc.setLocalDescription({type: 'rollback'});
    const link = first.headers.get('Link') ?? '';
    const found = [...link.matchAll(/<(turn:[^>]+)>[^<]*username="([^"]+)"[^<]*credential="([^"]+)"/g)];
    const iceServers = found.map(([, urls, username, credential]) => ({urls, username, credential}))
      .filter(one => one.urls.endsWith(relay));
    if (iceServers.length === 0) throw new Error(`${path}: no TURN server over ${relay}: ${link}`);
    pc.setConfiguration({iceServers, iceTransportPolicy: 'relay'});
  }
  await pc.setLocalDescription();
  const response = await fetch(path, {
    method: 'POST', headers: {'Content-Type': 'application/sdp'}, body: pc.localDescription.sdp,
  });
  let sdp = await response.text();
  if (response.status !== 201) throw new Error(`${path}: ${response.status} ${sdp}`);
  if (candidates) sdp = sdp.replace(/a=candidate:.*\r\n/g, line => line.includes(candidates) ? line : '');
  if (proxy) sdp = sdp.replace(/(a=candidate:\S+ 1 udp \d+ \S+) \d+/g, `$1 ${proxy}`);
  await pc.setRemoteDescription({type: 'answer', sdp});
  return response.headers.get('Location');
}

/** Sets up to receive one audio and one video section. */
export async function play() {
  const pc = window.pc = new RTCPeerConnection();
  const video = window.video = document.createElement('video');
  Object.assign(video, {autoplay: true, playsInline: true, srcObject: new MediaStream()});
  document.body.append(video);
  for (const kind of ['audio', 'video']) {
    video.srcObject.addTrack(pc.addTransceiver(kind, {direction: 'recvonly'}).receiver.track);
  }
}

/** The number in the picture that is shown now, the picture's height, and what the connection counts. */
export async function look() {
  const seen = {state: window.pc.connectionState};
  const video = window.video;
  if (video && video.videoHeight > 0) {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, {width: 640, height: 360});
    const draw = canvas.getContext('2d');
    draw.drawImage(video, 0, 0, 640, 360);
    seen.height = video.videoHeight;
    seen.frame = 0;
    for (let bit = 0; bit < 16; ++bit) {
      const [red, green, blue] = draw.getImageData(bit * 40 + 20, 342, 1, 1).data;
      if (red + green + blue > 384) seen.frame |= 1 << bit;
    }
  }
  (await window.pc.getStats()).forEach(one => {
    if (one.type === 'inbound-rtp') seen[one.kind] = one;
    if (one.type === 'outbound-rtp') seen[one.kind + (one.rid ?? '')] = one;
    if (one.type === 'transport') seen.srtp = one.srtpCipher;
    if (one.type === 'local-candidate') (seen.protocols ??= []).push(one.protocol);
  });
  return JSON.parse(JSON.stringify(seen));
}

/** Ends the session first: a connection that is closed ends it, too, and then there is nothing to delete. */
export async function close(path) {
  const status = path ? (await fetch(path, {method: 'DELETE'})).status : 0;
  window.pc?.close();
  return status;
}
