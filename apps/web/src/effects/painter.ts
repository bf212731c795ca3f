// Lays a sharp person on a blurred room, in WebGL 2.

import { maskHeight, maskWidth } from "./segmenter.ts";
import { Pass } from "./pass.ts";

/** A blurred room needs no more. */
const roomHeight = 120;
/** How much of a new mask counts: edges flicker less where the old one is remembered. */
const newness = 0.65;

const smoothMask = `
uniform sampler2D fresh;
uniform sampler2D before;
uniform float newness;
void main() {
    color = vec4(mix(texture(before, at).r, texture(fresh, at).r, newness));
}`;

// The person is left out: a halo would show where she is. What is left weighs by how sure it is the room.
const room = `
uniform sampler2D picture;
uniform sampler2D mask;
uniform vec2 maskPart;
uniform vec2 pixel;
void main() {
    vec3 sum = vec3(0.0);
    for (int y = 0; y < 2; y += 1)
        for (int x = 0; x < 2; x += 1)
            sum += texture(picture, at + (vec2(x, y) - 0.5) * 0.5 * pixel).rgb;
    float sure = 1.0 - smoothstep(0.05, 0.5, texture(mask, (at - 0.5) * maskPart + 0.5).r);
    color = vec4(sum * 0.25 * sure, sure);
}`;

const blur = `
uniform sampler2D picture;
uniform vec2 stride;
void main() {
    vec4 sum = texture(picture, at) * 0.1964;
    float weights[6] = float[](0.1748, 0.1210, 0.0652, 0.0273, 0.0089, 0.0046);
    for (int i = 0; i < 6; i += 1) {
        vec2 away = stride * float(i + 1);
        sum += (texture(picture, at + away) + texture(picture, at - away)) * weights[i];
    }
    color = sum;
}`;

const together = `
uniform sampler2D picture;
uniform sampler2D mask;
uniform sampler2D room;
uniform vec2 maskPart;
void main() {
    vec4 behind = texture(room, at);
    float person = smoothstep(0.3, 0.7, texture(mask, (at - 0.5) * maskPart + 0.5).r);
    color = vec4(mix(behind.rgb / max(behind.a, 0.004), texture(picture, at).rgb, person), 1.0);
}`;

interface Target {
    readonly texture: WebGLTexture;
    readonly frame: WebGLFramebuffer;
}

type Picture = VideoFrame | ImageBitmap;

/**
 * The size of a picture that fits into the mask with its own shape; the model has seen no stretched people.
 */
export function fit(width: number, height: number): readonly [number, number] {
    const scale = Math.min(maskWidth / width, maskHeight / height);
    return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

export class Painter {
    readonly canvas = new OffscreenCanvas(16, 16);
    readonly #gl: WebGL2RenderingContext;
    readonly #smoothMask: Pass;
    readonly #room: Pass;
    readonly #blur: Pass;
    readonly #together: Pass;
    readonly #picture: WebGLTexture;
    readonly #fresh: WebGLTexture;
    #mask: Target;
    #oldMask: Target;
    #rooms: readonly [Target, Target];
    #roomSize: readonly [number, number] = [1, 1];
    #hasMask = false;

    constructor() {
        // The canvas is read when it is drawn, and never shown: no alpha, no second buffer.
        const gl = this.canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
        if (gl === null) throw new Error("no WebGL 2 here");
        this.#gl = gl;
        this.#smoothMask = new Pass(gl, smoothMask).reads({ fresh: 0, before: 1 });
        this.#room = new Pass(gl, room).reads({ picture: 0, mask: 1 });
        this.#blur = new Pass(gl, blur).reads({ picture: 0 });
        this.#together = new Pass(gl, together).reads({ picture: 0, mask: 1, room: 2 });
        this.#picture = this.#texture();
        this.#fresh = this.#texture();
        this.#mask = this.#target(maskWidth, maskHeight);
        this.#oldMask = this.#target(maskWidth, maskHeight);
        this.#rooms = [this.#target(1, 1), this.#target(1, 1)];
    }

    get hasMask(): boolean {
        return this.#hasMask;
    }

    setMask(mask: ImageBitmap): void {
        const gl = this.#gl;
        [this.#mask, this.#oldMask] = [this.#oldMask, this.#mask];
        this.#bind(0, this.#fresh);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, mask);
        this.#bind(1, this.#oldMask.texture);
        gl.bindFramebuffer(gl.FRAMEBUFFER, this.#mask.frame);
        this.#smoothMask.draw(maskWidth, maskHeight, false, { newness: this.#hasMask ? newness : 1 });
        this.#hasMask = true;
    }

    /** Into `canvas`, which gets the picture's size. */
    draw(picture: Picture, width: number, height: number): void {
        const gl = this.#gl;
        if (this.canvas.width !== width || this.canvas.height !== height) this.#resize(width, height);
        const [fitWidth, fitHeight] = fit(width, height);
        const maskPart = [fitWidth / maskWidth, fitHeight / maskHeight] as const;
        const [roomWidth, roomHigh] = this.#roomSize;
        const [one, other] = this.#rooms;

        this.#bind(0, this.#picture);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, picture);
        this.#bind(1, this.#mask.texture);
        gl.bindFramebuffer(gl.FRAMEBUFFER, one.frame);
        this.#room.draw(roomWidth, roomHigh, false, { maskPart, pixel: [1 / roomWidth, 1 / roomHigh] });
        for (const pixels of [1, 2]) {
            this.#blurInto(other, one, [pixels / roomWidth, 0]);
            this.#blurInto(one, other, [0, pixels / roomHigh]);
        }
        this.#bind(0, this.#picture);
        this.#bind(1, this.#mask.texture);
        this.#bind(2, one.texture);
        gl.bindFramebuffer(gl.FRAMEBUFFER, null);
        this.#together.draw(width, height, true, { maskPart });
        if (gl.isContextLost()) throw new Error("the graphics processor went away");
    }

    #blurInto(to: Target, from: Target, stride: readonly [number, number]): void {
        this.#bind(0, from.texture);
        this.#gl.bindFramebuffer(this.#gl.FRAMEBUFFER, to.frame);
        this.#blur.draw(...this.#roomSize, false, { stride });
    }

    #resize(width: number, height: number): void {
        this.canvas.width = width;
        this.canvas.height = height;
        const scale = Math.min(1, roomHeight / Math.min(width, height));
        this.#roomSize = [Math.round(width * scale), Math.round(height * scale)];
        for (const old of this.#rooms) {
            this.#gl.deleteTexture(old.texture);
            this.#gl.deleteFramebuffer(old.frame);
        }
        this.#rooms = [this.#target(...this.#roomSize), this.#target(...this.#roomSize)];
    }

    #bind(unit: number, texture: WebGLTexture): void {
        this.#gl.activeTexture(this.#gl.TEXTURE0 + unit);
        this.#gl.bindTexture(this.#gl.TEXTURE_2D, texture);
    }

    #texture(): WebGLTexture {
        const gl = this.#gl;
        const made = gl.createTexture();
        this.#bind(0, made);
        for (const [name, value] of [
            [gl.TEXTURE_MIN_FILTER, gl.LINEAR],
            [gl.TEXTURE_MAG_FILTER, gl.LINEAR],
            [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE],
            [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE],
        ] as const)
            gl.texParameteri(gl.TEXTURE_2D, name, value);
        return made;
    }

    #target(width: number, height: number): Target {
        const gl = this.#gl;
        const texture = this.#texture();
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
        const frame = gl.createFramebuffer();
        gl.bindFramebuffer(gl.FRAMEBUFFER, frame);
        gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
        return { texture, frame };
    }
}
