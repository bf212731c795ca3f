// node-datachannel: libdatachannel, in C++. It passes RTP, so it publishes the clip and counts what it plays.
import datachannel from 'node-datachannel';
import {answer_to, role, send_clip, serve, stream, version_of} from './peer.mjs';

const types = {audio: 111, video: 96};
const ssrcs = {audio: 0x1001, video: 0x1002};
const pc = new datachannel.PeerConnection('peer', {iceServers: [], disableAutoNegotiation: true});
const tracks = {};
const got = {audio: new stream(), video: new stream()};
for (const kind of ['audio', 'video']) {
  const direction = role === 'publish' ? 'SendOnly' : 'RecvOnly';
  const section = kind === 'audio' ? new datachannel.Audio(kind, direction) : new datachannel.Video(kind, direction);
  if (kind === 'audio') section.addOpusCodec(types.audio);
  else section.addVP8Codec(types.video);
  if (role === 'publish') section.addSSRC(ssrcs[kind], 'peer', 'peer', kind);
  tracks[kind] = pc.addTrack(section);
  if (role === 'publish') {
    const rate = kind === 'audio' ? 48_000 : 90_000;
    const codec = new datachannel.RtpPacketizationConfig(ssrcs[kind], 'peer', types[kind], rate);
    const reports = new datachannel.RtcpSrReporter(codec);
    reports.addToChain(new datachannel.RtcpNackResponder());
    tracks[kind].setMediaHandler(reports);
  } else {
    tracks[kind].setMediaHandler(new datachannel.RtcpReceivingSession());
    tracks[kind].onMessage(data => {
      if (data[1] < 192 || data[1] > 223) got[kind].take(data);  // RTCP comes the same way
    });
  }
}
const gathered = new Promise(done => pc.onGatheringStateChange(state => state === 'complete' && done()));
const connected = new Promise(done => pc.onStateChange(state => state === 'connected' && done()));
pc.setLocalDescription('offer');
await gathered;
pc.setRemoteDescription(await answer_to(pc.localDescription().sdp), 'answer');
await connected;
const sent = role === 'publish' &&
  send_clip({types, ssrcs}, (kind, packet) => tracks[kind].isOpen() && tracks[kind].sendMessageBinary(packet));
await serve(`node-datachannel ${version_of('node-datachannel')}`, () => sent ? {sent} : got);
