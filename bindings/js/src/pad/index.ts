// The public names of @libconf/client/pad: shared notes without any user interface. A part of its own,
// since Yjs comes with it.

export { imageBytesMost, PadApi, type Access, type PadApiOptions } from "./api.ts";
export { AuthorBook, unknownAuthor, type AuthorOf } from "./authors.ts";
export { exportAddress, type PadAddress } from "./addresses.ts";
export { hueColors, hueFrom } from "./hues.ts";
export type { VersionPage } from "./read.ts";
export { PadSession, type PadPerson, type PadSessionOptions, type PadState } from "./session.ts";
export {
    authKinds,
    closeCodes,
    exportFormats,
    metaName,
    rootName,
    schemaVersion,
    type Author,
    type ExportFormat,
    type Pad,
    type PadUser,
    type Version,
    type VersionBytes,
} from "./types.ts";
