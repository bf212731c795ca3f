// The public names of @libconf/client. What is not here may change at any time.

export { Client } from "./client.ts";
export type { ClientOptions } from "./options.ts";
export { createDevices, type DevicesSetup } from "./media/devices.ts";
export type { Capabilities } from "./media/publisher.ts";
export type { ClientEvents } from "./events.ts";
export type { Line, LineEvents } from "./line.ts";
export {
    RequestError,
    type ErrorCode,
    type LocalErrorCode,
    type ServerErrorCode,
} from "./protocol/errors.ts";
export type {
    LeaveWhy,
    Limits,
    Lock,
    Locks,
    MessageId,
    PersonId,
    Role,
    Source,
    VideoSource,
} from "./protocol/types.ts";
export type {
    ClientState,
    Clock,
    Door,
    Ended,
    EndReason,
    JoinOptions,
    KeyValueStore,
    Lost,
    LostWhy,
    SavedSession,
} from "./session/types.ts";
export type { Chat, ChatMessage, Guest, Permissions, Person, Reaction, Room, Typing } from "./model/types.ts";
export {
    DeviceError,
    trackKey,
    type CameraCaptureOptions,
    type CameraOptions,
    type ChosenDevices,
    type Device,
    type DeviceErrorCode,
    type DeviceEvents,
    type DeviceKind,
    type DeviceLists,
    type Devices,
    type LinkState,
    type Media,
    type MicrophoneOptions,
    type MicrophonePublishOptions,
    type Noise,
    type Opened,
    type OpenedScreen,
    type OpenOptions,
    type OwnSource,
    type OwnSources,
    type PathKind,
    type Permission,
    type Quality,
    type QualityReason,
    type QualityState,
    type ScreenOptions,
    type ScreenPublishOptions,
    type TileStats,
    type Transports,
    type TransportState,
    type ViewWish,
    type Way,
} from "./media/types.ts";
// Read signals with these, or with @preact/signals in a page: both are one library.
export { batch, computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals-core";
