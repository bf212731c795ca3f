// Pion: WebRTC in Go. It passes RTP, so it publishes the clip and counts what it plays; peer.mjs tells what a peer is.
package main

import (
    "bytes"
    "encoding/binary"
    "encoding/json"
    "fmt"
    "io"
    "net/http"
    "net/url"
    "os"
    "path/filepath"
    "sync"
    "time"

    "github.com/pion/rtp"
    "github.com/pion/webrtc/v3"
)

// What comes by RTX this release reads and drops, so what was lost stays missing.
const takesRTX = false

type stream struct {
    Packets int `json:"packets"`
    Missing int `json:"missing"`
    Late    int `json:"late"`
    highest uint16
}

// Counts which packets of a stream came, by their sequence numbers.
func (s *stream) take(number uint16) {
    ahead := number - s.highest
    s.Packets++
    switch {
    case s.Packets == 1:
        s.highest = number
    case ahead == 0:
    case ahead < 32768:
        s.Missing += int(ahead) - 1
        s.highest = number
    default:
        s.Late++
        s.Missing--
    }
}

var (
    lock sync.Mutex
    got  = map[string]*stream{"audio": {}, "video": {}}
    sent = map[string]int{"audio": 0, "video": 0}
)

func must(err error) {
    if err != nil {
        fmt.Fprintln(os.Stderr, err)
        os.Exit(1)
    }
}

// The packets of one of the clip's files.
func clip(name string) (packets []rtp.Packet) {
    data, err := os.ReadFile(name)
    must(err)
    for len(data) > 2 {
        length := int(binary.BigEndian.Uint16(data))
        var packet rtp.Packet
        must(packet.Unmarshal(data[2 : 2+length]))
        packets = append(packets, packet)
        data = data[2+length:]
    }
    return packets
}

// Sends the packets round and round, each at its time.
func publish(track *webrtc.TrackLocalStaticRTP, kind string, packets []rtp.Packet, rate, frame uint32) {
    began := time.Now()
    base := packets[0].Timestamp
    length := packets[len(packets)-1].Timestamp - base + frame
    for number := 0; ; number++ {
        packet := packets[number%len(packets)]
        at := uint32(number/len(packets))*length + packet.Timestamp - base
        time.Sleep(time.Until(began.Add(time.Duration(at) * time.Second / time.Duration(rate))))
        packet.SequenceNumber, packet.Timestamp = uint16(number), at
        must(track.WriteRTP(&packet))
        lock.Lock()
        sent[kind]++
        lock.Unlock()
    }
}

func play(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
    for {
        packet, _, err := track.ReadRTP()
        if err != nil {
            return
        }
        lock.Lock()
        got[track.Kind().String()].take(packet.SequenceNumber)
        lock.Unlock()
    }
}

func say(what map[string]interface{}) {
    what["stack"], what["takes_rtx"] = "Pion", takesRTX
    lock.Lock()
    defer lock.Unlock()
    must(json.NewEncoder(os.Stdout).Encode(what))
}

func main() {
    role, at, folder := os.Args[1], os.Args[2], os.Args[3]
    pc, err := webrtc.NewPeerConnection(webrtc.Configuration{})
    must(err)
    pc.OnTrack(play)
    tracks := map[string]*webrtc.TrackLocalStaticRTP{}
    for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
        if role == "publish" {
            codec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}
            if kind == webrtc.RTPCodecTypeVideo {
                codec = webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}
            }
            track, err := webrtc.NewTrackLocalStaticRTP(codec, kind.String(), "peer")
            must(err)
            tracks[kind.String()] = track
            _, err = pc.AddTransceiverFromTrack(
                track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
            must(err)
            sender := pc.GetSenders()[len(tracks)-1]
            go func() { // the NACKs are answered by who reads them
                for {
                    if _, _, err := sender.ReadRTCP(); err != nil {
                        return
                    }
                }
            }()
        } else {
            _, err := pc.AddTransceiverFromKind(
                kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
            must(err)
        }
    }
    offer, err := pc.CreateOffer(nil)
    must(err)
    gathered := webrtc.GatheringCompletePromise(pc)
    connected := make(chan bool, 1)
    pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
        if state == webrtc.PeerConnectionStateConnected {
            connected <- true
        }
    })
    must(pc.SetLocalDescription(offer))
    <-gathered
    response, err := http.Post(at, "application/sdp", bytes.NewBufferString(pc.LocalDescription().SDP))
    must(err)
    answer, err := io.ReadAll(response.Body)
    must(err)
    if response.StatusCode != http.StatusCreated {
        must(fmt.Errorf("%s: %s %s", at, response.Status, answer))
    }
    must(pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: string(answer)}))
    <-connected
    if role == "publish" {
        go publish(tracks["audio"], "audio", clip(filepath.Join(folder, "audio.rtp")), 48000, 960)
        go publish(tracks["video"], "video", clip(filepath.Join(folder, "video.rtp")), 90000, 3600)
    }
    told := make(chan bool)
    go func() {
        _, _ = io.Copy(io.Discard, os.Stdin)
        close(told)
    }()
    for {
        select {
        case <-time.After(100 * time.Millisecond):
            if role == "publish" {
                say(map[string]interface{}{"sent": sent})
            } else {
                say(map[string]interface{}{"audio": got["audio"], "video": got["video"]})
            }
            continue
        case <-told:
        }
        break
    }
    base, err := url.Parse(at)
    must(err)
    session, err := base.Parse(response.Header.Get("Location"))
    must(err)
    request, err := http.NewRequest(http.MethodDelete, session.String(), nil)
    must(err)
    response, err = http.DefaultClient.Do(request)
    must(err)
    say(map[string]interface{}{"deleted": response.StatusCode})
}
