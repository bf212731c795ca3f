// werift: WebRTC in TypeScript alone. It passes RTP, so it publishes the clip and counts what it plays.
import {MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters} from 'werift';
import {answer_to, role, send_clip, serve, stream, version_of} from './peer.mjs';

const feedback = [{type: 'nack'}, {type: 'nack', parameter: 'pli'}, {type: 'ccm', parameter: 'fir'}];
const pc = new RTCPeerConnection({
  iceServers: [],
  codecs: {
    audio: [new RTCRtpCodecParameters({mimeType: 'audio/opus', clockRate: 48_000, channels: 2})],
    video: [
      new RTCRtpCodecParameters({mimeType: 'video/VP8', clockRate: 90_000, rtcpFeedback: feedback}),
      new RTCRtpCodecParameters({mimeType: 'video/rtx', clockRate: 90_000}),
    ],
  },
});
const tracks = {};
const got = {audio: new stream(), video: new stream()};
for (const kind of ['audio', 'video']) {
  if (role === 'publish') {
    tracks[kind] = new MediaStreamTrack({kind, streamId: 'peer'});
    pc.addTransceiver(tracks[kind], {direction: 'sendonly'});
  } else {
    pc.addTransceiver(kind, {direction: 'recvonly'}).onTrack.subscribe(
      track => track.onReceiveRtp.subscribe(packet => got[kind].take(packet.serialize())));
  }
}
await pc.setLocalDescription(await pc.createOffer());
await pc.setRemoteDescription({type: 'answer', sdp: await answer_to(pc.localDescription.sdp)});
await pc.connectionStateChange.watch(state => state === 'connected', 20_000);
const sent = role === 'publish' &&
  send_clip({types: {audio: 96, video: 97}}, (kind, packet) => tracks[kind].writeRtp(packet));
await serve(`werift ${version_of('werift')}`, () => sent ? {sent} : got);
